"""Composites made on the fly, and the recipe that writes such ones: chance, bytes and spread."""

import json
import math
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import coloured
import harmonia
import numpy as np
import pytest
from harmonia.synthesis import _cropping, _perturbing, _reading, random_composites, synthesize
from harmonia.synthesis._photos import Photo
from hypothesis import given
from hypothesis import strategies as st
from images import as_dtype, scene, soft_disc
from in_workers import digest, read_one


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return coloured.fill(tmp_path_factory.mktemp("photos") / "in", size=(90, 120))


@pytest.fixture(scope="module")
def dataset(source):
    return random_composites(source, size=64, seed=5, rounds=3)


def test_the_background_is_the_real(dataset):
    for sample in dataset:
        assert sample.composite.shape == sample.real.shape == (64, 64, 3)
        assert sample.composite.dtype == sample.mask.dtype == np.uint8
        outside = sample.mask == 0
        assert outside.any()
        assert np.array_equal(sample.composite[outside], sample.real[outside])
        assert not np.array_equal(sample.composite, sample.real)


def test_samples_do_not_depend_on_who_reads_them_nor_on_the_order(dataset):
    wanted = [digest(sample) for sample in dataset]
    order = list(range(len(dataset)))[::-1]
    assert [read_one(dataset, index) for index in order] == wanted[::-1]
    copy = pickle.loads(pickle.dumps(dataset))  # noqa: S301, our own
    assert [digest(sample) for sample in copy] == wanted
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read_one, [dataset] * len(dataset), order)) == wanted[::-1]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(read_one, [dataset] * 6, range(6))) == wanted[:6]


def test_rounds_are_epochs_and_slices_are_parts(source, dataset):
    count = len(dataset.photos)
    assert (count, len(dataset)) == (8, 24)
    second = dataset.epoch(1)
    assert [digest(s) for s in second] == [digest(dataset[i]) for i in range(count, 2 * count)]
    assert [digest(s) for s in dataset[3:20:5]] == [digest(dataset[i]) for i in (3, 8, 13, 18)]
    assert digest(dataset.epoch(9)[0]) == digest(dataset.epoch(9)[0])
    with pytest.raises(IndexError):
        dataset[24]
    assert digest(dataset[-1]) == digest(dataset[23])


def test_photographs_are_first_put_in_another_light(source, dataset):
    relit = random_composites(source, size=64, seed=5, rounds=3, relit=1.0)
    for sample, plain in zip(relit, dataset, strict=True):
        outside = sample.mask == 0
        assert np.array_equal(sample.mask, plain.mask)
        assert not np.array_equal(sample.real[outside], plain.real[outside])  # all of it is changed
        assert np.array_equal(sample.composite[outside], sample.real[outside])
        assert not np.array_equal(sample.composite, sample.real)
    half = random_composites(source, size=64, seed=5, rounds=3, relit=0.5)
    reals = {sample.real.tobytes() for sample in dataset}
    assert 0 < sum(sample.real.tobytes() in reals for sample in half) < len(half)


def test_what_fits_is_left_as_it_is_now_and_then(source):
    made = random_composites(source, size=64, seed=5, rounds=3, untouched=0.5)
    same = [np.array_equal(sample.composite, sample.real) for sample in made]
    assert 0 < sum(same) < len(same)
    assert [sample.extras["changes"] == [] for sample in made] == same
    for sample in random_composites(source, size=64, untouched=1.0):
        assert np.array_equal(sample.composite, sample.real)


def test_rounds_and_seeds_are_different(source, dataset):
    other = random_composites(source, size=64, seed=6)
    drawn = {sample.composite.tobytes() for sample in [*dataset, *other]}
    assert len(drawn) == 32


def test_facts_say_what_was_drawn(dataset):
    for sample in dataset:
        assert set(sample.extras) == {"changes", "share", "aim"}
        assert 0 < sample.extras["share"] <= 1
        assert {change["kind"] for change in sample.extras["changes"]} <= set(_perturbing.KINDS)
        assert 1 <= len(sample.extras["changes"]) <= 3


@pytest.mark.parametrize("kind", [kind for kind in _perturbing.KINDS if kind != "measured"])
def test_one_kind_alone(source, kind):
    for sample in random_composites(source, size=48, kinds={kind: 1}):
        assert [change["kind"] for change in sample.extras["changes"]] == [kind]


