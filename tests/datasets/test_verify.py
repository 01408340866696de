"""harmonia.datasets.verify: each defect that is planted is found, by its name and file, alone."""

import harmonia
import image_files
import miniatures
import numpy as np
import pytest
from harmonia import datasets
from harmonia.datasets._verify.pictures import Examine
from PIL import Image

LIST = "IHD_test.txt"
NAME = "c35030_434421_1"
COMPOSITE = f"HCOCO/composite_images/{NAME}.jpg"
MASK = "HCOCO/masks/c35030_434421.png"
REAL = "HCOCO/real_images/c35030.jpg"
# One composite of its real and its mask.
ALONE = "HFlickr/composite_images/f2508_1_2.jpg"
ALONE_MASK = "HFlickr/masks/f2508_1.png"
# Suffixes that the first composite's mask and real have are expected of all.
LATER_MASK = "HCOCO/masks/c581929_2210.png"
ALONE_REAL = "HFlickr/real_images/f2508.jpg"

DEFECTS = {}


def plants(kind, *files):
    """What the decorated function does to a whole dataset gives this kind, of these files."""

    def register(function):
        name = function.__name__.replace("_", " ")
        DEFECTS[name] = (function, {(kind, file) for file in files})
        return function

    return register


@pytest.fixture
def root(tmp_path):
    miniatures.make_iharmony4(tmp_path)
    return tmp_path


def verified(root, **options):
    return datasets.verify("iharmony4", root, counts={}, **options)


def found(report):
    return {(one.kind, one.file) for one in report.findings}


def pixels(path):
    with Image.open(path) as image:
        return np.array(image)


def save(path, array, **options):
    """In the format of the suffix, JPEG as good as the others here."""
    if path.suffix == ".jpg":
        options = {"quality": 95, "subsampling": 0, "format": "JPEG"} | options
    Image.fromarray(array).save(path, **options)


def remove_train_lists(root):
    """Those of the sub-datasets too, which are read where the list of all is missing."""
    for path in [*root.glob("*_train.txt"), *root.glob("*/*_train.txt")]:
        path.unlink()


def add_line(root, line, name=LIST):
    with (root / name).open("a") as file:
        file.write(line + "\n")


def test_a_whole_dataset_has_nothing_to_find(root):
    report = verified(root)
    assert report.findings == ()
    assert report.ok
    assert report.counts["test"] == {"HCOCO": 3, "HAdobe5k": 2, "HFlickr": 1, "Hday2night": 3}
    assert report.checked == 19


@pytest.mark.parametrize("name", miniatures.MAKERS)
def test_every_dataset_is_found_whole(name, tmp_path):
    made = miniatures.MAKERS[name](tmp_path)
    report = datasets.verify(name, tmp_path, counts={})
    assert set(report.totals) <= {"list-line-ends"}  # HYouTube's come from Windows
    assert list(report.counts) == list(made)
    assert report.checked == sum(map(len, made.values()))


def test_a_part_is_looked_through_by_itself(root):
    """HAdobe5k in the folder above it; one sub-dataset of several."""
    assert datasets.verify("hadobe5k", root, counts={}).totals == {}
    part = datasets.verify("iharmony4", root, subset="HCOCO")
    assert found(part) == {("count", "train/HCOCO"), ("count", "test/HCOCO")}


def test_another_list_is_looked_through_by_itself(root):
    (root / "own.txt").write_text(f"{COMPOSITE}\n\nHCOCO/composite_images/c101_1201_1.jpg\n")
    report = datasets.verify("iharmony4", root, list="own.txt")
    assert found(report) == {("list-blanks", "own.txt")}
    assert report.checked == 2


@plants("missing-list", "IHD_train.txt")
def a_list_is_missing(root):
    remove_train_lists(root)


@plants("bad-list", "IHD_train.txt")
def a_list_is_no_text(root):
    (root / "IHD_train.txt").write_bytes(b"\xff\xfe\x00")


@plants("bad-name", LIST)
def a_line_is_no_name(root):
    add_line(root, "HCOCO/composite_images/holiday.jpg")


@plants("wrong-folder", LIST)
def a_line_has_the_folder_of_another_sub_dataset(root):
    path = root / LIST
    path.write_text(path.read_text().replace(COMPOSITE, COMPOSITE.replace("HCOCO", "HFlickr")))


