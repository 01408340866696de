"""Datasets as torch wants them: values, sizes, batches, workers and what they cost."""

import multiprocessing
import pickle

import harmonia
import numpy as np
import pytest
from harmonia import datasets
from harmonia._resize import cv2_resize
from harmonia.datasets import Sample
from hypothesis import given, settings
from hypothesis import strategies as st
from images import as_dtype, scene
from in_workers import threads_of
from miniatures import make_iharmony4, make_rdharmony
from PIL import Image

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training import IMAGENET, tensors  # noqa: E402 (needs torch)
from torch.utils.data import DataLoader  # noqa: E402

# Half of one of the last of float32's 24 bits near 1: what one rounding may do to values of 0..1.
EPS = 2.0**-24
# From Python 3.12 on a fork of a process with threads, as torch's loader does it, warns.
forks = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def sample(height=24, width=32, *, dtype="uint8", mask_dtype="uint8", real=True, seed=0, **extras):
    composite, mask = scene(height, width, seed)
    return Sample(
        as_dtype(composite, dtype),
        mask > 0.5 if mask_dtype == "bool" else as_dtype(mask, mask_dtype),
        as_dtype(composite[::-1], dtype) if real else None,
        f"sample {seed}",
        "made",
        extras,
    )


def of_unit(pixels):
    """What float32 holds of codes in 0..1, planes first."""
    largest = {"uint8": 255, "uint16": 65535}.get(str(pixels.dtype), 1)
    values = pixels.astype(np.float32) / np.float32(largest)
    return np.moveaxis(values, -1, 0) if values.ndim == 3 else values[None]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32"])
@pytest.mark.parametrize("mask_dtype", ["uint8", "float32", "bool"])
def test_without_a_size_every_pixel_comes_as_it_is(dtype, mask_dtype):
    one = sample(dtype=dtype, mask_dtype=mask_dtype)
    item = tensors([one])[0]
    for key in ("composite", "mask", "real"):
        assert item[key].dtype == torch.float32
        assert item[key].is_contiguous()
        assert (item[key].numpy() == of_unit(getattr(one, key))).all()
    assert (item["name"], item["subset"]) == ("sample 0", "made")


@pytest.mark.parametrize(("size", "sides"), [(16, (16, 16)), ((40, 20), (40, 20)), (24, (24, 24))])
def test_pictures_are_resized_as_codes_and_masks_as_floats(size, sides):
    one = sample()
    item = tensors([one], size=size)[0]
    for key in ("composite", "real"):
        wanted = of_unit(cv2_resize(getattr(one, key), sides, "linear"))
        assert (item[key].numpy() == wanted).all()
    soft = cv2_resize(one.mask.astype(np.float32) / np.float32(255), sides, "linear")
    assert (item["mask"].numpy() == soft[None]).all()
    assert ((item["mask"] > 0) & (item["mask"] < 1)).any()


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_deeper_pictures_are_resized_as_floats(dtype):
    one = sample(dtype=dtype)
    wanted = cv2_resize(np.moveaxis(of_unit(one.composite), 0, -1).copy(), (10, 12), "linear")
    assert (
        tensors([one], size=(10, 12))[0]["composite"].numpy() == np.moveaxis(wanted, -1, 0)
    ).all()


@pytest.mark.parametrize("sides", [(16, 16), (40, 20)])
def test_by_pil_pictures_are_smoothed_and_masks_keep_their_values(sides):
    one = sample()
    item = tensors([one], size=sides, resize="pil")[0]
    height, width = sides
    for key in ("composite", "real"):
        picture = Image.fromarray(getattr(one, key)).resize((width, height), Image.BILINEAR)
        assert (item[key].numpy() == of_unit(np.asarray(picture))).all()
    nearest = Image.fromarray(one.mask).resize((width, height), Image.NEAREST)
    assert (item["mask"].numpy() == of_unit(np.asarray(nearest))).all()


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_masks_stay_within_0_and_1(height, width, to_height, to_width):
    rng = np.random.default_rng(height * width)
    mask = rng.integers(0, 2, (height, width)).astype(np.uint8) * 255
    picture = np.full((height, width, 3), 255, np.uint8)
    item = tensors([Sample(picture, mask, None, "")], size=(to_height, to_width))[0]
    assert item["mask"].shape == (1, to_height, to_width)
    assert item["mask"].min() >= 0
    assert item["mask"].max() <= 1
    assert (item["composite"] == 1).all()


