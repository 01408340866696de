"""Who may know whom: the arrows between the parts of the library, read from the source.

pixel <- cpp/src, cpp/cuda <- bindings <- _core, _cuda
_core <- color, stats, composite <- methods        (never torch, never each other)
_atomic, _image_files, _video_files <- io          (methods, metrics and nets reach neither)
_registry, _arrays, io <- api <- comparison, datasets <- synthesis <- __init__ <- cli
torch, _core, _cuda <- nets <- training            (imported by their names alone)
"""

import ast
import functools
import re
import sys
from pathlib import Path

import pytest

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


def python_files():
    return sorted(PACKAGE.rglob("*.py"))


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


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def statements(tree: ast.AST, *, into_functions: bool = True):
    """All nodes that can run; what only a type checker sees is left out."""
    for node in ast.iter_child_nodes(tree):
        if is_type_checking(node):
            continue
        if not into_functions and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        yield node
        yield from statements(node, into_functions=into_functions)


@functools.cache
def imports(path: Path, *, into_functions: bool = True) -> set[str]:
    """Dotted names that a file imports; `from a import b` gives a.b."""
    found = set()
    for node in statements(tree_of(path), into_functions=into_functions):
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


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_imports_follow_the_arrows(path):
    mine = layer_of(name_of(path))
    wrong = [other for other in sorted(own_imports(path)) if layer_of(other) >= mine]
    assert wrong == [], f"{name_of(path)} may not import {', '.join(wrong)}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "methods").glob("*.py")), ids=name_of)
def test_methods_know_neither_torch_nor_each_other(path):
    outside = {name.partition(".")[0] for name in imports(path)} - set(sys.stdlib_module_names)
    assert outside <= {"harmonia", "numpy"}
    assert not any(name.startswith("methods") for name in own_imports(path))
    assert "torch" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_loading_a_module_loads_numpy_at_most(path):
    top = {name.partition(".")[0] for name in imports(path, into_functions=False)}
    known = {"harmonia", "numpy"} | ({"torch"} if is_of_torch(path) else set())
    assert top - set(sys.stdlib_module_names) <= known


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_what_needs_torch_is_known_to_its_own_alone(path):
    commands = ("cli/train", "cli/translate", "cli/weights")
    of_commands = name_of(path) in commands or "/_train/" in name_of(path)
    if not is_of_torch(path) and not of_commands:
        assert [name for name in own_imports(path) if name.startswith(OF_TORCH)] == []


def test_one_file_tells_torch_and_pil_apart():
    """`_kernels` asks the torch that is there for its current stream, `_cores` for its threads;
    `_packages` names it; the example is a file, and `_image_files` decodes others, and resizes
    masks, by PIL, which also has letters for `lettering`; `models` says what runs what ships; nets
    and training are of torch.
    """
    knows = {
        name_of(path)
        for path in python_files()
        if not is_of_torch(path)
        and re.search(r"""["'](torch|PIL\.Image|PIL)["']""", path.read_text(encoding="utf-8"))
    }
    assert knows == {"_arrays", "_cores", "_kernels", "_packages", "api", "models/__init__"}
    importers = {
        name_of(path)
        for path in python_files()
        if not is_of_torch(path)
        and {name.partition(".")[0] for name in imports(path)} & {"torch", "PIL", "imageio"}
    }
    importers = {name for name in importers if not name.startswith(("cli/", "_image_files/"))}
    assert importers == {"_example/__init__", "comparison/lettering"}


@functools.cache
def calls(path: Path) -> set[str]:
    return {ast.unparse(n.func) for n in statements(tree_of(path)) if isinstance(n, ast.Call)}


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_only_the_command_line_prints(path):
    talk = {"print", "input", "sys.stdout.write", "sys.stderr.write", "breakpoint"}
    if not name_of(path).startswith("cli/"):
        assert calls(path) & talk == set()
        # What tifffile logs of damage is kept from standard error by a handler that does nothing.
        quiet = r"\blogging\b(?!\.NullHandler|\.getLogger\(\"tifffile\"\)|\n)"
        assert not re.search(quiet, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_nothing_is_asserted_or_unpickled(path):
    kinds = {type(node) for node in statements(tree_of(path))}
    assert ast.Assert not in kinds  # user input deserves a sentence
    unsafe = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    assert {name.partition(".")[0] for name in imports(path)} & unsafe == set()
    assert calls(path) & {"eval", "exec", "compile"} == set()


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_no_star_no_path_edits_no_swallowed_exceptions(path):
    assert not any(name.endswith(".*") for name in imports(path))
    assert "sys.path" not in path.read_text(encoding="utf-8")
    for node in statements(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None
            assert not all(isinstance(child, ast.Pass) for child in node.body)


def cpp_files(*folders: str) -> list[Path]:
    suffixes = {".hpp", ".cpp", ".inl", ".cu"}
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes
    )


def path_id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def includes(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.MULTILINE))


@pytest.mark.parametrize("path", cpp_files("cpp"), ids=path_id)
def test_the_core_knows_no_python(path):
    foreign = re.compile(r"Python\.h|pybind11|numpy|torch|ATen|c10|nanobind|dlpack", re.IGNORECASE)
    assert [name for name in includes(path) if foreign.search(name)] == []
    assert [name for name in includes(path) if name.startswith(("bindings", ".."))] == []


@pytest.mark.parametrize("path", cpp_files("cpp/include"), ids=path_id)
def test_headers_include_headers_only(path):
    for name in includes(path):
        assert "/" not in name or name.startswith("harmonia/"), name
        assert name.startswith("harmonia/") or "." not in name, f"{name} is not public"


@pytest.mark.parametrize("path", cpp_files("cpp/include/harmonia/pixel"), ids=path_id)
def test_pixel_arithmetic_stands_alone(path):
    allowed = {"cstdint", "cstring", "cstddef"}
    for name in includes(path):
        assert name in allowed or name.startswith("harmonia/pixel/"), name
    code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    # No libm and no templates of the standard library: they differ between systems.
    assert set(re.findall(r"std::(\w+)", code)) <= {
        "int32_t",
        "uint32_t",
        "uint16_t",
        "uint8_t",
    } | {
        "memcpy",
        "int64_t",
        "uint64_t",
    }


@pytest.mark.parametrize("path", cpp_files("bindings"), ids=path_id)
def test_bindings_compute_nothing(path):
    for name in includes(path):
        assert not name.endswith(".inl"), name
        assert name not in ("block.hpp", "isa_targets.hpp", "foreach_isa.hpp")
    code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    for header in re.findall(r"\b(?:for|while)\s*\(([^)]*)", code):
        assert not re.search(r"height|width|pixel|rows|stride|shape|\bsize\b", header), header
    assert not re.search(r"\.at\(|std::(pow|exp|log|sqrt|cbrt)\b", code)


def test_every_kernel_source_has_its_header():
    # What several kernels are made of has it beside the source.
    inside = {path.stem for path in cpp_files("cpp/src") if path.suffix == ".hpp"}
    headers = {path.stem for path in cpp_files("cpp/include")} | inside
    sources = {path.stem for path in cpp_files("cpp/src") if path.suffix == ".cpp"}
    assert sources <= headers
    beside = {path.stem for path in cpp_files("cpp/cuda") if path.suffix == ".hpp"}
    drivers = {path.stem for path in cpp_files("cpp/cuda") if path.suffix == ".cu"}
    assert drivers <= headers | beside
