"""Candidates as they are written, and finished pictures as other programs leave them."""

import json
import pickle
import re
from dataclasses import replace

import harmonia
import numpy as np
import pytest
from harmonia import cli, datasets
from harmonia._registry import list_ready
from harmonia.datasets import Dataset
from harmonia.evaluation import Candidate, EvaluationWarning, candidate, evaluate_dataset, plan
from harmonia.evaluation._plan import at_size
from kinds import torch
from miniatures import make_folder, make_real_composites_99

NAMES = ["beach", "street/car", "street/dog"]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    make_folder(folder)
    return folder


@pytest.fixture
def dataset(root):
    return datasets.load("folder", root)


def finish(folder, names, *, endings=(".png",), like=40):
    """A picture of each name, grey of one value each."""
    for number, (name, ending) in enumerate(zip(names, endings * len(names), strict=False)):
        path = folder / f"{name}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        harmonia.io.write(path, np.full((like, 56, 3), (40 * number + 20) % 256, np.uint8))


def measured(dataset, folder, text, **options):
    """The rows of one candidate."""
    options = {"protocol": "harmonia", "metrics": ["mse"], **options}
    asked = plan(dataset, [text], **options)
    results = evaluate_dataset(asked, folder)
    assert results.failures == ()
    return [row.values[0] for row in results.rows(asked.candidates[0].label)]


def expected(dataset, values):
    """The errors of pictures of one value."""
    return [
        harmonia.evaluate(
            np.full_like(sample.real, value), sample.real, sample.mask, metrics=["mse"]
        )["mse"]
        for sample, value in zip(dataset, values, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "label", "method", "options"),
    [
        ("composite", "composite", None, {}),
        ("mkl", "mkl", "mkl", {}),
        ("auto", "auto", "auto", {}),
        ("fast=mean_shift", "fast", "mean_shift", {}),
        ("idt:iterations=5", "idt-iterations-5", "idt", {"iterations": 5}),
        ("idt:iterations=5:seed=2", "idt-iterations-5-seed-2", "idt", {"iterations": 5, "seed": 2}),
        ("a=idt:compat=True", "a", "idt", {"compat": True}),
        ("reinhard:space=lab", "reinhard-space-lab", "reinhard", {"space": "lab"}),
    ],
)
def test_a_candidate_is_what_its_text_says(text, label, method, options):
    assert candidate(text) == Candidate(label, method, options)


def test_networks_have_weights_a_variant_and_options(tmp_path):
    weights = tmp_path / "issam256.pth"
    weights.write_bytes(b"weights")
    given = {"weights": str(weights)}
    assert candidate(f"issam={weights}") == Candidate("issam", "issam", given)
    assert candidate(f"issam.256={weights}") == Candidate("issam.256", "issam.256", given)
    assert candidate(f"own=issam:{weights}") == Candidate("own", "issam", given)
    options = {**given, "device": "cuda:0", "flip": True}
    assert candidate(f"own=issam:{weights}:device=cuda:0:flip=True") == Candidate(
        "own", "issam", options
    )
    with pytest.raises(FileNotFoundError, match=r"issam=nowhere.pth: there is no file"):
        candidate("issam=nowhere.pth")


def test_a_file_of_weights_may_be_called_as_a_variant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert candidate("a=issam.256") == Candidate("a", "issam.256")
    assert candidate("issam=issam.512") == Candidate("issam", "issam.512")
    (tmp_path / "issam.safetensors").write_bytes(b"weights")
    given = {"weights": "issam.safetensors"}
    assert candidate("issam=issam.safetensors") == Candidate("issam", "issam", given)
    assert candidate("issam.256=issam.safetensors") == Candidate("issam.256", "issam.256", given)
    assert candidate("a=issam:issam.safetensors") == Candidate("a", "issam", given)