@pytest.mark.parametrize("normalise", ["imagenet", IMAGENET, ([0.5] * 3, [0.5, 0.25, 2])])
def test_pictures_are_normalised_and_masks_are_not(normalise):
    one = sample()
    plain, item = tensors([one])[0], tensors([one], normalise=normalise)[0]
    mean, deviation = IMAGENET if normalise == "imagenet" else normalise
    for key in ("composite", "real"):
        wanted = (plain[key].double().numpy() - np.reshape(mean, (3, 1, 1))) / np.reshape(
            deviation, (3, 1, 1)
        )
        # Of values in 0..1: the mean is rounded, the difference, the deviation and the quotient.
        bound = 4 * EPS / min(deviation)
        np.testing.assert_allclose(item[key].double().numpy(), wanted, rtol=0, atol=bound)
    assert (item["mask"] == plain["mask"]).all()


def test_samples_without_a_real_have_none_and_make_batches():
    pair = tensors([sample(real=False, seed=0), sample(real=False, seed=1)])
    batch = next(iter(DataLoader(pair, batch_size=2)))
    assert sorted(batch) == ["composite", "mask", "name", "subset"]
    assert batch["composite"].shape == (2, 3, 24, 32)
    assert batch["name"] == ["sample 0", "sample 1"]


def test_extras_that_are_asked_for_make_batches():
    shares = [(0.25, 0.75), (1.0, 0.0)]
    pair = [sample(styles=row, style=k, scene="bar", other=None) for k, row in enumerate(shares)]
    items = tensors(pair, extras=("styles", "style", "scene"))
    batch = next(iter(DataLoader(items, batch_size=2)))
    assert batch["styles"].tolist() == [list(row) for row in shares]
    assert batch["styles"].dtype == torch.float32
    assert batch["style"].tolist() == [0, 1]
    assert batch["scene"] == ["bar", "bar"]
    assert "other" not in batch


def test_composites_made_on_the_fly_make_batches(tmp_path):
    for seed in range(3):
        one = sample(80, 90, seed=seed)
        harmonia.io.write(tmp_path / f"{seed}.png", one.real)
        harmonia.io.write(tmp_path / f"{seed}_mask.png", np.stack([one.mask] * 3, axis=2))
    many = harmonia.synthesis.random_composites(tmp_path, size=32, rounds=4)
    batches = list(DataLoader(tensors(many), batch_size=6))
    assert [batch["composite"].shape for batch in batches] == [(6, 3, 32, 32)] * 2
    assert torch.equal(batches[1]["real"][5], tensors(many)[11]["real"])


def test_an_extra_that_is_not_there_is_said():
    items = tensors([sample(style=3)], extras=("styles",))
    with pytest.raises(KeyError, match=r"tensors: extras: sample 0 has no 'styles', it has style"):
        items[0]


@pytest.mark.parametrize(
    ("extras", "error", "said"),
    [
        ("styles", TypeError, "must be a list of names, got 'styles'"),
        ((1,), TypeError, "must be a list of names"),
        (("mask",), ValueError, "'mask' is what every item has already"),
    ],
)
def test_extras_that_cannot_be_are_refused(extras, error, said):
    with pytest.raises(error, match=said):
        tensors([], extras=extras)


@pytest.mark.parametrize("sides", [(24, 32), (1, 1)])
@pytest.mark.parametrize("normalise", [None, "imagenet"])
def test_tensors_do_not_share_memory_with_samples(sides, normalise):
    one = sample(*sides, dtype="float32", mask_dtype="float32")
    before = one.composite.copy(), one.mask.copy()
    item = tensors([one], normalise=normalise)[0]
    item["composite"].zero_()
    item["mask"].zero_()
    assert (one.composite == before[0]).all()
    assert (one.mask == before[1]).all()


