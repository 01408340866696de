"""Every example in a docstring of the installed package runs and gives what it shows."""

import doctest
import importlib.util
import inspect
import json
import pkgutil
import re
from pathlib import Path

import docstring_names
import harmonia
import pytest
import video_files

SURFACE = Path(__file__).with_name("api_surface.json")
HAS_TORCH = importlib.util.find_spec("torch") is not None
HAS_MATPLOTLIB = importlib.util.find_spec("matplotlib") is not None
OF_TORCH = ("harmonia.nets", "harmonia.training", "harmonia.cli._train.processes")
OF_FIGURES = ("harmonia.evaluation.figures",)
OF_VIDEO = ("harmonia.io.video_reading", "harmonia.io.video_writing")


def examples():
    """The docstrings with examples: of all modules but `__main__`, a program, and of those
    of torch and of ffmpeg where they are there."""
    walked = pkgutil.walk_packages(harmonia.__path__, "harmonia.")
    names = ["harmonia", *(found.name for found in walked)]
    names = [name for name in names if name.rpartition(".")[2] not in ("__main__", "_cuda")]
    if not HAS_TORCH:
        names = [name for name in names if not name.startswith(OF_TORCH)]
    if not HAS_MATPLOTLIB:
        names = [name for name in names if not name.startswith(OF_FIGURES)]
    if not video_files.ffmpeg_is_there():
        names = [name for name in names if name not in OF_VIDEO]
    finder = doctest.DocTestFinder(exclude_empty=True)
    for name in names:
        yield from (test for test in finder.find(importlib.import_module(name)) if test.examples)


EXAMPLES = list(examples())


OF_AN_EVALUATION = re.compile(r"^(>>>|\.\.\.).*\b(photos|dataset|plan|results)\b", re.MULTILINE)


@pytest.fixture(scope="module")
def evaluation_names(tmp_path_factory):
    return docstring_names.of_an_evaluation(tmp_path_factory.mktemp("evaluation"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_the_docstring_is_true(example, doctest_namespace, request, tmp_path):
    example.globs.update(doctest_namespace, folder=tmp_path)
    if any(OF_AN_EVALUATION.search(f">>> {one.source}") for one in example.examples):
        example.globs.update(request.getfixturevalue("evaluation_names"))
    report = []
    outcome = doctest.DocTestRunner().run(example, out=report.append)
    assert outcome.failed == 0, "".join(report)


# Without an example, and why.
WITHOUT = {
    "harmonia.metrics.lpips": "its network's weights come with no install",
    "harmonia.nets.harmony_score": "its weights come with no install",
    "harmonia.nets.export_onnx": "takes onnx, which no extra brings",
    "harmonia.training.translate": "takes a translator, which trains for long",
}


def public_functions():
    """By the name that users call them by, of all modules of the agreed surface."""
    agreed = json.loads(SURFACE.read_text(encoding="utf-8"))
    for module, names in agreed.items():
        if module.startswith(OF_TORCH) and not HAS_TORCH:
            continue
        if module in OF_FIGURES and not HAS_MATPLOTLIB:
            continue
        for name in names:
            value = getattr(importlib.import_module(module), name)
            if inspect.isfunction(value):
                yield f"{module}.{name}", value


def test_the_public_functions_have_examples():
    shown = {example.name for example in EXAMPLES}
    without = [
        name
        for name, function in public_functions()
        if f"{function.__module__}.{function.__qualname__}" not in shown
    ]
    known = [name for name in WITHOUT if not name.startswith(OF_TORCH) or HAS_TORCH]
    assert sorted(without) == sorted(known)
