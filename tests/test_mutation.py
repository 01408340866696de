"""Mutants are programs that differ, in places that the list of files names."""

import ast

import pytest
from mutation.__main__ import explanations, mutants_of
from mutation.cpp_mutants import cpp_mutants
from mutation.python_mutants import python_mutants
from mutation.trial import ADAPTED, ROOT
from mutation.watched import CPP, PYTHON, WATCHED

per_file = pytest.mark.parametrize("watched", WATCHED, ids=lambda watched: watched.path)


@per_file
def test_every_mutant_is_another_program(watched):
    source = (ROOT / watched.path).read_text(encoding="utf-8")
    found = mutants_of(watched)
    assert found
    assert all(name.before != name.after for name in found)
    if watched in PYTHON:
        unchanged = ast.dump(ast.parse(source))
        for mutant in found.values():
            assert ast.dump(ast.parse(mutant.applied(source))) != unchanged


@per_file
def test_tests_that_watch_are_there(watched):
    assert watched.tests
    for test in watched.tests:
        assert (ROOT / test.partition("::")[0]).exists()


def test_functions_that_are_named_have_mutants():
    for watched in WATCHED:
        found = {name.function for name in mutants_of(watched)}
        for function in watched.functions:
            assert any(one.startswith(function) for one in found), (watched.path, function)


def test_every_file_of_a_metric_is_watched():
    paths = {watched.path for watched in PYTHON}
    for file in (ROOT / "python/harmonia/metrics").glob("*.py"):
        path = file.relative_to(ROOT).as_posix()
        if python_mutants(path, file.read_text(encoding="utf-8")):
            assert path in paths


def test_what_is_adapted_in_the_copy_is_there():
    for path, (old, _) in ADAPTED.items():
        assert (ROOT / path).read_text(encoding="utf-8").count(old) == 1


def test_what_is_explained_is_watched_and_says_why():
    paths = {watched.path for watched in WATCHED}
    for name, why in explanations().items():
        assert name.path in paths
        assert why.strip()


def applied(find, source):
    return {mutant.applied(source) for mutant in find("file", source)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = b + c", {"a = b - c"}),
        (
            "if a < 0.5: f()",
            {"if a <= 0.5: f()", "if a < 1.0: f()", "if (not (a < 0.5)): f()", "if a < 0.5: pass"},
        ),
        ("a = b and not c", {"a = b or not c", "a = b and c"}),
        ("a = min(b[2])", {"a = max(b[2])", "a = min(b[3])", "a = min(b[1])"}),
        ("a = f(b, where=c)", {"a = f(b)"}),
        ("a = f(where='here', k=-b)", {"a = f(where='here')", "a = f(where='here', k=b)"}),
        (
            "def f(a: int = 0):\n    raise KeyError(a + 1)",
            {"def f(a: int = 1):\n    raise KeyError(a + 1)", "def f(a: int = 0):\n    pass"},
        ),
    ],
)
def test_what_becomes_of_python(before, after):
    assert applied(python_mutants, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  sum += v;  // a + b\n", {"  sum -= v;  // a + b\n", "  ;  // a + b\n"}),
        (
            "  if (a.x < 0.5f) return b;\n",
            {
                "  if (a.x <= 0.5f) return b;\n",
                "  if (a.x < 1.0f) return b;\n",
                "  if (a.y < 0.5f) return b;\n",
                "  if (!(a.x < 0.5f)) return b;\n",
            },
        ),
        ("  const int n = a < b ? a : b;\n", {"  const int n = a >= b ? a : b;\n"}),
        ("#define A 1\ntemplate <class T>\nstatic_assert(sizeof(T) == 4);\n", set()),
        (
            "  f(std::min(a, 2u));\n",
            {
                "  f(std::max(a, 2u));\n",
                "  f(std::min(a, 3u));\n",
                "  f(std::min(a, 1u));\n",
                "  ;\n",
            },
        ),
    ],
)
def test_what_becomes_of_cpp(before, after):
    assert applied(cpp_mutants, before) == after


def test_mutants_are_named_by_the_function_that_they_are_in():
    source = (
        "static int add(int a, int b) {\n  return a + b;\n}\n\nint take(int a) { return a - 1; }\n"
    )
    assert {mutant.function for mutant in cpp_mutants("file", source)} == {"add", "take"}
    assert {one.path for one in CPP} == {name.path for one in CPP for name in mutants_of(one)}
