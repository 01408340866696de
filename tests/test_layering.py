"""Who may know whom, as CONTRIBUTING.md draws it, read from the source.

A test goes through all files, and its error names those that break the rule.
"""

import ast
import functools
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "python" / "harmonia"

# A module may import from the layers above it in this list, and from nothing in its own.
LAYERS = [
    ["_core", "_cuda"],
    [
        "_atomic",
        "_cores",
        "_folder_lock",
        "_json",
        "_packages",
        "_window",
        "_png/__init__",
        "_png/chunks",
        "models/__init__",
    ],
    ["_png/pixels"],
    ["_lut_files/contents", "_lut_files/png"],
    ["_lut_files/*"],
    ["_lut_files/__init__"],
    ["_kernels", "_resize"],
    ["_arrays"],
    ["transform"],
    ["color", "stats", "composite", "_scene", "_xue_zones/__init__"],
    ["_session"],
    ["metrics/_protocols", "metrics/_sums"],
    ["metrics/_prepare", "metrics/_structure"],
    ["metrics/_pair"],
    ["metrics/_metric"],
    ["metrics/_open"],
    ["metrics/_single", "metrics/_scores"],
    ["metrics/mse", "metrics/fmse"],
    ["metrics/*"],
    ["metrics/__init__"],
    ["_projections", "lut/apply", "lut/_canvas"],
    ["lut/shape"],
    ["lut/*"],
    ["lut/__init__", "nets/_ops", "nets/_lut3d_twin", "nets/_lut3d_arguments", "nets/_precision"],
    ["nets/_grids", "nets/_lut3d", "nets/_lpips", "nets/_canvas", "nets/_separated_unet"],
    ["nets/_checkpoints", "nets/_hue"],
    ["nets/_transformer", "nets/_affine_planes"],
    [
        "nets/_network",
        "nets/_colour_statistics",
        "nets/_autoencoder",
        "nets/_hrnet",
        "nets/_deeplab",
        "nets/_blurred",
        "nets/_charmnet_critics",
        "nets/_efficientnet",
    ],
    ["nets/_backed", "nets/_gated_unet", "nets/_double_convolution"],
    ["nets/_style_encoder"],
    ["nets/cdtnet", "nets/issam", "nets/dovenet"],
    ["nets/*"],
    ["nets/_folder"],
    ["training/losses/_arguments"],
    ["training/losses/*"],
    ["training/losses/__init__"],
    ["methods/*"],
    ["methods/__init__", "_build", "_example/__init__"],
    # Below the methods, so that none of them reaches a file.
    ["_image_files/decoded"],
    ["_image_files/directory"],
    [
        "_image_files/exif",
        "_image_files/exr_blocks",
        "_image_files/icc",
        "_image_files/profiles",
        "_image_files/sniff",
    ],
    ["_image_files/pillow", "_image_files/resolutions", "_image_files/strips"],
    ["_image_files/*"],
    ["_image_files/__init__"],
    ["_pairs", "_cutouts"],
    ["io/_source"],
    ["io/pictures", "io/masks", "io/headers"],
    ["_video_files/__init__"],
    ["_video_files/program", "_video_files/matroska"],
    ["_video_files/facts"],
    ["_video_files/*"],
    ["io/video_reading"],
    ["io/*"],
    ["io/__init__"],
    ["_registry"],
    ["_onnx"],
    ["nets/_weights"],
    ["nets/_session", "nets/_download"],
    ["nets/_cost", "nets/_export", "nets/_harmony"],
    ["nets/__init__"],
    ["_catalogue"],
    ["api", "_look"],
    [
        "datasets/_asked",
        "datasets/_facts",
        "datasets/_iharmony4_names",
        "datasets/_lists",
        "datasets/_rdharmony_names",
    ],
    ["datasets/_sample"],
    ["datasets/_dataset", "datasets/_iharmony4_folders", "datasets/_triplets"],
    ["datasets/_manifest", "datasets/_join"],
    ["datasets/*"],
    ["datasets/_load"],
    ["datasets/_verify/kinds"],
    ["datasets/_verify/report", "datasets/_verify/background"],
    ["datasets/_verify/files"],
    ["datasets/_verify/lists", "datasets/_verify/pictures"],
    ["datasets/_verify/__init__", "datasets/_page"],
    ["datasets/_spread/__init__", "datasets/_spread/published"],
    ["datasets/_spread/spread"],
    ["datasets/_spread/plot"],
    ["datasets/__init__"],
    ["comparison/contour", "comparison/display", "comparison/document", "comparison/zoom"],
    ["comparison/encoding", "comparison/layout", "comparison/lettering", "comparison/panels"],
    ["comparison/sheet", "comparison/page", "comparison/asked"],
    ["comparison/*"],
    ["comparison/__init__"],
    [
        "synthesis/_recipe",
        "synthesis/_photos",
        "synthesis/_iharmony4",
        "synthesis/_score",
        "synthesis/_foreground",
        "synthesis/_splits",
        "synthesis/_alignment",
        "synthesis/_options",
        "synthesis/_coco_masks",
        "synthesis/_json_arrays",
    ],
    ["synthesis/_coco"],
    ["synthesis/_coco_folder"],
    ["synthesis/_originals", "synthesis/_references", "synthesis/_transfers"],
    ["synthesis/_cropping", "synthesis/_perturbations/_nodes"],
    ["synthesis/_perturbations/*", "synthesis/_perturbations/__init__"],
    ["synthesis/_perturbing"],
    ["synthesis/_reading"],
    ["synthesis/scores/*"],
    ["synthesis/scores/__init__"],
    ["synthesis/_making", "synthesis/_set_files", "synthesis/_report", "synthesis/_sheet"],
    ["synthesis/_journal", "synthesis/_review/texts"],
    ["synthesis/_review/*"],
    ["synthesis/_review/applying"],
    ["synthesis/_review/__init__"],
    ["synthesis/_folder", "synthesis/_tasks"],
    ["synthesis/_run"],
    ["synthesis/*"],
    ["synthesis/_synthesize"],
    ["synthesis/__init__"],
    ["training/_batch", "training/_crops", "training/_schedules", "training/_tensors"],
    ["training/_whole"],
    ["training/_average", "training/_sources", "training/_synced_norm"],
    [
        "training/_backbones",
        "training/_built",
        "training/_checkpoint",
        "training/_initial",
        "training/_ranks",
        "training/_records",
    ],
    ["training/_pix2pix"],
    ["training/_launch", "training/_recipe", "training/_settings", "training/_validation"],
    ["training/_held_back", "training/_sheet", "training/_tensorboard"],
    ["training/_pool", "training/_translation"],
    ["training/_domain_verification", "training/_dual_transformations"],
    ["training/_normalised_error", "training/_style_recipe"],
    ["training/recipes/*"],
    ["training/recipes/__init__"],
    ["training/_recipes", "training/_stream", "training/_run_folder", "training/_in_words"],
    ["training/_start", "training/_translate"],
    ["training/_loop", "training/_asked"],
    ["training/_keeper"],
    ["training/_train"],
    ["training/_rerun"],
    ["training/__init__"],
    ["evaluation/_finished", "evaluation/_votes", "evaluation/_likelihood"],
    ["evaluation/_voters"],
    ["evaluation/_candidates"],
    ["evaluation/_asked", "evaluation/_plan"],
    ["evaluation/_parts", "evaluation/_parquet", "evaluation/_planning", "evaluation/_remarks"],
    ["evaluation/_origin"],
    ["evaluation/_shards"],
    ["evaluation/_run"],
    ["evaluation/_told"],
    ["evaluation/_results"],
    ["evaluation/_agreement"],
    ["evaluation/published"],
    ["evaluation/tables/_layouts", "evaluation/tables/_model"],
    ["evaluation/tables/_part"],
    ["evaluation/tables/_means"],
    ["evaluation/tables/*"],
    ["evaluation/tables/__init__"],
    ["evaluation/_running"],
    ["evaluation/_memory"],
    ["evaluation/cost"],
    ["evaluation/_report/numbers", "evaluation/_report/pictures", "evaluation/_report/axes"],
    [
        "evaluation/_report/again",
        "evaluation/_report/cases",
        "evaluation/_report/charts",
        "evaluation/_report/costs",
        "evaluation/_report/facts",
        "evaluation/_report/tables",
    ],
    ["evaluation/_report/page"],
    ["evaluation/_report/writing"],
    ["evaluation/_report/__init__"],
    ["evaluation/_study/pairs", "evaluation/_study/pictures"],
    ["evaluation/_study/page"],
    ["evaluation/_study/*"],
    ["evaluation/_study/__init__"],
    ["evaluation/*"],
    ["evaluation/figures/_matplotlib", "evaluation/figures/_samples", "evaluation/figures/_shown"],
    ["evaluation/figures/_charts", "evaluation/figures/_grid", "evaluation/figures/_plate"],
    ["evaluation/figures/_numbers"],
    ["evaluation/figures/*"],
    ["evaluation/figures/__init__"],
    ["evaluation/__init__"],
    ["__init__"],
    ["_diagnosis"],
    ["_ui/problems", "_ui/shelf"],
    ["_ui/desk", "_ui/page"],
    ["_ui/server"],
    ["_ui/__init__"],
    ["cli/_arguments"],
    ["cli/_console", "cli/_recipes", "cli/_parser", "cli/_partners", "cli/_table"],
    ["cli/_task", "cli/_completion/__init__", "cli/_completion/interface"],
    ["cli/_completion/*"],
    ["cli/_scene", "cli/_timing"],
    ["cli/_progress", "cli/_batch/jobs", "cli/_video_masks"],
    ["cli/_data/looking"],
    ["cli/_video"],
    ["cli/_train/watch"],
    ["cli/_batch/*", "cli/_data/*", "cli/_evaluation/*", "cli/_study/*", "cli/_train/*"],
    ["cli/_train/processes"],
    [
        "cli/_batch/__init__",
        "cli/_data/__init__",
        "cli/_evaluation/__init__",
        "cli/_study/__init__",
        "cli/_train/__init__",
    ],
    ["cli/*"],
    ["cli/__init__"],
    ["__main__"],
]


