"""The voting page: what it shows, to whom, and what it does not tell."""

import base64
import collections
import io
import itertools
import json
import re

import harmonia
import numpy as np
import pytest
from harmonia import datasets
from harmonia.evaluation import write_study
from harmonia.evaluation._study import pairs, pictures
from hypothesis import given
from hypothesis import strategies as st
from images import scene
from PIL import Image

METHODS = ["reinhard", "white_balance", "mean_shift"]


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Three composites of 56 x 40 with soft masks."""
    root = tmp_path_factory.mktemp("samples")
    for number, name in enumerate(("beach", "car", "dog")):
        image, mask = scene(seed=number)
        harmonia.io.write(root / f"{name}.png", np.rint(255 * image).astype(np.uint8))
        grey = np.rint(255 * np.stack([mask] * 3, axis=-1)).astype(np.uint8)
        harmonia.io.write(root / f"{name}_mask.png", grey)
    return datasets.load("folder", root)


def data_of(page):
    text = page.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def pixels_of(address, page):
    if address.startswith("data:"):
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))
    return np.asarray(Image.open(page.parent / address))


@given(st.integers(1, 12), st.integers(2, 6), st.integers(1, 200), st.integers(0, 9))
def test_blocks_hold_every_pair_once_and_are_alike(samples, methods, most, seed):
    blocks = pairs.deal(samples, methods, most, seed)
    combinations = list(itertools.combinations(range(methods), 2))
    wanted = {(s, *pair) for s in range(samples) for pair in combinations}
    dealt = [tuple(pair) for block in blocks for pair in block]
    assert len(dealt) == len(wanted)
    assert set(dealt) == wanted
    lengths = [len(block) for block in blocks]
    assert max(lengths) <= most
    assert max(lengths) - min(lengths) <= 1
    for pair in combinations:
        counts = [sum(one[1:] == pair for one in block) for block in blocks]
        assert max(counts) - min(counts) <= 1


def test_the_protocol_of_dovenet_is_two_blocks_for_fifty_people():
    # 99 samples, 15 pairs of six, 25 votes a pair by 50 people: 37,125 votes.
    blocks = pairs.deal(99, 6, 743, 0)
    assert [len(block) for block in blocks] == [743, 742]
    votes = collections.Counter(pair for voter in range(50) for pair in blocks[voter % 2])
    assert sum(votes.values()) == 37125
    assert set(votes.values()) == {25}


def test_blocks_and_codes_are_those_of_the_seed():
    assert pairs.deal(9, 4, 20, 1) == pairs.deal(9, 4, 20, 1) != pairs.deal(9, 4, 20, 2)
    labels = [f"m{number}" for number in range(9)]
    assert pairs.codes(labels, 1) == pairs.codes(labels[::-1], 1) != pairs.codes(labels, 2)
    assert sorted(pairs.codes(labels, 1).values()) == [f"M{number}" for number in range(1, 10)]


def test_the_page_shows_what_the_methods_gave(samples, tmp_path):
    study = write_study(samples, METHODS, tmp_path / "study.html", quality=None)
    data, key = data_of(study.page), json.loads(study.key.read_text())
    assert key["study"] == data["study"] == study.study
    assert sorted(key["methods"].values()) == sorted(METHODS)
    assert (study.pairs, study.blocks) == (9, (9,))
    for sample, shown in zip(samples, data["samples"], strict=True):
        assert shown["name"] == sample.name
        assert (pixels_of(shown["composite"], study.page) == sample.composite).all()
        for number, address in enumerate(shown["pictures"], start=1):
            wanted = harmonia.harmonize(sample.composite, sample.mask, key["methods"][f"M{number}"])
            assert (pixels_of(address, study.page) == wanted).all()
        outline = pixels_of(shown["outline"], study.page)[..., 3]
        assert (outline > 0).any()
        assert (outline[sample.mask > 160] == 0).all()  # it lies around the foreground


@pytest.mark.parametrize("target", ["study.html", "study"])
def test_nothing_that_voters_get_names_a_method(samples, tmp_path, target):
    study = write_study(samples, METHODS, tmp_path / target, checks=2)
    given = [study.page] if target.endswith("html") else sorted((tmp_path / target).rglob("*"))
    assert study.key not in given
    for path in given:
        for method in METHODS:
            assert method not in path.name
            assert path.is_dir() or method.encode() not in path.read_bytes()


def test_a_folder_holds_the_pictures_under_names_of_their_contents(samples, tmp_path):
    study = write_study(samples, METHODS, tmp_path / "study")
    assert study.page == tmp_path / "study/index.html"
    assert study.key == tmp_path / "study.key.json"
    listed = {path.name for path in (tmp_path / "study/pictures").iterdir()}
    named = set()
    for shown in data_of(study.page)["samples"]:
        for address in (shown["composite"], shown["outline"], *shown["pictures"]):
            assert re.fullmatch(r"pictures/[0-9a-f]{20}\.(jpeg|png)", address)
            named.add(address.partition("/")[2])
            assert pixels_of(address, study.page).shape[:2] == (40, 56)
    assert listed == named
    assert "img-src 'self' file:" in study.page.read_text()


def test_one_page_may_load_nothing_from_elsewhere(samples, tmp_path):
    text = write_study(samples, METHODS, tmp_path / "study.html").page.read_text()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert re.findall(r"https?://", text) == []


def test_where_the_composite_is_a_method_it_is_not_shown_by_its_name(samples, tmp_path):
    study = write_study(samples, ["composite", "mkl"], tmp_path / "study.html")
    assert [shown["composite"] for shown in data_of(study.page)["samples"]] == [""] * 3


def test_checks_are_shown_beside_a_negative(samples, tmp_path):
    study = write_study(samples, METHODS, tmp_path / "study.html", checks=2, quality=None)
    data = data_of(study.page)
    assert len({place for place, _ in data["checks"]}) == 2
    spoiled = [place for place, shown in enumerate(data["samples"]) if shown["spoiled"]]
    assert sorted(place for place, _ in data["checks"]) == spoiled
    for place, method in data["checks"]:
        shown, mask = data["samples"][place], samples[place].mask
        picture = pixels_of(shown["pictures"][method], study.page)
        negative = pixels_of(shown["spoiled"], study.page)
        assert (negative[mask >= 128] == 255 - picture[mask >= 128]).all()
        assert (negative[mask < 128] == picture[mask < 128]).all()


def test_pictures_are_no_longer_than_asked_whatever_they_are(samples, tmp_path):
    whole = write_study(samples, METHODS, tmp_path / "whole.html", longest=64)
    assert {(s["width"], s["height"]) for s in data_of(whole.page)["samples"]} == {(56, 40)}
    image, mask = scene(height=100, width=160)
    harmonia.io.write(tmp_path / "large.png", np.rint(65535 * image).astype(np.uint16))
    grey = np.rint(255 * np.stack([mask] * 3, axis=-1)).astype(np.uint8)
    harmonia.io.write(tmp_path / "large_mask.png", grey)
    large = datasets.load("folder", tmp_path)
    study = write_study(large, METHODS, tmp_path / "small.html", longest=64, checks=1)
    (shown,) = data_of(study.page)["samples"]
    assert (shown["width"], shown["height"]) == (64, 40)
    for address in (shown["composite"], shown["outline"], shown["spoiled"], *shown["pictures"]):
        assert pixels_of(address, study.page).shape[:2] == (40, 64)
    assert study.pictures == "JPEG of quality 95, no more than 64 pixels a side"


def test_finished_pictures_are_a_method(samples, tmp_path):
    (tmp_path / "made").mkdir()
    for sample in samples:
        # At another size, as of a network that knows one.
        harmonia.io.write(tmp_path / f"made/{sample.name}.png", np.full((32, 32, 3), 77, np.uint8))
    methods = ["mkl", f"ours={tmp_path / 'made'}"]
    study = write_study(samples, methods, tmp_path / "study.html", quality=None)
    names = json.loads(study.key.read_text())["methods"]
    place = [names["M1"], names["M2"]].index("ours")
    for shown in data_of(study.page)["samples"]:
        made = pixels_of(shown["pictures"][place], study.page)
        assert made.shape == (40, 56, 3)
        assert (made == 77).all()


def test_the_same_study_is_the_same_page_and_another_is_not(samples, tmp_path):
    studies = [
        write_study(samples, methods, tmp_path / f"{number}.html", **options)
        for number, (methods, options) in enumerate(
            [
                (METHODS, {"workers": 1}),
                (METHODS[::-1], {"workers": 3}),
                (METHODS, {"seed": 1}),
                (METHODS, {"ties": True}),
                (METHODS[:2], {}),
                (["a1=mkl", *METHODS[::2]], {}),
            ]
        )
    ]
    assert studies[0].page.read_bytes() == studies[1].page.read_bytes()
    assert len({study.study for study in studies}) == len(studies) - 1


def test_votes_of_methods_by_other_names_are_of_another_study(samples, tmp_path):
    # Of three pairs of names two are in the same order behind their codes: their pages are alike.
    pages, studies = [], set()
    for one, other in (("p1", "p2"), ("q1", "q2"), ("r1", "r2")):
        study = write_study(samples, [f"{one}=mkl", f"{other}=idt"], tmp_path / f"{one}.html")
        data = data_of(study.page)
        studies.add(data.pop("study"))
        pages.append(json.dumps(data))
    assert len(set(pages)) < len(pages) == len(studies)


def test_names_of_samples_do_not_end_the_data(tmp_path):
    image, mask = scene()
    name = "<!--<script>"
    harmonia.io.write(tmp_path / f"{name}.png", np.rint(255 * image).astype(np.uint8))
    grey = np.rint(255 * np.stack([mask] * 3, axis=-1)).astype(np.uint8)
    harmonia.io.write(tmp_path / f"{name}_mask.png", grey)
    study = write_study(datasets.load("folder", tmp_path), METHODS, tmp_path / "study.html")
    assert data_of(study.page)["samples"][0]["name"] == name
    assert "<!--<" not in study.page.read_text()


def test_texts_are_escaped(samples, tmp_path):
    evil = "</script><script>alert(1)</script>{{data}}"
    study = write_study(
        samples, METHODS, tmp_path / "s.html", title=evil, question=evil, consent=f"{evil}\n\nYes."
    )
    text = study.page.read_text()
    assert "<script>alert" not in text
    assert "{{data}}&lt;" not in text
    assert text.count("<script") == 2
    assert "<p>Yes.</p>" in text


def test_a_page_too_large_for_a_browser_is_refused(samples, tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_EMBEDDED", 4000)
    with pytest.raises(
        ValueError, match=r"^write_study: target: .*name a folder instead of an \.html"
    ):
        write_study(samples, METHODS, tmp_path / "study.html")
    assert list(tmp_path.iterdir()) == []
    write_study(samples, METHODS, tmp_path / "study")


def test_what_is_there_is_replaced_only_if_asked(samples, tmp_path):
    study = write_study(samples, METHODS, tmp_path / "study.html")
    for kept, removed in ((study.page, study.key), (study.key, study.page)):
        before = kept.read_bytes()
        removed.unlink(missing_ok=True)
        with pytest.raises(FileExistsError, match="overwrite=True"):
            write_study(samples, METHODS, tmp_path / "study.html", seed=1)
        assert kept.read_bytes() == before
        write_study(samples, METHODS, tmp_path / "study.html", overwrite=True)


def test_a_sample_that_fails_is_named(samples, tmp_path):
    (tmp_path / "made").mkdir()
    with pytest.raises(ValueError, match=r"^(beach|car|dog): .*no picture"):
        write_study(samples, ["mkl", f"ours={tmp_path / 'made'}"], tmp_path / "study.html")
    assert not (tmp_path / "study.html").exists()


def test_steps_are_told(samples, tmp_path):
    steps = []
    write_study(samples, METHODS, tmp_path / "study.html", step=lambda: steps.append(1))
    assert len(steps) == 3


@pytest.mark.parametrize(
    ("methods", "options", "said"),
    [
        (["mkl"], {}, "methods must name at least two"),
        (["mkl", "mkl"], {}, "two methods have the label 'mkl'|at least two"),
        (["left=mkl", "idt"], {}, "'left' is no label"),
        (METHODS, {"checks": 4}, "no more than the 3 samples"),
        (METHODS, {"checks": -1}, "checks must be at least 0"),
        (METHODS, {"longest": 63}, "longest must be at least 64"),
        (METHODS, {"votes_per_voter": 0}, "votes_per_voter must be at least 1"),
        (METHODS, {"quality": 0}, "quality must be 1 to 100 or None"),
    ],
)
def test_what_makes_no_sense_is_refused(samples, tmp_path, methods, options, said):
    with pytest.raises(ValueError, match=said):
        write_study(samples, methods, tmp_path / "study.html", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(samples, tmp_path):
    with pytest.raises(FileNotFoundError, match="target: there is no folder"):
        write_study(samples, METHODS, tmp_path / "none" / "study.html")
