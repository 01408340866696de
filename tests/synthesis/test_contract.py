"""What every recipe promises, on a small source that tests/recipe_sources/<recipe>.py makes."""

import importlib
import inspect
import json

import numpy as np
import pytest
from harmonia.synthesis import Unusable, _recipes, list_recipes, prepare
from harmonia.synthesis._making import rng_of
from sets import contents, make

each = pytest.mark.parametrize("name", list_recipes())
ATTEMPTS = 3


@pytest.fixture
def source(name, tmp_path):
    return importlib.import_module(f"recipe_sources.{name}").make(tmp_path / "source")


def made(recipe, task):
    """The first of a few attempts that is usable."""
    for attempt in range(ATTEMPTS):
        try:
            return recipe.make(task, rng_of(7, attempt, task))
        except Unusable:
            continue
    return None


@each
def test_options_have_defaults_and_are_explained(name):
    opener = _recipes.find(name, where="test")
    said = inspect.getdoc(opener).partition("Parameters\n----------\n")[2]
    named = {part.strip() for line in said.splitlines() for part in line.split(",")}
    for option, parameter in _recipes.options_of(opener).items():
        assert parameter.default is not parameter.empty
        assert option in named, f"{name} does not say what {option} is"
    module = inspect.getmodule(opener)
    assert module.__doc__.partition("\n")[0].endswith(".")


@each
def test_tasks_have_one_order_and_files_of_their_own(name, source):
    recipe = prepare(name, source)
    assert list(recipe.tasks) == list(prepare(name, source).tasks)
    assert len({(task.subset, task.name) for task in recipe.tasks}) == len(recipe.tasks) > 0
    splits = {}
    for task in recipe.tasks:
        assert task.name not in (recipe.layout.real(task.name), recipe.layout.mask(task.name))
        splits.setdefault((task.subset, recipe.layout.real(task.name)), set()).add(task.split)
    assert all(len(split) == 1 for split in splits.values())


@each
def test_composites_are_their_real_where_the_mask_is_0(name, source):
    recipe = prepare(name, source)
    usable = 0
    for task in recipe.tasks:
        one = made(recipe, task)
        if one is None:
            continue
        usable += 1
        assert one.composite.dtype == one.real.dtype == one.mask.dtype == np.uint8
        assert one.composite.shape == one.real.shape == (*one.mask.shape, 3)
        assert np.array_equal(one.composite[one.mask == 0], one.real[one.mask == 0])
        assert "method" in one.facts or len(one.facts) > 0
    assert usable > 0


@each
def test_the_generator_is_the_only_chance(name, source):
    recipe, again = prepare(name, source), prepare(name, source)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    for task in recipe.tasks[::-1]:
        one, other = made(recipe, task), made(again, task)
        assert (one is None) == (other is None)
        if one is not None:
            for what in ("composite", "mask", "real"):
                assert np.array_equal(getattr(one, what), getattr(other, what))
            assert repr(one.facts) == repr(other.facts)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@each
def test_sets_are_equal_for_any_number_of_workers_and_go_on(name, source, tmp_path):
    report = make(source, tmp_path / "one", name, workers=1, sheet=2)
    assert report.composites > 0
    assert report.failures == ()
    whole = contents(tmp_path / "one")
    make(source, tmp_path / "four", name, workers=4, sheet=2)
    assert contents(tmp_path / "four") == whole
    journal = tmp_path / "four" / ".harmonia-synthesis.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: len(lines) // 2]))
    for path in (tmp_path / "four").rglob("real_images/*"):
        path.unlink()
    make(source, tmp_path / "four", name, sheet=2)
    assert contents(tmp_path / "four") == whole


@each
def test_rows_name_no_place_of_this_machine(name, source, tmp_path):
    make(source, tmp_path / "out", name)
    rows = (tmp_path / "out" / "manifest.jsonl").read_text(encoding="utf-8")
    assert str(tmp_path) not in rows
    for row in map(json.loads, rows.splitlines()):
        assert row["recipe"] == name
        assert (tmp_path / "out" / row["composite"]).is_file()
        assert (tmp_path / "out" / row["mask"]).is_file()
        assert (tmp_path / "out" / row["real"]).is_file()