def test_measured_changes_are_drawn_from_a_file(source, tmp_path):
    rng = np.random.default_rng(0)
    matrices = np.zeros((2, 5, 3, 11), np.float32)
    matrices[..., :3] = np.eye(3) * rng.uniform(0.6, 1.2, (2, 5, 1, 3))
    np.savez(tmp_path / "lights.npz", to_standard=matrices[0], from_standard=matrices[1])
    made = random_composites(
        source, size=48, kinds={"measured": 1}, measured=tmp_path / "lights.npz"
    )
    assert [change["kind"] for change in made[0].extras["changes"]] == ["measured"]
    assert json.dumps(made[0].extras)


def distance_within(sample):
    """The root of fMSE where the mask is full: under a soft edge a change is less."""
    whole = sample.mask == 255
    return math.sqrt(((sample.composite[whole].astype(float) - sample.real[whole]) ** 2).mean())


def test_distances_are_those_that_were_aimed_at(source):
    made = random_composites(source, size=64, rounds=8, strength=(12.0, 0.2))
    reached = np.array([distance_within(sample) for sample in made])
    aims = np.array([sample.extras["aim"] for sample in made])
    # Changes are tried on colours above half of the mask, and codes are rounded.
    assert np.median(np.abs(reached / aims - 1)) < 0.05
    assert np.median(aims) == pytest.approx(12, rel=0.1)
    # Of 64 normal draws the standard deviation is off by 0.2 / sqrt(128), thrice that is rare.
    assert np.std(np.log(aims)) == pytest.approx(0.2, abs=3 * 0.2 / math.sqrt(128))


def test_the_strengths_are_the_published_means():
    # fMSE and fPSNR of composites at 256 x 256, by sub-dataset and over the 7,404 of the test set.
    means = {
        "HCOCO": (996.59, 19.86),
        "HAdobe5k": (2051.61, 17.52),
        "HFlickr": (1574.37, 18.09),
        "Hday2night": (1409.98, 19.14),
    }
    counts = {"HCOCO": 4283, "HAdobe5k": 2160, "HFlickr": 828, "Hday2night": 133}
    for place in (0, 1):
        whole = sum(counts[name] * means[name][place] for name in counts) / 7404
        means.setdefault("iHarmony4", ())
        means["iHarmony4"] += (whole,)
        if place == 0:
            fmse = whole
    means["iHarmony4"] = (fmse, means["iHarmony4"][-1])
    for name, (fmse, fpsnr) in means.items():
        median, spread = _perturbing.STRENGTHS[name]
        assert 20 * math.log10(255 / median) == pytest.approx(fpsnr, abs=0.02)
        assert median**2 * math.exp(2 * spread**2) == pytest.approx(fmse, rel=0.005)


@given(st.integers(0, 2**32 - 1), st.integers(20, 400), st.integers(20, 400))
def test_pieces_lie_within_the_picture(seed, height, width):
    for piece in _cropping.draw(np.random.default_rng(seed)):
        left, top, right, bottom = piece.box(height, width)
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert 3 / 4 - 1e-9 <= piece.ratio <= 4 / 3 + 1e-9
        if max(height, width) <= 4 / 3 * min(height, width) / math.sqrt(piece.area):
            assert (right - left) * (bottom - top) >= 0.5 * height * width * 0.6


@given(st.integers(0, 2**32 - 1))
def test_pieces_keep_foreground_and_background(seed):
    rng = np.random.default_rng(seed)
    mask = np.zeros((120, 160), np.uint8)
    mask[4:18, 4:20] = 255  # in a corner, where most pieces miss it
    image = np.zeros((120, 160, 3), np.uint8)
    _, small = _cropping.cut(image, mask, (64, 64), _cropping.draw(rng), mirrored=False)
    kept = int((small > 127).sum())
    whole, _ = 14 * 16 * 64 * 64 / (120 * 160), None
    # Either enough of it, or the whole picture, where it is about 48 pixels.
    assert kept >= _cropping.FEWEST or kept == pytest.approx(whole, rel=0.2)


@pytest.mark.parametrize(("whole", "half"), [(149, 75), (201, 101), (365, 183)])
def test_the_last_rows_and_columns_of_a_photograph_decoded_smaller_are_within_it(whole, half):
    assert whole * (half / whole) > half, "rounding is what this is about"
    image, mask = np.zeros((half, half, 3), np.uint8), np.zeros((whole, whole), np.uint8)
    mask[:90, :90] = 255
    piece = _cropping.Piece(area=1.0, ratio=1.0, across=0.0, down=0.0)
    for mirrored in (False, True):
        cut, _ = _cropping.cut(image, mask, (32, 32), [piece], mirrored)
        assert cut.shape == (32, 32, 3)