@plants("duplicate", COMPOSITE)
def a_line_is_there_twice(root):
    add_line(root, COMPOSITE)


@plants("both-splits", ALONE)
def a_composite_is_in_both_splits(root):
    add_line(root, ALONE, "IHD_train.txt")


@plants("shared-real", REAL)
def a_real_is_in_both_splits(root):
    name = COMPOSITE.replace(NAME, "c35030_434421_9")
    (root / name).write_bytes((root / COMPOSITE).read_bytes())
    add_line(root, name, "IHD_train.txt")


@plants("list-blanks", LIST)
def a_list_has_blanks(root):
    path = root / LIST
    path.write_text(path.read_text().replace("\n", " \n\n", 2))


@plants("list-line-ends", LIST)
def a_list_comes_from_windows(root):
    path = root / LIST
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@plants("list-mark", LIST)
def a_list_has_a_byte_order_mark(root):
    path = root / LIST
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


@plants("missing", COMPOSITE)
def a_composite_is_missing(root):
    (root / COMPOSITE).unlink()


@plants("missing", MASK)
def a_mask_that_two_composites_have_is_missing(root):
    (root / MASK).unlink()


@plants("missing", REAL)
def a_real_is_missing(root):
    (root / REAL).unlink()


@plants("other-case", ALONE_MASK)
def a_name_has_other_letters(root):
    path = root / ALONE_MASK
    path.rename(path.with_name("F2508_1.PNG"))
    if path.exists():
        pytest.skip("names are the same in capitals here")


@plants("other-suffix", LATER_MASK)
def a_name_has_another_suffix(root):
    path = root / LATER_MASK
    path.rename(path.with_suffix(".jpg"))


@plants("unlisted", "HCOCO/composite_images/c35030_434421_7.jpg")
def a_composite_is_in_no_list(root):
    path = root / COMPOSITE
    path.with_name("c35030_434421_7.jpg").write_bytes(path.read_bytes())


@plants("unused-mask", "HCOCO/masks/c35030_99.png")
def a_mask_is_of_no_composite(root):
    path = root / MASK
    path.with_name("c35030_99.png").write_bytes(path.read_bytes())


@plants("unused-real", "HCOCO/real_images/c777.jpg")
def a_real_is_of_no_composite(root):
    path = root / REAL
    path.with_name("c777.jpg").write_bytes(path.read_bytes())


@plants("stray", "HCOCO/sample.jpg")
def a_picture_lies_elsewhere(root):
    (root / "HCOCO" / "sample.jpg").write_bytes((root / REAL).read_bytes())


@plants("empty-file", REAL)
def a_file_is_empty(root):
    (root / REAL).write_bytes(b"")


