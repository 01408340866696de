"""The checks of the project: `nox -l` lists them, plain `nox` runs what every change must pass."""

import difflib
import json
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

nox.options.sessions = ["lint", "tests", "tests_no_torch"]
nox.options.reuse_venv = "yes"

STUB = Path("python/harmonia/_core.pyi")
PARALLEL = ("-n", "auto", "--maxprocesses=8", "--dist=worksteal")
PROJECT = nox.project.load_toml("pyproject.toml")
TOOLS = nox.project.dependency_groups(PROJECT, "lint")
OF_DOCS = nox.project.dependency_groups(PROJECT, "docs")

# What two sessions leave out: patterns of names below tests/.
SAME_BESIDE_TORCH = (
    "evaluation/figures",
    "evaluation/test_bradley_terry.py",
    "evaluation/test_processes.py",
    "evaluation/test_run.py",
    "evaluation/test_tables.py",
    "methods",
    "synthesis",
    "test_bench_*",
    "test_contributing_page.py",
    "test_cuda*",
    "test_docs_*",
    "test_folder_lock.py",
    "test_hald.py",
    "test_io_*",
    "test_layering.py",
    "test_leaks.py",
    "test_lut_*",
    "test_membrane.py",
    "test_parallel.py",
    "test_parts.py",
    "test_png_rows.py",
    "test_quantiles.py",
    "test_report.py",
    "test_sample.py",
    "test_shared_sessions.py",
    "test_sizes.py",
    "test_space_histogram.py",
    "test_window.py",
    "test_xue_zones.py",
)
FAR_FROM_KERNELS = (
    "test_*_page.py",
    "test_docs_*",
    "test_readme.py",
    "test_report.py",
    "test_bench_*",
    "test_comfyui.py",
    "test_io_videos.py",
    "test_api_surface.py",
    "test_build_info.py",
    "test_catalogue.py",
    "test_cuda*",
    "test_folder_lock.py",
    "test_fuzz_seeds.py",
    "test_layering.py",
    "test_leaks.py",
    "test_no_torch.py",
    "test_packages.py",
    "test_parts.py",
    "test_reference_protocols.py",
    "test_registry.py",
    "test_window.py",
)
EXTRAS_LEFT_OUT = {"ray", "test"}  # of licences: too large, and not for users
GPL = re.compile(
    r"\bA?GPL|(?<!Lesser )(?<!Library or )General Public License|Affero", re.IGNORECASE
)
LGPL = re.compile(r"\bLGPL|(Lesser|Library or Lesser) General Public License", re.IGNORECASE)
# What is let through although it is or holds GPL, and why. The report always says it.
LICENCE_EXCEPTIONS = {
    "imageio-ffmpeg": (
        "its code is BSD-2-Clause, but the ffmpeg program in its wheel is a GPL build. It comes "
        "with the extra `video` alone, runs as a process of its own, and nothing is linked to it. "
        "An ffmpeg on PATH or in HARMONIA_FFMPEG goes first, and an LGPL build of it serves."
    ),
}


def install(session: nox.Session, extras: str = "", **defines: str) -> None:
    """Install harmonia, built apart from other builds and with warnings as errors.

    HARMONIA_WHEEL names one that was built before, for sessions that define nothing.
    """
    wheel = None if defines else os.environ.get("HARMONIA_WHEEL")
    if wheel:
        session.install("--no-deps", "--force-reinstall", wheel)  # whatever was there before
    built = [] if wheel else strict(session, **defines)
    session.install("-c", "constraints.txt", *built, f"{wheel or '.'}{extras}")