def test_mirrored_pieces_are_mirrored():
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    mask = as_dtype(soft_disc(40, 50), np.uint8)
    pieces = _cropping.draw(np.random.default_rng(1))
    plain = _cropping.cut(image, mask, (32, 32), pieces, mirrored=False)
    mirrored = _cropping.cut(image, mask, (32, 32), pieces, mirrored=True)
    assert np.array_equal(plain[1][:, ::-1], mirrored[1])
    # The weights of a resize are rounded where they lie, so a level apart.
    assert np.abs(plain[0][:, ::-1].astype(int) - mirrored[0]).max() <= 1


@pytest.mark.parametrize(
    ("size", "by"), [((384, 512), 1), ((768, 1024), 2), ((1536, 2048), 4), ((3000, 4000), 8)]
)
def test_large_photographs_are_decoded_smaller(size, by):
    assert _cropping.reduction(*size, (256, 256), 0.5) == by
    least = math.sqrt(0.5 * size[0] * size[1] * 3 / 4)
    assert by == 1 or least / by >= 256  # the short side of the smallest piece


def test_a_photograph_decoded_smaller_looks_the_same(tmp_path):
    image, mask = (as_dtype(part, np.uint8) for part in scene(480, 640))
    smooth = harmonia.io.Picture(image, "JPEG").pixels
    smooth = np.repeat(np.repeat(smooth[::8, ::8], 8, axis=0), 8, axis=1)
    harmonia.io.write(tmp_path / "a.jpg", smooth)
    harmonia.io.write(tmp_path / "a_mask.png", np.stack([mask] * 3, axis=-1))
    photo = Photo(tmp_path / "a.jpg", tmp_path / "a_mask.png", "a")
    small, _ = _reading.read(photo, (64, 64), 0.5)
    whole, drawn = _reading.read(photo, (256, 256), 0.5)
    assert small.shape == (120, 160, 3)
    assert whole.shape == (480, 640, 3)
    pieces = _cropping.draw(np.random.default_rng(0))
    one, two = (
        _cropping.cut(picture, drawn, (64, 64), pieces, mirrored=False)
        for picture in (small, whole)
    )
    assert np.array_equal(one[1], two[1])
    assert np.abs(one[0].astype(int) - two[0]).mean() < 2


def test_a_grey_mask_reads_as_by_io(tmp_path):
    from PIL import Image

    mask = as_dtype(soft_disc(30, 40), np.uint8)
    files = {
        "8.png": Image.fromarray(mask),
        "1.png": Image.fromarray(mask > 127),
        "p.png": Image.fromarray(mask).convert("P"),
        "rgb.png": Image.fromarray(mask).convert("RGB"),
        "l.jpg": Image.fromarray(mask),
    }
    for name, picture in files.items():
        picture.save(tmp_path / name)
        wanted = harmonia.io.read_mask(tmp_path / name).mask
        assert np.array_equal(_reading.read_mask(tmp_path / name), wanted), name


def test_masks_of_zeros_and_ones_are_refused_here_too(tmp_path):
    from PIL import Image

    Image.fromarray(np.eye(20, dtype=np.uint8)).save(tmp_path / "mask.png")
    with pytest.raises(harmonia.io.ImageFileError, match="white must be 255"):
        _reading.read_mask(tmp_path / "mask.png")


def test_what_is_wrong_names_the_file(tmp_path):
    image, mask = (as_dtype(part, np.uint8) for part in scene(30, 40))
    harmonia.io.write(tmp_path / "a.png", image)
    harmonia.io.write(tmp_path / "b.png", np.stack([mask[:20]] * 3, axis=-1))
    (tmp_path / "c.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"b\.png: must be as large as its photograph.* 40 x 30"):
        random_composites([(tmp_path / "a.png", tmp_path / "b.png")])[0]
    with pytest.raises(ValueError, match=r"c\.png"):
        random_composites([(tmp_path / "c.png", tmp_path / "b.png")])[0]


def test_an_empty_mask_gives_the_real_and_says_so(tmp_path):
    image = as_dtype(scene(30, 40)[0], np.uint8)
    harmonia.io.write(tmp_path / "a.png", image)
    harmonia.io.write(tmp_path / "m.png", np.zeros_like(image))
    sample = random_composites([(tmp_path / "a.png", tmp_path / "m.png")], size=16)[0]
    assert np.array_equal(sample.composite, sample.real)
    assert sample.notes == ("the mask has no foreground",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"size": 0}, "size must be a whole number"),
        ({"rounds": 0}, "rounds must be a whole number"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"least_area": 0}, "least_area must be"),
        ({"relit": 1.5}, "relit must be a share from 0 to 1"),
        ({"untouched": "half"}, "untouched must be a share from 0 to 1"),
        ({"strength": "HDay"}, "strength must be one of iHarmony4, HCOCO"),
        ({"strength": (0, 1)}, "strength must be"),
        ({"kinds": {"rgb": -1}}, "kinds must be numbers"),
        ({"kinds": {"rgb": 0}}, "one of them above it"),
        ({"kinds": {"measured": 1}}, "needs a file"),
    ],
)
def test_wrong_options_are_refused(source, options, said):
    with pytest.raises(ValueError, match=f"random_composites: .*{said}"):
        random_composites(source, **options)