def test_a_folder_may_be_called_as_a_network(tmp_path):
    assert candidate(f"dovenet={tmp_path}") == Candidate("dovenet", folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing", "'nothing' is neither a method nor a folder; write METHOD"),
        ("a=nothing", "'a=nothing' is neither"),
        ("a=there/is/none", "there is no folder there/is/none"),
        ("{here}", "is a folder and needs a name: LABEL={here}"),
        ("{here}/..=mkl", "cannot be a label"),
        ("..=mkl", "cannot be a label"),
        ("composite:a=1", "the composite has no options"),
        ("a={here}:b=1", "a folder has no options"),
        ("mkl:iterations=1", "method 'mkl' has no option 'iterations'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_cure(tmp_path, text, said):
    said = said.replace("{here}", str(tmp_path))
    with pytest.raises((ValueError, TypeError, OSError), match=re.escape(said)):
        candidate(text.replace("{here}", str(tmp_path)))


def test_labels_that_one_folder_would_hold_are_refused(dataset):
    for pair in (["mkl", "mkl=reinhard"], ["mkl", "MKL=reinhard"]):
        with pytest.raises(ValueError, match="two have the label"):
            plan(dataset, pair)
    assert len(plan(dataset, ["mkl", "mkl"]).candidates) == 1


def test_all_is_the_composite_and_every_method(dataset):
    labels = [one.label for one in plan(dataset, ["all", "idt:iterations=2"]).candidates]
    assert labels == ["composite", *list_ready(), "idt-iterations-2"]


def test_plans_go_through_pickle(dataset):
    asked = plan(dataset, ["composite", "idt:iterations=2"])
    assert pickle.loads(pickle.dumps(asked)).identity() == asked.identity()  # noqa: S301 (our own bytes)


def test_weights_are_known_by_what_they_hold(tmp_path):
    for name, held in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(held)
    a, b, c = (candidate(f"x=issam:{tmp_path / name}").identity() for name in "abc")
    assert a == b != c


# Layouts of folders in the wild, each with the picture of every sample of NAMES.
LAYOUTS = {
    "as the composites": ["beach", "street/car", "street/dog"],
    "an ending": ["beach_harmonized", "street/car_harmonized", "street/dog_harmonized"],
    "all in one": ["beach", "car", "dog"],
    "all in one, an ending": ["beach_fake_B", "car_fake_B", "dog_fake_B"],
    "deeper": ["images/beach_pred", "images/car_pred", "images/dog_pred"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pictures_are_found_as_programs_leave_them(dataset, tmp_path, layout):
    finish(tmp_path / "out", LAYOUTS[layout])
    found = measured(dataset, tmp_path / "results", f"ours={tmp_path / 'out'}")
    assert found == expected(dataset, [20, 60, 100])


def test_what_dovenet_saves_beside_its_results_is_left_alone(dataset, tmp_path):
    names = [f"{name}{end}" for end in ("_harmonized", "_comp", "_real") for name in NAMES]
    finish(tmp_path / "out", names)
    found = measured(dataset, tmp_path / "results", f"ours={tmp_path / 'out'}")
    assert found == expected(dataset, [20, 60, 100])


def test_the_nearer_name_counts(dataset, tmp_path):
    """The same path before the same last part, and a name before one with an ending."""
    names = [*NAMES, "beach_harmonized", "other/beach", "street/car_output", "dog"]
    finish(tmp_path / "out", names)
    found = measured(dataset, tmp_path / "results", f"ours={tmp_path / 'out'}")
    assert found == expected(dataset, [20, 60, 100])


@pytest.mark.parametrize("names", [["beach.jpg", "beach.png"], ["a/car.png", "b/car.png"]])
def test_a_picture_that_may_be_either_of_two_is_refused(dataset, tmp_path, names):
    for name in {*names, "beach.png"}:
        finish(tmp_path / "out", [name[:-4]], endings=(name[-4:],))
    asked = plan(dataset, [f"ours={tmp_path / 'out'}"])
    with pytest.raises(ValueError, match="either may be the picture of"):
        evaluate_dataset(asked, tmp_path / "results")


def test_a_batch_is_evaluated_as_the_method_itself(root, dataset, tmp_path):
    words = ["batch", root / "composites", "--masks", root / "masks", "--suffix", ".png"]
    assert cli.main([*map(str, words), "-m", "mkl", "-o", str(tmp_path / "out")]) == 0
    asked = plan(dataset, ["mkl", f"ours={tmp_path / 'out'}"])
    results = evaluate_dataset(asked, tmp_path / "results")
    assert [row.values for row in results.rows("ours")] == [
        row.values for row in results.rows("mkl")
    ]


def test_jpeg_costs_score_and_a_warning_says_so(dataset, tmp_path):
    finish(tmp_path / "out", NAMES, endings=(".jpg", ".png", ".JPEG"))
    with pytest.warns(EvaluationWarning, match="ours: 2 of 3 pictures are JPEG"):
        measured(dataset, tmp_path / "results", f"ours={tmp_path / 'out'}")


def test_pictures_of_another_size_are_brought_to_it_with_a_warning(dataset, tmp_path):
    finish(tmp_path / "out", NAMES, like=20)
    with pytest.warns(EvaluationWarning, match=r"beach.png is 56 x 20, its composite 56 x 40"):
        found = measured(dataset, tmp_path / "results", f"ours={tmp_path / 'out'}")
    assert found == expected(dataset, [20, 60, 100])  # flat ones stay flat


def test_pictures_of_the_size_of_the_protocol_are_as_good_as_larger_ones(dataset, tmp_path):
    """What a program saved at 256 x 256 is not resized again."""
    rng = np.random.default_rng(1)
    (tmp_path / "out").mkdir()
    pictures = [rng.integers(0, 256, (256, 256, 3), np.uint8) for _ in NAMES]
    for name, picture in zip(NAMES, pictures, strict=True):
        harmonia.io.write(tmp_path / "out" / f"{name.rpartition('/')[2]}.png", picture)
    found = measured(dataset, tmp_path / "results", f"ours={tmp_path / 'out'}", protocol="dovenet")
    asked = plan(dataset, ["composite"], protocol="dovenet")
    for index, picture in enumerate(pictures):
        sample = at_size(dataset[index], 256, asked.protocol)
        scores = harmonia.evaluate(picture, sample.real, sample.mask, ["mse"], "dovenet")
        assert found[index] == scores["mse"]


@pytest.mark.parametrize("protocol", ["harmonia", "dovenet", "harmonia-32"])
def test_pictures_of_16_bits_count_as_they_are(dataset, tmp_path, protocol):
    (tmp_path / "out").mkdir()
    for name in NAMES:
        grey = np.full((40, 56, 3), 77 * 257, np.uint16)
        harmonia.io.write(tmp_path / "out" / f"{name.rpartition('/')[2]}.png", grey)
    finish(tmp_path / "eight", [])
    for name in NAMES:
        path = tmp_path / "eight" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        harmonia.io.write(path, np.full((40, 56, 3), 77, np.uint8))
    deep, eight = (
        measured(dataset, tmp_path / f"of {one}", f"ours={tmp_path / one}", protocol=protocol)
        for one in ("out", "eight")
    )
    # Both are 77 of 255; through floats the resize and "tensor" may lose the last of 24 bits.
    assert deep == pytest.approx(eight, rel=1e-4)


def test_a_deep_picture_of_another_size_is_resized_too(dataset, tmp_path):
    (tmp_path / "out").mkdir()
    for name in NAMES:
        grey = np.full((20, 28, 3), 100 * 257, np.uint16)
        harmonia.io.write(tmp_path / "out" / f"{name.rpartition('/')[2]}.png", grey)
    with pytest.warns(EvaluationWarning, match="another size"):
        found = measured(dataset, tmp_path / "results", f"ours={tmp_path / 'out'}")
    assert found == pytest.approx(expected(dataset, [100, 100, 100]), rel=1e-6)  # float32


def test_missing_pictures_are_told_beforehand_and_hold_back_their_own_rows_alone(dataset, tmp_path):
    finish(tmp_path / "out", ["beach", "street/dog"])
    asked = plan(dataset, ["composite", f"ours={tmp_path / 'out'}"], shard_size=1)
    with pytest.warns(EvaluationWarning, match=r"no picture of 1 of 3 samples, such as street/car"):
        results = evaluate_dataset(asked, tmp_path / "results")
    assert [(one.name, one.label) for one in results.failures] == [("street/car", "ours")]
    assert "has no picture called street/car" in str(results.failures[0].error)
    assert [row.name for row in results.rows("ours")] == ["beach", "street/dog"]
    assert [row.name for row in results.rows("composite")] == NAMES
    finish(tmp_path / "out", ["street/car"])
    again = evaluate_dataset(asked, tmp_path / "results")
    assert again.failures == ()
    assert [row.name for row in again.rows("ours")] == NAMES


def test_a_folder_of_other_pictures_is_refused_before_the_run(dataset, tmp_path):
    finish(tmp_path / "out", ["else"])
    asked = plan(dataset, [f"ours={tmp_path / 'out'}"])
    with pytest.raises(FileNotFoundError, match=r"for none of 3 samples, and holds 1; .*beach.png"):
        evaluate_dataset(asked, tmp_path / "results")


def test_pictures_that_changed_since_are_measured_anew(dataset, tmp_path):
    finish(tmp_path / "out", NAMES)
    asked = plan(dataset, [f"ours={tmp_path / 'out'}"], metrics=["mse"], shard_size=1)
    evaluate_dataset(asked, tmp_path / "results")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "results").rglob("*.csv")}
    harmonia.io.write(
        tmp_path / "out" / "street/car.png", np.zeros((40, 56, 3), np.uint8), overwrite=True
    )
    results = evaluate_dataset(asked, tmp_path / "results")
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "results").rglob("*.csv")}
    assert {name for name in after if after[name] != before[name]} == {"00001.csv"}
    found = [row.values[0] for row in results.rows("ours")]
    assert found == expected(dataset, [20, 0, 100])