def flipped(one, rng):
    """With chance, as augmentation is; views of negative strides, as those of NumPy are."""
    if rng.random() < 0.5:
        return one
    sides = (one.composite[:, ::-1], one.mask[:, ::-1], one.real[:, ::-1])
    return Sample(*sides, f"{one.name} flipped", one.subset, one.extras)


def test_a_transform_changes_samples_before_the_resize():
    def cropped(one, rng):
        return Sample(one.composite[2:6, 3:7], one.mask[2:6, 3:7], None, one.name)

    item = tensors([sample()], size=8, transform=cropped)[0]
    wanted = cv2_resize(np.ascontiguousarray(sample().composite[2:6, 3:7]), (8, 8), "linear")
    assert (item["composite"].numpy() == of_unit(wanted)).all()


def names_of_epochs(workers, seed, epochs=2):
    torch.manual_seed(seed)
    many = tensors([sample(seed=k) for k in range(16)], transform=flipped)
    loader = DataLoader(many, batch_size=4, num_workers=workers)
    return [[name for batch in loader for name in batch["name"]] for _ in range(epochs)]


@forks
@pytest.mark.parametrize("workers", [0, 2])
def test_chance_follows_the_seed_of_torch(workers):
    first = names_of_epochs(workers, 1)
    assert first == names_of_epochs(workers, 1)
    assert first != names_of_epochs(workers, 2)
    assert first[0] != first[1], "an epoch repeats the one before"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iharmony4")
    make_iharmony4(folder)
    return datasets.load("iharmony4", folder, split="train")


@forks
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_give_the_bytes_of_the_process_itself(made, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"there is no {method} here")
    items = tensors(made, size=32)
    alone = list(DataLoader(items, batch_size=3))
    beside = DataLoader(items, batch_size=3, num_workers=2, multiprocessing_context=method)
    for one, other in zip(alone, beside, strict=True):
        assert one["name"] == other["name"]
        for key in ("composite", "mask", "real"):
            assert (one[key] == other[key]).all()


def test_soft_styles_of_renderings_make_batches(tmp_path):
    make_rdharmony(tmp_path)
    humans = datasets.load("rdharmony", tmp_path, category="human")
    items = tensors(humans, size=(18, 32), extras=("styles", "style"))
    batch = next(iter(DataLoader(items, batch_size=4)))
    assert batch["styles"].shape == (4, 10)
    assert batch["style"].tolist() == [1, 2, 10, 7]


def test_a_worker_is_sent_little_more_than_the_lines(made):
    lines = [f"HCOCO/composite_images/c{number}_{number}_1.jpg" for number in range(20_000)]
    many = tensors(datasets.Dataset("many", lines, made._entry_of), size=256)
    # What pickle adds: two bytes before each and one after; the rest is said once.
    assert len(pickle.dumps(many)) < sum(map(len, lines)) + 4 * len(lines) + 4000


def test_workers_run_on_one_thread_and_the_process_as_before():
    before = harmonia.get_num_threads()
    harmonia.set_num_threads(3)
    try:
        items = tensors([sample()] * 2, transform=threads_of)
        loader = DataLoader(items, num_workers=1, multiprocessing_context="spawn")
        assert [batch["name"] for batch in loader] == [["1"], ["1"]]
        assert [items[k]["name"] for k in range(2)] == ["3", "3"]
    finally:
        harmonia.set_num_threads(before)


@pytest.mark.parametrize("size", [0, -4, 2.5, (3,), (3, 4, 5), ("a", 4), (0, 4), "256"])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(ValueError, match=r"tensors: size must be a side or \(height, width\)"):
        tensors([], size=size)


@pytest.mark.parametrize("normalise", ["vgg", 0.5, ([0.5], [0.5]), ([0.5] * 3, [0, 1, 1]), ()])
def test_a_normalisation_that_is_none_is_refused(normalise):
    with pytest.raises(ValueError, match=r'tensors: normalise must be "imagenet", or a mean'):
        tensors([], normalise=normalise)


def test_an_unknown_resize_is_refused():
    with pytest.raises(ValueError, match="tensors: resize must be 'cv2' or 'pil', got 'area'"):
        tensors([sample()], resize="area")