def test_unknown_kinds_are_named(source):
    with pytest.raises(TypeError, match=r"'hue'.*choose one of rgb, hsv"):
        random_composites(source, kinds={"hue": 1})


def test_what_clips_or_turns_hues_or_colours_grey_is_bad():
    skin = np.tile(np.array([[[200, 140, 110]]], np.uint8), (1, 50, 1))
    assert _perturbing.badness(skin // 2, skin, _perturbing.distance(skin // 2, skin)) <= 1
    assert _perturbing.badness(skin, skin, 20) > 1  # not reached
    clipped = skin.copy()
    clipped[..., 0] = 255
    assert _perturbing.badness(clipped, skin, _perturbing.distance(clipped, skin)) > 1
    turned = skin[..., ::-1].copy()
    assert _perturbing.badness(turned, skin, _perturbing.distance(turned, skin)) > 1
    grey = np.full_like(skin, 128)
    blue = grey + np.array([0, 0, 100], np.uint8)
    assert _perturbing.badness(blue, grey, _perturbing.distance(blue, grey)) > 1


def test_the_recipe_writes_a_set_that_reads_as_iharmony4(source, tmp_path):
    report = synthesize("random", source, tmp_path / "out", number=2, test_share=0.3, filters={})
    assert report.composites == 16
    rows = [
        json.loads(line)
        for line in (tmp_path / "out" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [row["name"] for row in rows[:3]] == ["f1_1_1", "f1_1_2", "f2_1_1"]
    splits = [
        harmonia.datasets.load("iharmony4", tmp_path / "out", split=split)
        for split in {row["split"] for row in rows}
    ]
    assert sum(map(len, splits)) == 16
    sample = splits[0][0]
    assert (sample.subset, sample.notes) == ("HFlickr", ())
    references = [
        change["reference"]
        for row in rows
        for change in row["changes"]
        if change["kind"] == "transfer"
    ]
    assert all(not name.startswith("/") for name in references)


def test_masks_of_one_photograph_share_its_real(tmp_path):
    image, mask = (as_dtype(part, np.uint8) for part in scene(60, 80))
    harmonia.io.write(tmp_path / "a.png", image)
    for name, part in (("m.png", mask), ("n.png", mask[::-1])):
        harmonia.io.write(tmp_path / name, np.stack([part] * 3, axis=-1))
    (tmp_path / "photos.csv").write_text("image,mask\na.png,m.png\na.png,n.png\n", encoding="utf-8")
    recipe = harmonia.synthesis.prepare("random", tmp_path / "photos.csv", number=2)
    names = [task.name for task in recipe.tasks]
    assert names == ["f1_1_1", "f1_1_2", "f1_2_1", "f1_2_2"]
    assert {recipe.layout.real(name) for name in names} == {"f1"}


def test_a_loader_of_torch_takes_it(dataset):
    torch = pytest.importorskip("torch")
    loader = torch.utils.data.DataLoader(
        dataset, batch_size=None, num_workers=2, multiprocessing_context="spawn"
    )
    assert [digest(sample) for sample in loader] == [digest(sample) for sample in dataset]


def test_what_is_tried_on_colours_is_what_the_image_gets():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)
    mask = np.full((40, 40), 255, np.uint8)
    mask[:5] = 0
    for seed in range(6):
        change = _perturbing.rgb.draw(np.random.default_rng(seed)).transform()
        colours = _perturbing.some_colours(image, mask)
        wanted = _perturbing.some_colours(change.apply(image, mask, strength=0.4), mask)
        found = _perturbing.mixed(colours, change.apply(colours), 0.4)
        # The one rounds once, the other before it mixes too.
        assert np.abs(found.astype(int) - wanted).max() <= 1


def test_changes_in_a_row_are_one_after_the_other_at_the_nodes_of_their_table():
    draws = [np.random.default_rng(seed) for seed in range(2)]
    first = _perturbing.tone.draw(draws[0]).transform()
    second = _perturbing.white_balance.draw(draws[1]).transform()
    table = _perturbing.in_a_row([first, second])
    nodes = _perturbing._nodes.colours()
    wanted = np.clip(second.apply(np.clip(first.apply(nodes), 0, 1)), 0, 1)
    assert np.abs(table.apply(nodes) - wanted).max() < 2e-6