PYTHON_FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


OF_TORCH = ("nets/", "training/")


def is_of_torch(path: Path) -> bool:
    return name_of(path).startswith(OF_TORCH)


def layer_of(name: str) -> int:
    """The number of a module's layer; a folder/* takes what has no line of its own."""
    folder = name.rpartition("/")[0]
    for wanted in (name, f"{folder}/*"):
        for number, layer in enumerate(LAYERS):
            if wanted in layer:
                return number
    raise AssertionError(f"{name} is in no layer; add it to LAYERS in {Path(__file__).name}")


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


@functools.cache
def statements(path: Path, *, into_functions: bool = True) -> list[ast.AST]:
    """All nodes that can run; what only a type checker sees is left out."""
    found, left = [], [ast.parse(path.read_text(encoding="utf-8"), str(path))]
    while left:
        for node in ast.iter_child_nodes(left.pop()):
            if is_type_checking(node):
                continue
            if not into_functions and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            found.append(node)
            left.append(node)
    return found


@functools.cache
def imports(path: Path, *, into_functions: bool = True) -> set[str]:
    """Dotted names that a file imports; `from a import b` gives a.b."""
    found = set()
    for node in statements(path, into_functions=into_functions):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def own_imports(path: Path) -> set[str]:
    """The modules of this package that a file imports, as names relative to it."""
    found = set()
    for dotted in imports(path):
        root, *parts = dotted.split(".")
        if root != "harmonia":
            continue
        stem = PACKAGE.joinpath(*parts)
        if parts and parts[0] in ("_core", "_cuda"):
            found.add(parts[0])
        elif stem.with_suffix(".py").is_file():
            found.add("/".join(parts))
        elif stem.is_dir():
            found.add("/".join([*parts, "__init__"]))
        else:  # a name inside the module before it
            stem = stem.parent
            parts = parts[:-1]
            found.add("/".join([*parts, "__init__"] if stem.is_dir() else parts))
    return found