def strict(session: nox.Session, **defines: str) -> list[str]:
    """What tells pip to build in a folder of the session's own, with warnings as errors."""
    settings = [f"cmake.define.{name}={value}" for name, value in defines.items()]
    settings += ["cmake.define.HARMONIA_WERROR=ON", f"build-dir=build/{session.name}"]
    return [f"--config-settings={setting}" for setting in settings]


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types, spelling, fuzz targets that compile, a stub that tells what the module has."""
    install(session, "[torch]")  # whose types the networks are checked against
    session.install(*TOOLS)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("codespell")
    session.run("clang-format", "--dry-run", "-Werror", *cpp_files())
    targets = (str(path) for path in fuzz_targets("cpp"))  # which no other check builds
    parsed = ("-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-Icpp/include", "-Icpp/src")
    session.run(os.environ.get("CXX", "c++"), *parsed, *targets, external=True)
    written, made = STUB.read_text(), make_stub(session)
    if written != made:
        names = (str(STUB), "the module")
        diff = difflib.unified_diff(written.splitlines(), made.splitlines(), *names, lineterm="")
        session.error("\n".join([*diff, f"{STUB} is stale: run nox -s stubs"]))


@nox.session
def stubs(session: nox.Session) -> None:
    """Write the type stub of the compiled module."""
    install(session)
    session.install(*TOOLS)
    STUB.write_text(make_stub(session))


@nox.session
def tests(session: nox.Session) -> None:
    """The whole suite."""
    install(session, "[torch,test]")
    session.run("pytest", "-q", *session.posargs)


@nox.session
def tests_no_torch(session: nox.Session) -> None:
    """What can differ where torch is not installed, one in eight cases; `-- tests` runs all.

    That is the front door, the commands, files and folders, and that what needs torch says so. Left
    out is what is the same beside torch: kernels and tables, methods beyond their contract, formats
    of images, drawings, made composites, runs that are killed, threads and memory, and what is read
    from pages and from the source.
    """
    install(session, "[test]")
    kernels = (f"test_{path.name}" for path in Path("tests/reference").glob("*.py"))
    same = (*kernels, *SAME_BESIDE_TORCH)
    rest = [f"--ignore-glob={Path('tests', name).absolute()}" for name in same]
    session.run("pytest", "-q", *(session.posargs or (*PARALLEL, "--one-in=8", *rest)))


@nox.session
def onnx(session: nox.Session) -> None:
    """Every network exported to ONNX, beside torch, and that of a run; each takes some seconds."""
    install(session, "[torch,test]")
    session.install("-c", "constraints.txt", "onnx", "onnxscript")
    files = ("nets/test_onnx.py", "training/test_onnx.py", "training/test_train_default.py")
    one_thread = {"OMP_NUM_THREADS": "1"}  # of torch's, as there is a process on each core
    paths = (f"tests/{name}" for name in files)
    session.run("pytest", "-q", *PARALLEL, *paths, *session.posargs, env=one_thread)


@nox.session
def cuda_build(session: nox.Session) -> None:
    """Compile every .cu file and load the result, which needs neither a GPU nor a driver.

    For the oldest architecture: no source asks which it is, and all take several times as long.
    """
    if not shutil.which("nvcc"):
        session.skip("nvcc is not on PATH")
    install(session, HARMONIA_CUDA="ON", HARMONIA_CUDA_ARCHITECTURES="80-real")
    session.run("python", "-c", "import harmonia; print(harmonia.build_info()['cuda'])")


@nox.session
def asan(session: nox.Session) -> None:
    """The compiled module under AddressSanitizer and UndefinedBehaviorSanitizer.

    Kernels beside their references, methods, metrics, tables and files, damaged ones too: one in
    nine cases of each test, and of Hypothesis's examples. Left out is what reaches the module by
    the same calls: pages that are run, commands, videos, and what is read from the source.
    `nox -s asan -- tests` is the whole suite.
    """
    install(session, "[test]", HARMONIA_SANITIZE="address,undefined")
    options = {
        "ASAN_OPTIONS": "detect_leaks=0",  # CPython and NumPy keep memory until exit
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONMALLOC": "malloc",  # so that each Python object has red zones of its own
    }
    far = {path for pattern in FAR_FROM_KERNELS for path in Path("tests").glob(pattern)}
    files = sorted(map(str, {*Path("tests").glob("test_*.py")} - far))
    near = (*PARALLEL, "--one-in=9", "tests/methods", "tests/metrics", *files)
    run_sanitized(session, "libasan.so", options, *(session.posargs or near))


@nox.session
def tsan(session: nox.Session) -> None:
    """The tests marked `threads` under ThreadSanitizer, one in five cases; `-- tests` for all."""
    install(session, "[test]", HARMONIA_SANITIZE="thread")
    marked = [str(path) for path in Path("tests").rglob("test_*.py") if has_threads(path)]
    part = (*PARALLEL, "--one-in=5", *sorted(marked))
    suppressions = f"suppressions={Path('tests/tsan.supp').absolute()}:print_suppressions=0"
    options = {"TSAN_OPTIONS": f"die_after_fork=0:{suppressions}", "OPENBLAS_NUM_THREADS": "1"}
    run_sanitized(session, "libtsan.so", options, "-m", "threads", *(session.posargs or part))


@nox.session
def coverage(session: nox.Session) -> None:
    """Lines that the suite runs: at least 95 % of Python's, 90 % of C++'s; see pyproject.toml.

    Both reports are printed and lie in build/coverage. What needs a GPU is in neither. A test that
    fails is no error here: under coverage a worker of a DataLoader dies, and calls take three times
    as long. The session `tests` is the judge of those.
    """
    install(session, "[torch,test]", HARMONIA_COVERAGE="ON")
    session.install("-c", "constraints.txt", "coverage>=7.10", "gcovr>=8")
    build = Path("build", session.name).absolute()
    for counted in build.rglob("*.gcda"):
        counted.unlink()
    collected = {"COVERAGE_FILE": str(build / "python" / ".coverage")}
    shutil.rmtree(build / "python", ignore_errors=True)
    (build / "python").mkdir(parents=True)
    pytest = ("-m", "pytest", "-q", *(session.posargs or PARALLEL))
    session.run("coverage", "run", *pytest, env=collected, success_codes=[0, 1])
    session.run("coverage", "combine", "-q", env=collected)
    session.run("coverage", "html", "-q", "-d", str(build / "python" / "html"), env=collected)
    page = str(build / "cpp.html")
    session.run("gcovr", "--object-directory", str(build), "--html-details", page, str(build))
    session.run("coverage", "report", env=collected)


@nox.session
def endurance(session: nox.Session) -> None:
    """10,000 calls of every entry point keep under 1 MiB, and as many in 8 threads are equal."""
    install(session, "[test]")
    calls = ("--calls", "10000")
    session.run("python", "tests/leaks.py", "--resident", *calls)
    session.run("pytest", "-q", "tests/test_leaks.py", "tests/test_shared_sessions.py", *calls)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Every target of tests/fuzz for SECONDS each (8), as many at a time as there are cores.

    Those in C++ run under libFuzzer, those in Python under atheris. nox -s fuzz -- SECONDS, and
    behind it names, such as lut_fit, for these targets alone.
    """
    if not shutil.which("clang++"):
        session.skip("clang++ is not on PATH")
    install(session, "[torch,test]")
    session.install("-c", "constraints.txt", "cmake", "ninja", "atheris")
    build = Path(f"build/{session.name}")
    native = build / "native"
    defines = ("-DCMAKE_CXX_COMPILER=clang++", "-DHARMONIA_FUZZ=ON", "-DHARMONIA_WERROR=ON")
    session.run("cmake", "-G", "Ninja", "-S", ".", "-B", str(native), *defines)
    session.run("cmake", "--build", str(native))
    session.run("python", "tests/fuzz/make_corpus.py", str(build / "seeds"))
    python = shutil.which("python", path=session.bin) or "python"
    commands = {path.stem: [str(native / path.stem)] for path in fuzz_targets("cpp")}
    commands |= {path.stem: [python, str(path)] for path in fuzz_targets("py")}
    seconds, *names = session.posargs or ("8",)
    for name in names:
        if f"fuzz_{name}" not in commands:
            session.error(f"there is no target {name}; they are {', '.join(commands)}")
    asked = [f"fuzz_{name}" for name in names] or [*commands]

    def fuzzed(target: str) -> tuple[str, int]:
        return target, run_fuzzer(commands[target], build, target, int(seconds))

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        ends = dict(pool.map(fuzzed, asked))
    for target in (target for target, status in ends.items() if status):
        print((build / f"{target}.txt").read_text(errors="replace")[-6000:])
    print(f"{'target':20}{'executions':>12}{'exec/s':>8}  findings")
    for target, status in ends.items():
        report = (build / f"{target}.txt").read_text(errors="replace")
        count, speed = (
            fuzz_figure(name, report)
            for name in ("number_of_executed_units", "average_exec_per_sec")
        )
        print(f"{target:20}{count:>12}{speed:>8}  {1 if status else 0}")
    if any(ends.values()):
        session.error("what was found is above")


