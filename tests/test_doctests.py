"""Every example in a docstring of the installed package runs and gives what it shows."""

import doctest
import importlib.util
import pkgutil

import harmonia
import pytest
import video_files

OF_TORCH = ("harmonia.nets", "harmonia.training", "harmonia.cli._train.processes")
OF_VIDEO = ("harmonia.io.video_reading", "harmonia.io.video_writing")


def examples():
    """The docstrings with examples: of all modules but `__main__`, a program, and of those
    of torch and of ffmpeg where they are there."""
    walked = pkgutil.walk_packages(harmonia.__path__, "harmonia.")
    names = ["harmonia", *(found.name for found in walked)]
    names = [name for name in names if name.rpartition(".")[2] not in ("__main__", "_cuda")]
    if importlib.util.find_spec("torch") is None:
        names = [name for name in names if not name.startswith(OF_TORCH)]
    if not video_files.ffmpeg_is_there():
        names = [name for name in names if name not in OF_VIDEO]
    finder = doctest.DocTestFinder(exclude_empty=True)
    for name in names:
        yield from (test for test in finder.find(importlib.import_module(name)) if test.examples)


EXAMPLES = list(examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_the_docstring_is_true(example, doctest_namespace):
    example.globs.update(doctest_namespace)
    report = []
    outcome = doctest.DocTestRunner().run(example, out=report.append)
    assert outcome.failed == 0, "".join(report)


def test_the_public_functions_have_examples():
    shown = {example.name for example in EXAMPLES}
    functions = [
        f"{value.__module__}.{value.__qualname__}"
        for value in (getattr(harmonia, name) for name in harmonia.__all__)
        if callable(value) and not isinstance(value, type)
    ]
    assert [name for name in functions if name not in shown] == []