def breaking(rule: Callable[[Path], object], paths: Iterable[Path]) -> dict[str, object]:
    """What a rule finds wrong with files, by their names."""
    return {path.relative_to(ROOT).as_posix(): wrong for path in paths if (wrong := rule(path))}


def outside(path: Path, *, into_functions: bool = True) -> set[str]:
    """The packages that a file imports, but for the standard library."""
    found = imports(path, into_functions=into_functions)
    return {name.partition(".")[0] for name in found} - set(sys.stdlib_module_names)


def test_imports_follow_the_arrows():
    def against(path):
        mine = layer_of(name_of(path))
        return {other for other in own_imports(path) if layer_of(other) >= mine}

    assert breaking(against, PYTHON_FILES) == {}


def test_methods_know_neither_torch_nor_each_other():
    def unfit(path):
        others = {name for name in own_imports(path) if name.startswith("methods")}
        named = {"torch"} if "torch" in path.read_text(encoding="utf-8") else set()
        return outside(path) - {"harmonia", "numpy"} | others | named

    assert breaking(unfit, (PACKAGE / "methods").glob("*.py")) == {}


def test_loading_a_module_loads_numpy_at_most():
    def heavy(path):
        known = {"harmonia", "numpy"} | ({"torch"} if is_of_torch(path) else set())
        return outside(path, into_functions=False) - known

    assert breaking(heavy, PYTHON_FILES) == {}