def test_samples_without_a_real_are_refused_beforehand(root, tmp_path):
    make_real_composites_99(tmp_path)
    with pytest.raises(ValueError, match="has no real pictures to compare with"):
        plan(datasets.load("real_composites_99", tmp_path), ["composite"])
    whole = datasets.load("folder", root)
    entry = whole._entry_of
    some = Dataset(
        "some",
        whole.lines,
        lambda line: replace(entry(line), real=None) if "car" in line else entry(line),
    )
    with pytest.raises(ValueError, match="1 of 3 samples of some have no real, such as street/car"):
        plan(some, ["composite"])


def test_samples_of_one_name_are_refused(root):
    whole = datasets.load("folder", root)
    twice = Dataset("twice", [*whole.lines, whole.lines[0]], whole._entry_of)
    with pytest.raises(ValueError, match="two samples called beach"):
        plan(twice, ["composite"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"protocol": "none"}, "unknown protocol"),
        ({"protocol": "dovenet", "metrics": ["ssim"]}, "does not define 'ssim'"),
        ({"metrics": ["none"]}, "unknown metric"),
        ({"metrics": []}, "metrics must name at least one"),
        ({"metrics": "mse"}, r"use \['mse'\]"),
        ({"size": 0}, "size must be a number of pixels or 'native'"),
        ({"size": 8}, "at least 11 pixels"),
        ({"shard_size": 0}, "shard_size must be a number of at least 1"),
    ],
)
def test_what_would_fail_for_every_sample_is_refused_beforehand(dataset, options, said):
    with pytest.raises((ValueError, TypeError), match=said):
        plan(dataset, ["composite"], **options)