@plants("unreadable", REAL)
def a_file_is_cut_short(root):
    data = (root / REAL).read_bytes()
    (root / REAL).write_bytes(data[: len(data) // 2])


@plants("unreadable", ALONE_MASK)
def a_file_is_no_picture(root):
    (root / ALONE_MASK).write_bytes(b"<html>not found</html>")


@plants("other-format", REAL)
def a_file_has_another_format(root):
    save(root / REAL, pixels(root / REAL), format="PNG")


@plants("orientation", REAL)
def a_picture_is_turned_by_exif(root):
    exif = Image.Exif()
    exif[0x0112] = 3
    save(root / REAL, pixels(root / REAL)[::-1, ::-1], exif=exif)


@plants("deep", ALONE_MASK)
def a_mask_has_16_bits(root):
    path = root / ALONE_MASK
    Image.fromarray(pixels(path).astype(np.uint16) * 257).save(path)


@plants("grey", ALONE, ALONE_REAL)
def pictures_have_one_channel(root):
    for name in (ALONE, ALONE_REAL):
        save(root / name, pixels(root / name).mean(axis=2).astype(np.uint8))


@plants("cmyk", ALONE)
def a_picture_is_in_inks(root):
    image = Image.fromarray(pixels(root / ALONE)).convert("CMYK")
    image.save(root / ALONE, quality=95, subsampling=0)


@plants("profile", ALONE)
def a_picture_has_a_profile_that_is_not_srgb(root):
    save(root / ALONE, pixels(root / ALONE), icc_profile=image_files.display_p3())


@plants("real-size", ALONE_REAL)
def a_real_has_another_size(root):
    save(root / ALONE_REAL, pixels(root / ALONE_REAL)[1:])


@plants("mask-size", ALONE_MASK)
def a_mask_is_twice_as_large(root):
    save(root / ALONE_MASK, pixels(root / ALONE_MASK).repeat(2, 0).repeat(2, 1))


@plants("mask-shape", ALONE_MASK)
def a_mask_lies_on_its_side(root):
    save(root / ALONE_MASK, np.ascontiguousarray(pixels(root / ALONE_MASK).T))


@plants("mask-empty", ALONE_MASK)
def a_mask_is_black(root):
    save(root / ALONE_MASK, np.zeros_like(pixels(root / ALONE_MASK)))


@plants("mask-full", ALONE_MASK)
def a_mask_is_white(root):
    save(root / ALONE_MASK, np.full_like(pixels(root / ALONE_MASK), 255))


@plants("mask-inverted", ALONE_MASK)
def a_mask_is_inverted(root):
    save(root / ALONE_MASK, 255 - pixels(root / ALONE_MASK))


@plants("mask-large", ALONE_MASK)
def nearly_all_is_foreground(root):
    mask = np.full_like(pixels(root / ALONE_MASK), 255)
    mask[:8] = 0
    real = pixels(root / ALONE_REAL)
    save(root / ALONE_MASK, mask)
    save(root / ALONE, np.where(mask[..., None] > 0, real // 2, real))


@plants("mask-01", ALONE_MASK)
def a_mask_holds_0_and_1(root):
    save(root / ALONE_MASK, pixels(root / ALONE_MASK) // 255)


@plants("mask-colour", ALONE_MASK)
def a_mask_is_in_colours(root):
    mask = pixels(root / ALONE_MASK)
    save(root / ALONE_MASK, np.stack([mask, mask, 255 - mask], axis=-1))


@plants("identical", ALONE)
def a_composite_is_its_real(root):
    (root / ALONE).write_bytes((root / ALONE_REAL).read_bytes())


@plants("faint", ALONE)
def a_composite_changes_less_than_its_background_does(root):
    real, mask = pixels(root / ALONE_REAL), pixels(root / ALONE_MASK)
    noise = np.random.default_rng(1).choice([0, 3], (*mask.shape, 1))
    changed = np.clip(real.astype(int) + noise, 0, 255).astype(np.uint8)
    save(root / ALONE, np.where(mask[..., None] > 0, real, changed))


@plants("background", ALONE)
def a_composite_is_brighter_all_over(root):
    save(root / ALONE, np.minimum(pixels(root / ALONE), 245) + 10)


@plants("background-patch", ALONE)
def something_was_pasted_beside_the_mask(root):
    real, mask, composite = (pixels(root / name) for name in (ALONE_REAL, ALONE_MASK, ALONE))
    real, mask, composite = (np.concatenate([one] * 6) for one in (real, mask, composite))
    composite[0:16, 0:16] += 14
    for name, changed in ((ALONE_REAL, real), (ALONE_MASK, mask), (ALONE, composite)):
        save(root / name, changed)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_by_its_name_and_no_other(name, root):
    plant, expected = DEFECTS[name]
    plant(root)
    report = verified(root)
    assert found(report) == expected, report.findings
    kind = next(iter(expected))[0]
    assert report.totals == {kind: len(expected)}
    assert report.ok == (datasets.KINDS[kind].severity != "error")


def test_defects_of_all_kinds_are_planted():
    planted = {kind for _, pairs in DEFECTS.values() for kind, _ in pairs}
    elsewhere = {"count", "mask-jpeg", "transparent"}  # in the tests below
    assert planted | elsewhere == set(datasets.KINDS)
    assert not planted & elsewhere


def test_numbers_that_differ_from_the_published_are_found(root):
    counts = {
        "train": {"HCOCO": 4, "HAdobe5k": 3, "HFlickr": 2, "Hday2night": 1},
        "test": {"HCOCO": 3, "HAdobe5k": 3, "HFlickr": 1},
    }
    report = datasets.verify("iharmony4", root, counts=counts)
    assert found(report) == {("count", "test/HAdobe5k"), ("count", "test/Hday2night")}
    assert [one.said for one in report.findings] == [
        "the list names 2, published are 3",
        "the list names 3, published are 0",
    ]
    published = datasets.verify("iharmony4", root, quick=True)
    assert published.totals == {"count": 8}
    assert published.expected == datasets.facts("iharmony4").counts


SAMPLE = dict(
    zip(
        ("composite", "mask", "real"),
        miniatures.triplet(np.random.default_rng(3), 40, 56),
        strict=True,
    )
)


@pytest.fixture
def examined(tmp_path):
    """What is found in one sample whose files are written without loss, or as the suffix says."""

    def examine(*, suffix=".png", **parts):
        paths = {}
        for role, default in SAMPLE.items():
            paths[role] = tmp_path / f"{role}{suffix if role == 'mask' else '.png'}"
            save(paths[role], parts.get(role, default))
        seen = Examine(lambda path: path.name)(datasets.Entry("one", **paths))
        return {(one.kind, one.file) for one in seen.findings}, seen.measured

    return examine


def test_a_sample_without_loss_is_whole(examined):
    found, measured = examined()
    assert found == set()
    assert measured.background_mse == measured.background_max == 0


def test_a_mask_saved_as_jpeg_is_found(examined):
    assert examined(suffix=".jpg")[0] == {("mask-jpeg", "mask.jpg")}


@pytest.mark.parametrize("role", ["composite", "real"])
def test_alpha_in_a_picture_is_found(role, examined):
    with_alpha = np.dstack([SAMPLE[role], SAMPLE["mask"]])
    assert examined(**{role: with_alpha})[0] == {("transparent", f"{role}.png")}


def test_a_picture_of_16_bits_is_found(examined, tmp_path):
    path = tmp_path / "deep.png"
    harmonia.io.write(path, SAMPLE["real"].astype(np.uint16) * 257)
    for role in ("composite", "mask"):
        save(tmp_path / f"{role}.png", SAMPLE[role])
    entry = datasets.Entry("one", tmp_path / "composite.png", tmp_path / "mask.png", path)
    seen = Examine(lambda path: path.name)(entry)
    assert [(one.kind, one.file) for one in seen.findings] == [("deep", "deep.png")]
    assert seen.measured.background_mse == 0  # in 8 bits they are equal


def test_a_mask_is_inverted_where_nothing_at_all_has_changed_in_it(examined):
    assert examined(mask=255 - SAMPLE["mask"])[0] == {("mask-inverted", "mask.png")}


def test_the_numbers_are_what_numpy_makes_of_the_pixels(examined):
    rng = np.random.default_rng(8)
    real = rng.integers(0, 256, (37, 53, 3), np.uint8)  # no whole blocks
    composite = rng.integers(0, 256, (37, 53, 3), np.uint8)
    mask = rng.choice([0, 40, 200, 255], (37, 53)).astype(np.uint8)
    measured = examined(composite=composite, mask=mask, real=real)[1]
    change = composite.astype(float) - real
    assert measured.background_mse == pytest.approx((change[mask == 0] ** 2).mean(), rel=1e-12)
    assert measured.background_max == np.abs(change[mask == 0]).max()
    assert measured.fmse == pytest.approx((change[mask >= 128] ** 2).mean(), rel=1e-12)
    assert measured.foreground == pytest.approx(mask.mean() / 255, rel=1e-12)
    assert measured.soft == pytest.approx(((mask == 40) | (mask == 200)).mean(), rel=1e-12)


@pytest.mark.parametrize("subsampling", [0, 2])
@pytest.mark.parametrize("quality", [50, 75, 95])
def test_noise_of_jpeg_is_no_finding_whatever_the_quality(quality, subsampling, root):
    """Of a picture of noise, which JPEG keeps worst; the same change of colours is a finding."""
    rng = np.random.default_rng(5)
    real = rng.integers(60, 180, (56, 44, 3), np.uint8)
    mask = pixels(root / ALONE_MASK)
    save(root / ALONE_REAL, real, quality=100)
    real = pixels(root / ALONE_REAL)
    composite = miniatures.recoloured(rng, real, mask)
    save(root / ALONE, composite, quality=quality, subsampling=subsampling)
    report = verified(root)
    assert {kind for kind, _ in found(report)} <= {"faint"}
    noise = report.statistics["HFlickr"]["background_mse"]["most"]
    brighter = composite + np.uint8(np.ceil(2.2 * noise**0.5))
    save(root / ALONE, brighter, quality=quality, subsampling=subsampling)
    assert found(verified(root)) == {("background", ALONE)}


def test_every_line_that_is_no_name_is_found(root):
    add_line(root, "a.jpg\nb.jpg\na.jpg")
    report = verified(root)
    assert [(one.kind, one.file, one.said[:14]) for one in report.findings] == [
        ("bad-name", LIST, "line 10: 'a' i"),
        ("bad-name", LIST, "line 11: 'b' i"),
        ("bad-name", LIST, "line 12: 'a' i"),
    ]
    assert report.checked == 19  # all others


def test_one_finding_of_a_file_that_many_samples_have(root):
    (root / MASK).unlink()
    report = verified(root)
    assert [tuple(one) for one in report.findings] == [("missing", MASK, "there is no such mask")]


def test_what_is_there_instead_is_said(root):
    path = root / LATER_MASK
    path.rename(path.with_suffix(".jpg"))
    assert verified(root).findings[0].said == "there is no such mask, but c581929_2210.jpg"


def test_of_a_kind_so_many_findings_are_kept_and_all_are_counted(root):
    for path in (root / "HCOCO" / "composite_images").iterdir():
        path.unlink()
    report = verified(root, most=3)
    assert len(report.findings) == 3
    assert report.totals == {"missing": 7}
    assert len(verified(root, most=None).findings) == 7


def test_a_quick_look_reads_the_beginnings_of_files(root):
    for plant in (a_list_has_blanks, a_file_is_empty, a_mask_lies_on_its_side, a_mask_is_black):
        plant(root)
    save(root / MASK, pixels(root / MASK)[1:, 1:])
    report = verified(root, quick=True)
    assert {kind for kind, _ in found(report)} == {
        "list-blanks",
        "empty-file",
        "mask-shape",
        "mask-size",
    }
    assert report.quick
    assert report.statistics["HCOCO"]["background_mse"] is None
    assert report.statistics["HCOCO"]["mask_formats"] == {"PNG": 7}


def test_pictures_of_other_splits_are_left_alone(root):
    (root / REAL).write_bytes(b"")
    report = verified(root, splits=["train"])
    assert report.ok
    assert list(report.counts) == ["train"]
    assert report.checked == 10
    assert not verified(root, splits=["test"]).ok


def test_unused_files_are_not_looked_for_where_a_list_is_missing(root):
    remove_train_lists(root)
    assert verified(root).totals == {"missing-list": 1}


def test_any_number_of_workers_finds_the_same(root):
    for plant, _ in DEFECTS.values():
        if plant not in (a_list_is_missing, a_list_is_no_text):
            try:
                plant(root)
            except (OSError, ValueError):  # what it needs went by another defect
                continue
    one, four = (verified(root, workers=workers).to_dict() for workers in (1, 4))
    assert one == four
    assert len(one["totals"]) > 8


def test_what_cannot_be_meant_is_refused(root, tmp_path):
    with pytest.raises(ValueError, match="unknown split 'val'; choose of train, test"):
        verified(root, splits=["val"])
    with pytest.raises(TypeError, match=r"pass \['test'\]"):
        verified(root, splits="test")
    with pytest.raises(ValueError, match="unknown dataset 'iharmony5'"):
        datasets.verify("iharmony5", root)
    with pytest.raises(NotADirectoryError, match="there is no folder"):
        datasets.verify("iharmony4", tmp_path / "none")
    with pytest.raises(TypeError, match="colour"):
        verified(root, colour=True)


def test_steps_are_told_with_their_errors(root):
    (root / ALONE_REAL).unlink()
    steps = []
    verified(root, step=lambda total, failed: steps.append((total, failed)))
    assert len(steps) == 19
    assert {total for total, _ in steps} == {19}
    assert sum(failed for _, failed in steps) == 1