def test_what_needs_torch_is_known_to_its_own_alone():
    commands = ("cli/train", "cli/translate", "cli/weights")

    def of_torch(path):
        if is_of_torch(path) or name_of(path) in commands or "/_train/" in name_of(path):
            return set()
        return {name for name in own_imports(path) if name.startswith(OF_TORCH)}

    assert breaking(of_torch, PYTHON_FILES) == {}


def test_one_file_tells_torch_and_pil_apart():
    """`_kernels` asks the torch that is there for its current stream, `_cores` for its threads;
    `_packages` names it; the example is a file, and `_image_files` decodes others, and resizes
    masks, by PIL, which also has letters for `lettering`; `models` says what runs what ships; nets
    and training are of torch.
    """
    knows = {
        name_of(path)
        for path in PYTHON_FILES
        if not is_of_torch(path)
        and re.search(r"""["'](torch|PIL\.Image|PIL)["']""", path.read_text(encoding="utf-8"))
    }
    assert knows == {"_arrays", "_cores", "_kernels", "_packages", "api", "models/__init__"}
    importers = {
        name_of(path)
        for path in PYTHON_FILES
        if not is_of_torch(path)
        and {name.partition(".")[0] for name in imports(path)} & {"torch", "PIL", "imageio"}
    }
    importers = {name for name in importers if not name.startswith(("cli/", "_image_files/"))}
    assert importers == {"_example/__init__", "comparison/lettering"}


@functools.cache
def calls(path: Path) -> set[str]:
    return {ast.unparse(n.func) for n in statements(path) if isinstance(n, ast.Call)}


def test_only_the_command_line_prints():
    talk = {"print", "input", "sys.stdout.write", "sys.stderr.write", "breakpoint"}
    # What tifffile logs of damage is kept from standard error by a handler that does nothing.
    loud = re.compile(r"\blogging\b(?!\.NullHandler|\.getLogger\(\"tifffile\"\)|\n)")

    def said(path):
        return calls(path) & talk | set(loud.findall(path.read_text(encoding="utf-8")))

    silent = [path for path in PYTHON_FILES if not name_of(path).startswith("cli/")]
    assert breaking(said, silent) == {}


def test_nothing_is_asserted_or_unpickled():
    unsafe = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}

    def found(path):
        kinds = {type(node).__name__ for node in statements(path)}
        imported = {name.partition(".")[0] for name in imports(path)}
        # Instead of an assert, user input deserves a sentence.
        return kinds & {"Assert"} | imported & unsafe | calls(path) & {"eval", "exec", "compile"}

    assert breaking(found, PYTHON_FILES) == {}