def test_a_size_is_that_of_the_protocol_too(dataset):
    said = [
        ("dovenet", None, 256, "dovenet", 256),
        ("dovenet", 512, 512, "dovenet-512", 512),
        ("idih-512", None, 512, "idih-512", 512),
        ("idih-512", 128, 128, "idih-128", 128),
        ("cdtnet", 2048, 2048, "cdtnet-2048", 2048),
        ("harmonia", None, "native", "harmonia", None),
        ("idih", "native", "native", "idih", 256),
    ]
    for protocol, size, is_then, name, scored_at in said:
        asked = plan(dataset, ["composite"], protocol=protocol, size=size)
        assert (asked.size, asked.protocol.name) == (is_then, name)
        assert asked.protocol.size == scored_at


def test_a_network_is_loaded_once_and_measured(dataset, tmp_path):
    if torch is None:
        pytest.skip("torch is not installed")
    from harmonia.nets._weights import architecture_of

    torch.manual_seed(0)
    weights = tmp_path / "issam256.pth"
    torch.save(architecture_of("issam").variants["256"]().state_dict(), weights)
    found = measured(dataset, tmp_path / "results", f"small=issam:{weights}")
    network = harmonia.load("issam", weights=weights)
    assert found == [
        harmonia.evaluate(
            network(sample.composite, sample.mask), sample.real, sample.mask, metrics=["mse"]
        )["mse"]
        for sample in dataset
    ]
    said = json.loads((tmp_path / "results/rows/small.json").read_text())
    assert len(said["options"]["weights"]) == 64  # SHA-256