@nox.session
def mutants(session: nox.Session) -> None:
    """Changes of metrics and of compositing, each of which a test shall notice.

    nox -s mutants -- 200 composite: so many, drawn from files with this in their paths. Not part of
    CI: all of them take hours. See tests/mutation/README.md.
    """
    install(session, "[torch,test]")
    beside = ("opencv-python-headless", "scikit-image")  # that transcriptions of protocols need
    session.install("-c", "constraints.txt", "cmake", "ninja", "pybind11>=3", *beside)
    session.run("python", "-m", "mutation", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def licences(session: nox.Session) -> None:
    """What an install brings and under which licences, with an SBOM: build/licences/report.

    A dependency under the GPL or AGPL is an error, one under the LGPL is reported. All extras are
    installed but ray, whose wheels are large; `-- ray` takes it in.
    """
    extras = {*PROJECT["project"]["optional-dependencies"]} - EXTRAS_LEFT_OUT | {*session.posargs}
    install(session, f"[{','.join(sorted(extras))}]")
    tools = Path(session.create_tmp(), "tools")  # apart, so that they are in no list
    session.run("python", "-m", "venv", "--clear", str(tools))
    programs = tools / ("Scripts" if os.name == "nt" else "bin")
    wanted = ("pip-licenses", "cyclonedx-bom")
    session.run(str(programs / "pip"), "install", "-q", *wanted, external=True)
    report = Path(f"build/{session.name}/report")
    report.mkdir(parents=True, exist_ok=True)
    python = shutil.which("python", path=session.bin) or "python"

    def listed(style: str) -> str:
        file = Path(session.create_tmp(), style)
        options = ("--python", python, "--with-urls", "-f", style, "--output-file", str(file))
        session.run(str(programs / "pip-licenses"), *options, external=True)
        return file.read_text(encoding="utf-8")

    found = {one["Name"]: one["License"] for one in json.loads(listed("json"))}
    page = licence_page(found, speaking_of_gpl(Path(session.bin).parent), listed("markdown"))
    (report / "licences.md").write_text(page, encoding="utf-8")
    sbom = ("environment", "--pyproject", "pyproject.toml", "--mc-type", "library")
    output = ("-o", str(report / "sbom.cdx.json"))
    session.run(str(programs / "cyclonedx-py"), *sbom, *output, python, external=True)
    stale = [name for name in LICENCE_EXCEPTIONS if name not in found]
    if stale:
        session.error(f"no longer installed, take it out of LICENCE_EXCEPTIONS: {stale}")
    wrong = [name for name in under(GPL, found) if name not in LICENCE_EXCEPTIONS]
    if wrong:
        session.error("\n".join(f"{name} is under {found[name]}" for name in wrong))


@nox.session
def docs(session: nox.Session) -> None:
    """The site in build/docs, with warnings as errors; its gallery runs."""
    install(session, "[torch]")
    session.install(*OF_DOCS)
    session.run("sphinx-build", "-W", "--keep-going", "-q", "docs", "build/docs", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks, with their peers beside; see benchmarks/README.md."""
    install(session)
    session.install("-c", "constraints.txt", "-r", "benchmarks/requirements.txt")
    session.run("pytest", "benchmarks/bench_methods.py", *session.posargs)
    session.run("python", "benchmarks/bench_process.py")
    session.run("python", "benchmarks/bench_lut3d.py")


def run_sanitized(
    session: nox.Session, runtime: str, options: dict[str, str], *arguments: str
) -> None:
    """Run pytest with the sanitizer's runtime preloaded, as the interpreter is not instrumented."""
    # libstdc++ comes along because the runtime looks __cxa_throw up when it starts.
    libraries = [
        subprocess.check_output(["g++", f"-print-file-name={name}"], text=True).strip()
        for name in (runtime, "libstdc++.so.6")
    ]
    # Some runtimes refuse a strongly randomized address layout.
    launcher = ["setarch", os.uname().machine, "--addr-no-randomize"]
    preload = ["env", f"LD_PRELOAD={':'.join(libraries)}"]
    pytest = ["python", "-m", "pytest", "-q", *arguments]
    # Into files: what a process writes while it dies is in pytest's hands, and goes with it.
    reports = Path(f"build/{session.name}/reports").absolute()
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    options = {
        name: f"{value}:log_path={reports}/report" if name.endswith("SAN_OPTIONS") else value
        for name, value in options.items()
    }
    try:
        session.run(*launcher, *preload, *pytest, env=options, external=True)
    finally:
        found = sorted(reports.iterdir())
        print(*(path.read_text(errors="replace") for path in found), sep="\n")
    if found:
        session.error(f"{len(found)} reports of the sanitizer")


def has_threads(path: Path) -> bool:
    """Whether a test there is marked: the others need not be collected."""
    return "pytest.mark.threads" in path.read_text(encoding="utf-8")


def fuzz_targets(suffix: str) -> list[Path]:
    return sorted(Path("tests/fuzz").glob(f"fuzz_*.{suffix}"))


def run_fuzzer(command: list[str], build: Path, target: str, seconds: int) -> int:
    """Begin with what was found, what is made and what is kept; what it says goes to a file."""
    found = build / "found" / target
    kept = (build / "seeds" / target, Path("tests/fuzz/seeds", target))
    found.mkdir(parents=True, exist_ok=True)
    options = (f"-max_total_time={seconds}", "-max_len=8192", "-rss_limit_mb=2048", "-timeout=30")
    folders = [str(found), *(str(path) for path in kept if path.is_dir())]
    artifacts = f"-artifact_prefix={build}/{target}-"
    words = [*command, *options, artifacts, "-print_final_stats=1", *folders]
    with (build / f"{target}.txt").open("w") as output:
        return subprocess.run(words, stdout=output, stderr=output).returncode


def fuzz_figure(name: str, report: str) -> str:
    """A number of libFuzzer's last lines."""
    found = re.findall(rf"stat::\w*{name}\w*:\s+(\d+)", report)
    return found[-1] if found else "none"


def under(family: re.Pattern[str], found: dict[str, str]) -> list[str]:
    """Those that leave no choice but a licence of the family.

    The exceptions of compilers' libraries (WITH GCC-exception) bind nobody who links them.
    """
    free = re.compile(r"\bL?GPL-[\w.-]+ WITH (GCC|Classpath)-exception-[\d.]+")
    return [
        name
        for name, licence in found.items()
        if all(family.search(free.sub("", one)) for one in re.split(r"\bOR\b", licence))
    ]


def speaking_of_gpl(environment: Path) -> list[str]:
    """Licence files that hold its name, whatever the metadata beside them says.

    Of parts that a wheel bundles, of exceptions for compilers' libraries, or of history.
    """
    words = re.compile(r"General\s+Public\s+Licen[sc]e", re.IGNORECASE)
    paths = sorted(environment.glob("[Ll]ib/**/site-packages/*.dist-info/**/*"))
    texts = [path for path in paths if re.match(r"(?i)licen[sc]e|copying|notice", path.name)]
    return [
        path.relative_to(
            next(one for one in path.parents if one.name == "site-packages")
        ).as_posix()
        for path in texts
        if path.is_file() and words.search(path.read_text(encoding="utf-8", errors="replace"))
    ]


def licence_page(found: dict[str, str], speaking: list[str], table: str) -> str:
    """The table, and before it what deserves a look."""
    unknown = [name for name, licence in found.items() if licence == "UNKNOWN"]
    sections = {
        "Exceptions": [f"`{name}`: {why}" for name, why in LICENCE_EXCEPTIONS.items()],
        "Under the GPL or AGPL": [f"`{name}`: {found[name]}" for name in under(GPL, found)],
        "Under the LGPL": [f"`{name}`: {found[name]}" for name in under(LGPL, found)],
        "Whose metadata says nothing": [f"`{name}`" for name in unknown],
        "Licence files that speak of the GPL": [f"`{name}`" for name in speaking],
    }
    text = "# Licences of what an install brings\n\n"
    for title, items in sections.items():
        text += f"## {title}\n\n" + "".join(f"- {item}\n" for item in items or ["none"]) + "\n"
    return text + f"## All, as their metadata says\n\n{table}"


def cpp_files() -> list[str]:
    suffixes = {".hpp", ".cpp", ".inl", ".cu", ".cuh"}
    files = (path for folder in ("cpp", "bindings", "tests") for path in Path(folder).rglob("*"))
    return sorted(str(path) for path in files if path.suffix in suffixes)


def make_stub(session: nox.Session) -> str:
    with tempfile.TemporaryDirectory() as folder:
        session.run("pybind11-stubgen", "harmonia._core", "--exit-code", "--output-dir", folder)
        stub = Path(folder, "harmonia", "_core.pyi")
        for command in ("check --select I --fix", "format"):
            session.run("ruff", *command.split(), "--config", "pyproject.toml", str(stub))
        return stub.read_text()