def test_no_star_no_path_edits_no_swallowed_exceptions():
    def found(path):
        stars = {name for name in imports(path) if name.endswith(".*")}
        edits = {"sys.path"} if "sys.path" in path.read_text(encoding="utf-8") else set()
        return stars | edits | {ast.unparse(node) for node in statements(path) if deaf(node)}

    assert breaking(found, PYTHON_FILES) == {}


def deaf(node: ast.AST) -> bool:
    """Whether this catches whatever comes, or does nothing about it."""
    return isinstance(node, ast.ExceptHandler) and (
        node.type is None or all(isinstance(child, ast.Pass) for child in node.body)
    )


def cpp_files(*folders: str) -> list[Path]:
    suffixes = {".hpp", ".cpp", ".inl", ".cu", ".cuh"}
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes
    )


def includes(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.MULTILINE))


def code_of(path: Path) -> str:
    return re.sub(r"//.*", "", path.read_text(encoding="utf-8"))


def test_the_core_knows_no_python():
    foreign = re.compile(
        r"Python\.h|pybind11|numpy|torch|ATen|c10|nanobind|dlpack|^bindings|^\.\.", re.IGNORECASE
    )

    def found(path):
        return {name for name in includes(path) if foreign.search(name)}

    assert breaking(found, cpp_files("cpp")) == {}


def test_headers_include_headers_only():
    def found(path):
        others = {name for name in includes(path) if not name.startswith("harmonia/")}
        return {name for name in others if "/" in name or "." in name}

    assert breaking(found, cpp_files("cpp/include")) == {}


def test_pixel_arithmetic_stands_alone():
    allowed = {"cstdint", "cstring", "cstddef"}
    # No libm and no templates of the standard library: they differ between systems.
    of_std = {"memcpy", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t"}

    def found(path):
        foreign = {name for name in includes(path) if not name.startswith("harmonia/pixel/")}
        return foreign - allowed | set(re.findall(r"std::(\w+)", code_of(path))) - of_std

    assert breaking(found, cpp_files("cpp/include/harmonia/pixel")) == {}


def test_bindings_compute_nothing():
    kernels = re.compile(r"\.inl$|^(block|isa_targets|foreach_isa)\.hpp$")
    pixels = re.compile(r"height|width|pixel|rows|stride|shape|\bsize\b")
    computed = re.compile(r"\.at\(|std::(?:pow|exp|log|sqrt|cbrt)\b")

    def found(path):
        loops = re.findall(r"\b(?:for|while)\s*\(([^)]*)", code_of(path))
        included = {name for name in includes(path) if kernels.search(name)}
        over = {header for header in loops if pixels.search(header)}
        return included | over | set(computed.findall(code_of(path)))

    assert breaking(found, cpp_files("bindings")) == {}


def test_one_name_is_one_function():
    """Two inline functions alike in all but what they do: the linker takes either for both."""
    function = re.compile(
        r"^(?:inline|HARMONIA_HD)\s[^;{}()]*?(\w+)\(([^)]*)\)\s*(?:noexcept\s*)?\{", re.MULTILINE
    )
    homes: dict[tuple[str, ...], set[str]] = {}
    for path in [*cpp_files("cpp"), *cpp_files("bindings")]:
        if path.suffix in (".hpp", ".cuh"):
            for name, parameters in function.findall(code_of(path)):
                types = (" ".join(one.split()).rpartition(" ")[0] for one in parameters.split(","))
                homes.setdefault((name, *types), set()).add(path.relative_to(ROOT).as_posix())
    assert len(homes) > 200
    assert {one: found for one, found in homes.items() if len(found) > 1} == {}


def test_every_kernel_source_has_its_header():
    # What several kernels are made of has it beside the source.
    inside = {path.stem for path in cpp_files("cpp/src") if path.suffix == ".hpp"}
    headers = {path.stem for path in cpp_files("cpp/include")} | inside
    sources = {path.stem for path in cpp_files("cpp/src") if path.suffix == ".cpp"}
    assert sources <= headers
    beside = {path.stem for path in cpp_files("cpp/cuda") if path.suffix == ".hpp"}
    drivers = {path.stem for path in cpp_files("cpp/cuda") if path.suffix == ".cu"}
    assert drivers <= headers | beside
