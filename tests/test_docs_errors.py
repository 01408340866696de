"""Every message that the sources say is on the pages of errors, and every kind is explained."""

import ast
import re
import sys

import page_blocks
import pytest
import test_errors

if not page_blocks.DOCS.is_dir():
    pytest.skip("there is no docs folder beside the tests", allow_module_level=True)


@pytest.fixture(scope="module")
def make_errors():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(page_blocks.DOCS), *sys.path])
        import make_errors
    return make_errors


@pytest.fixture(scope="module")
def found(make_errors):
    return make_errors.all_messages()


@pytest.fixture(scope="module")
def text(make_errors):
    return "\n".join(make_errors.pages().values())


def as_pattern(text):
    return ".*".join(re.escape(part) for part in re.split("‹[^›]*›|…", text))


CASES = {
    f"{table}: {name}": case
    for table in ("IMAGES", "MASKS", "CALLS")
    for name, case in getattr(test_errors, table).items()
}


def test_what_callers_meet_is_there(found):
    """The messages of tests/test_errors.py, which calls harmonia and reads what comes."""
    patterns = [
        (re.compile(as_pattern(one.text), re.DOTALL), one.kind)
        for one in found
        if len(re.sub("‹[^›]*›|…", "", one.text)) > 12
    ]
    missing = [
        name
        for name, (_, kind, said) in CASES.items()
        if not any(
            pattern.fullmatch(" ".join(said.split())) and known == kind.__name__
            for pattern, known in patterns
        )
    ]
    assert missing == []
    assert len(CASES) > 50


def test_every_sentence_of_a_raise_is_there(make_errors, text):
    """Whatever a `raise` has in quotes, word by word."""
    missing = []
    for path in sorted(make_errors.PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Raise) and node.exc is not None:
                missing += [
                    f"{path.name}:{part.lineno}: {part.value}"
                    for part in ast.walk(node.exc)
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and part.value.count(" ") > 2
                    and " ".join(part.value.split()) not in text
                    and " ".join(part.value.replace("{}", "…").split()) not in text
                ]
    assert missing == []


def test_what_the_compiled_module_tells_callers_is_there_and_its_inner_checks_are_not(text):
    assert "HARMONIA_NUM_THREADS must be a whole number from 1 to 1024, got '…'" in text
    assert "…no depth fits entries of at most …; a line Mesh with the bits must say it" in text
    assert "ssim: taps must add up to 1" not in text


def test_every_kind_is_explained(make_errors, found):
    kinds = {make_errors.met_as(message) for message in found}
    assert sorted(kinds - set(make_errors.KINDS)) == []


def test_every_kind_that_is_explained_is_met(make_errors, found):
    kinds = {make_errors.met_as(message) for message in found}
    assert sorted(set(make_errors.KINDS) - kinds) == []
