"""harmonia.datasets.spread: the numbers of papers, beside the published means, and their plot."""

import json
import math
from array import array
from xml.etree import ElementTree

import harmonia
import miniatures
import numpy as np
import pytest
from harmonia import datasets
from harmonia.datasets._spread.published import AT_256, NATIVE

SUBSETS = ("HCOCO", "HAdobe5k", "HFlickr", "Hday2night")


@pytest.fixture
def root(tmp_path):
    miniatures.make_iharmony4(tmp_path)
    return tmp_path


@pytest.fixture
def manifest(tmp_path):
    """Writes rows as synthesize does."""

    def write(rows):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / "manifest.jsonl").write_text(text)
        return tmp_path

    return write


def row(subset="HCOCO", **numbers):
    known = {"mse": 40.0, "psnr": 32.0, "fmse": 400.0, "foreground": 0.1}
    return {"name": "c1_1_1", "subset": subset, **known, **numbers}


def test_images_are_measured_as_the_published_means_are(root):
    dataset = datasets.load("iharmony4", root, split="test")
    found = datasets.spread(dataset)
    assert found.measured == "256"
    assert list(found.groups) == [*SUBSETS, "All"]
    for subset in SUBSETS:
        samples = list(dataset.where(lambda entry, of=subset: entry.subset == of))
        scores = [
            harmonia.evaluate(one.composite, one.real, one.mask, protocol="ihd_script")
            for one in samples
        ]
        for metric in ("mse", "psnr", "fmse"):
            assert list(found.groups[subset][metric]) == [one[metric] for one in scores]
        foreground = [one.mask.mean() / 255 for one in samples]
        assert list(found.groups[subset]["foreground"]) == pytest.approx(foreground, rel=1e-12)
    assert len(found.groups["All"]["mse"]) == len(dataset)


def test_any_number_of_workers_gives_the_same(root):
    dataset = datasets.load("iharmony4", root, split="train")
    one, four = (datasets.spread(dataset, workers=workers) for workers in (1, 4))
    assert one == four


def test_the_published_mean_of_all_is_that_of_its_parts():
    """7,404 composites; the means are printed with two digits."""
    counts = datasets.facts("iharmony4").counts["test"]
    for table in (AT_256, NATIVE):
        for metric in ("mse", "psnr", "foreground"):
            mean = sum(counts[one] * getattr(table[one], metric) for one in SUBSETS) / 7404
            assert mean == pytest.approx(getattr(table["All"], metric), abs=0.01)
    # By sub-dataset and for all they come from two sources, which differ by 1 %.
    for table in (AT_256, NATIVE):
        mean = sum(counts[one] * table[one].fmse for one in SUBSETS) / 7404
        assert mean == pytest.approx(table["All"].fmse, rel=0.01)


def test_a_manifest_is_read_as_it_stands(manifest):
    rows = [row(mse=10.0), row(mse=30.0), row("HFlickr", mse=5.0), row("HFlickr", psnr=None)]
    found = datasets.spread(manifest(rows))
    assert found.measured == "native"
    assert list(found.groups["HCOCO"]["mse"]) == [10.0, 30.0]
    said = found.to_dict()["groups"]
    assert said["HCOCO"]["mse"]["mean"] == 20
    assert said["HCOCO"]["mse"]["median"] == 20
    assert said["HFlickr"]["psnr"]["mean"] == 32  # what is equal to its real has none
    assert said["HFlickr"]["composites"] == 2
    assert said["HCOCO"]["published"]["mse"] == NATIVE["HCOCO"].mse
    assert datasets.spread(manifest(rows) / "manifest.jsonl") == found


def test_all_stands_beside_all_of_iharmony4_alone(manifest):
    some = datasets.spread(manifest([row("HCOCO"), row("HFlickr")]))
    assert some.published("All") is None
    assert some.published("HCOCO") == NATIVE["HCOCO"]
    whole = datasets.spread(manifest([row(subset) for subset in SUBSETS]))
    assert whole.published("All") == NATIVE["All"]
    assert list(datasets.spread(manifest([row()])).groups) == ["HCOCO"]
    unnamed = datasets.spread(manifest([row("")]))
    assert list(unnamed.groups) == ["All"]
    assert unnamed.published("All") == NATIVE["All"]
    assert datasets.spread(manifest([row("mine")])).published("mine") is None


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"mse": 1}', '{"mse": "x", "psnr": 1, "fmse": 1, "foreground": 1}']
)
def test_a_line_that_is_no_row_is_named(line, manifest):
    folder = manifest([row()])
    with (folder / "manifest.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ValueError, match=r"manifest\.jsonl: line 2 is no row"):
        datasets.spread(folder)


def test_what_has_no_reals_is_refused(manifest, tmp_path):
    with pytest.raises(ValueError, match="no composites with reals"):
        datasets.spread(manifest([]))
    miniatures.make_real_composites_99(tmp_path / "99")
    entry = datasets.Entry("one", tmp_path / "99/image/0019.png", tmp_path / "99/mask/0019.png")
    dataset = datasets.Dataset("mine", ["one"], lambda line: entry)
    with pytest.raises(ValueError, match="no composites with reals"):
        datasets.spread(dataset)


def spread_of(**columns):
    known = {name: array("d", [1.0, 2.0]) for name in ("mse", "psnr", "fmse", "foreground")}
    return datasets.Spread("256", {"HCOCO": known | columns})


def rectangles(drawn):
    found = ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}rect")
    return [
        {key: float(part.get(key)) for key in ("x", "y", "width", "height")}
        for part in found
        if part.get("class") == "bar"
    ]


def test_bars_are_as_high_as_their_bins_are_full():
    rng = np.random.default_rng(0)
    shares = array("d", rng.beta(1, 3, 500))
    off = array("d")  # draws nothing
    drawn = datasets.spread_svg(spread_of(mse=off, psnr=off, foreground=shares))
    counts = np.histogram(shares, bins=30, range=(0, 1))[0]
    heights = np.array([bar["height"] for bar in rectangles(drawn)])
    # Two digits behind the point are drawn, of some 90 units.
    np.testing.assert_allclose(
        heights / heights.max(), counts[counts > 0] / counts.max(), atol=1e-4
    )


@pytest.mark.parametrize("value", [0.0, math.inf, 1e9, 1e-9])
def test_what_lies_beyond_the_axis_is_drawn_at_its_end(value):
    column = array("d", [value])
    drawn = datasets.spread_svg(spread_of(mse=column, psnr=column, foreground=column))
    for bar in rectangles(drawn):
        assert bar["x"] >= 0
    assert len(rectangles(drawn)) == 3
    assert "nan" not in drawn
    assert "inf" not in drawn


def test_the_plot_stands_by_itself_and_names_are_quoted():
    columns = spread_of().groups["HCOCO"]
    drawn = datasets.spread_svg(datasets.Spread("native", {"a<b>&": columns}), title="<set>")
    words = " ".join(ElementTree.fromstring(drawn).itertext())
    assert "a<b>&" in words
    assert "<set>" in words
    assert "published 69.4" in datasets.spread_svg(spread_of())
    assert "prefers-color-scheme: dark" in drawn
    for outside in ("http://", "https://", "url(", "@import", "<script"):
        assert outside not in drawn.replace('xmlns="http://www.w3.org/2000/svg"', "")
