"""A copy of the source tree in which one file at a time is changed and tested."""

import importlib
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import time
import tomllib
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = (
    "CMakeLists.txt",
    "pyproject.toml",
    "README.md",
    "cmake",
    "cpp",
    "bindings",
    "python",
    "tests",
)
UNUSED = shutil.ignore_patterns("__pycache__", "*.so", ".hypothesis", "fuzz", "mutation")
# One instruction set and less optimization: results are the same, and a file compiles in seconds.
ADAPTED = {
    "CMakeLists.txt": ("PRIVATE -O3)", "PRIVATE -O1)"),
    "cpp/src/isa_targets.hpp": ("HARMONIA_X86_TARGETS 1", "HARMONIA_X86_TARGETS 0"),
}
MOST_MEMORY = 24 << 30
LONGEST_WAIT = 300
NO_TESTS, WRONG_PACKAGE = 5, 99
PRELOADED = ("numpy", "PIL.Image", "pytest", "hypothesis", "hypothesis.extra.numpy", "torch")


class Trial:
    """The copy, with the compiled module that belongs to it."""

    def __init__(self, folder: Path) -> None:
        self.tree, self.build, self.log = folder / "tree", folder / "native", folder / "tests.txt"
        shutil.rmtree(self.tree, ignore_errors=True)
        self.tree.mkdir(parents=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.tree / name, ignore=UNUSED)
            else:
                shutil.copy(source, self.tree / name)
        # Imported here alone: processes that test must not find it imported.
        installed = Path(importlib.import_module("harmonia._core").__file__ or "")
        self.module = self.tree / "python" / "harmonia" / installed.name
        shutil.copy(installed, self.module)
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload([*PRELOADED, "mutation.trial"])

    def write(self, path: str, source: str) -> None:
        """Without the bytecode that there is of a file of Python."""
        file = self.tree / path
        file.write_text(source, encoding="utf-8")
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
            compiled.unlink()

    def configure(self) -> None:
        """Prepare to build the copy's C++, and build it."""
        for path, (old, new) in ADAPTED.items():
            text = (self.tree / path).read_text(encoding="utf-8")
            if old not in text:
                raise SystemExit(f"{path} no longer holds {old!r}: see ADAPTED")
            self.write(path, text.replace(old, new))
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        defines = {
            "HARMONIA_VERSION": project["version"],
            "Python_EXECUTABLE": sys.executable,
            "pybind11_DIR": importlib.import_module("pybind11").get_cmake_dir(),
        }
        words = ["cmake", "-G", "Ninja", "-S", str(self.tree), "-B", str(self.build)]
        words += [f"-D{name}={value}" for name, value in defines.items()]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        if not self.compiles():
            raise SystemExit(f"the unchanged tree does not compile, see {self.log}")

    def compiles(self) -> bool:
        """Build what has changed, and put the module into the copy."""
        with self.log.open("w") as log:
            words = ["cmake", "--build", str(self.build), "--target", "_core"]
            if subprocess.run(words, stdout=log, stderr=log).returncode != 0:
                return False
        (built,) = self.build.glob("_core*.so")
        fresh = self.module.with_suffix(".new")
        shutil.copy(built, fresh)
        fresh.replace(self.module)
        return True

    def passes(
        self, tests: tuple[str, ...], seconds: int, *, keep: bool = False
    ) -> tuple[bool, float]:
        """Whether tests pass within so many seconds of processor time, and how many they took.

        `keep` leaves bytecode for other runs, which is right of a tree without a change.
        """
        taken = self.processes.Value("d")
        process = self.processes.Process(
            target=run_pytest, args=(str(self.tree), tests, str(self.log), seconds, taken, keep)
        )
        process.start()
        process.join(LONGEST_WAIT + 20 * seconds)  # of those that wait for ever, too
        if process.is_alive():
            process.kill()
            process.join()
        shutil.rmtree(self.tree / ".hypothesis", ignore_errors=True)
        if process.exitcode in (NO_TESTS, WRONG_PACKAGE):
            raise SystemExit(f"pytest ran nothing or another harmonia, see {self.log}")
        return process.exitcode == 0, taken.value


def run_pytest(
    tree: str,
    tests: tuple[str, ...],
    log: str,
    seconds: int,
    taken: "Synchronized[float]",
    keep: bool,
) -> None:
    """In a process of its own, which begins with everything but harmonia imported."""
    with Path(log).open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(tree)
    package = str(Path(tree, "python"))
    sys.path = [
        package,
        *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "tests"),
    ]
    os.environ["PYTHONPATH"] = package
    sys.dont_write_bytecode = not keep
    import pytest

    options = ["-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--rootdir", tree]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is imported already
    status = int(pytest.main([*options, *tests]))
    loaded = sys.modules.get("harmonia")
    if status == 0 and not (loaded and str(loaded.__file__).startswith(package)):
        status = WRONG_PACKAGE
    taken.value = time.process_time()
    sys.stdout.flush()
    os._exit(status)
