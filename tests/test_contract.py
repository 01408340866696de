"""The promises of the library, over every registered method, kind of image, dtype and kind of mask.

A new file in `methods/` is checked by all of this without a line here.
"""

import copy
import inspect
import pickle

import harmonia
import numpy as np
import pytest
from harmonia import harmonize
from harmonia._registry import find_method, summary
from images import (
    DTYPES,
    LAYOUTS,
    as_dtype,
    bits,
    level,
    scene,
    unit,
    with_alpha,
)
from isas import ISAS, REPEATS, counts, forced, threads
from kinds import CASES, MASKS, needs_torch, torch
from PIL import Image
from variants import MATCHES_ZONES, MEETS_THE_SEAM, METHODS, SPATIAL, TRANSFORMS, is_transform

IMAGE, MASK = scene()
per_method = pytest.mark.parametrize(("method", "options"), METHODS)
per_transform = pytest.mark.parametrize(("method", "options"), TRANSFORMS)
per_case = pytest.mark.parametrize(("kind", "dtype"), CASES)
per_dtype = pytest.mark.parametrize("dtype", DTYPES)


def composite_of(kind, dtype):
    """The test image as an (H, W, channels) array of a dtype."""
    image = as_dtype(IMAGE, dtype)
    return with_alpha(image) if kind.channels == 4 else image


def some_masks(method, options, kind, dtype):
    """One in three spellings: each method meets all of them with other kinds, and so does each kind
    with other methods.
    """
    place = [case.values for case in METHODS].index((method, options))
    place += [case.values for case in CASES].index((kind, dtype))
    return list(MASKS.items())[place % 3 :: 3]


@per_method
@per_case
def test_type_shape_dtype_and_device_stay(method, options, kind, dtype):
    image = kind.make(composite_of(kind, dtype))
    out = harmonize(image, MASK, method, **options)
    if isinstance(image, Image.Image):
        assert isinstance(out, Image.Image)
        assert (out.mode, out.size) == (image.mode, image.size)
    else:
        assert type(out) is type(image)
        assert (out.shape, out.dtype) == (image.shape, image.dtype)
    if torch is not None and isinstance(image, torch.Tensor):
        assert out.device == image.device
        assert out.stride() == image.stride()  # channels_last stays channels_last
        assert not out.requires_grad


@per_method
@per_case
def test_background_and_alpha_keep_every_bit(method, options, kind, dtype):
    array = composite_of(kind, dtype)
    for name, make in some_masks(method, options, kind, dtype):
        mask = make(MASK)
        out = kind.back(harmonize(kind.make(array), mask, method, **options))
        keeps = np.asarray(mask) == 0
        np.testing.assert_array_equal(bits(out)[keeps], bits(array)[keeps], err_msg=name)
        np.testing.assert_array_equal(bits(out)[..., 3:], bits(array)[..., 3:], err_msg=name)
        assert (out[~keeps] != array[~keeps]).mean() > 0.5, f"{name} changed next to nothing"


@per_method
@per_case
def test_every_kind_gives_the_bytes_of_the_plain_array(method, options, kind, dtype):
    array = composite_of(kind, dtype)
    expected = harmonize(np.ascontiguousarray(array[..., :3]), MASK, method, **options)
    out = kind.back(harmonize(kind.make(array), MASK, method, **options))
    np.testing.assert_array_equal(bits(out[..., :3]), bits(expected))


@per_method
@per_case
def test_inputs_are_neither_changed_nor_aliased(method, options, kind, dtype):
    array = composite_of(kind, dtype)
    image, mask = kind.make(array), as_dtype(MASK, "float32")
    for strength in (0.0, 1.0):
        for weights in (mask, np.zeros_like(mask)):
            out = harmonize(image, weights, method, strength=strength, **options)
            np.testing.assert_array_equal(bits(kind.back(image)), bits(array))
            if isinstance(image, np.ndarray):
                assert not np.shares_memory(out, image)
            elif not isinstance(image, Image.Image):
                assert out.data_ptr() != image.data_ptr()
            else:
                assert out is not image
    np.testing.assert_array_equal(mask, as_dtype(MASK, "float32"))


@per_method
@per_dtype
@pytest.mark.parametrize("channels", [3, 4])
def test_memory_layout_of_the_image_does_not_matter(method, options, dtype, channels):
    image = as_dtype(IMAGE, dtype)
    image = image if channels == 3 else with_alpha(image)
    expected = harmonize(image, MASK, method, **options)
    for name, lay in LAYOUTS.items():
        laid = lay(image)
        before = bits(laid).copy()
        out = harmonize(laid, MASK, method, **options)
        np.testing.assert_array_equal(bits(out), bits(expected), err_msg=name)
        np.testing.assert_array_equal(bits(laid), before, err_msg=name)


@per_method
@pytest.mark.parametrize("mask_kind", ["bool", "uint8", "float16", "float32", "float64"])
def test_memory_layout_of_the_mask_does_not_matter(method, options, mask_kind):
    image, mask = as_dtype(IMAGE, "uint8"), MASKS[mask_kind](MASK)
    expected = harmonize(image, mask, method, **options)
    for name, lay in LAYOUTS.items():
        out = harmonize(image, lay(mask), method, **options)
        np.testing.assert_array_equal(out, expected, err_msg=name)


@per_method
@per_dtype
def test_hard_masks_of_every_kind_agree(method, options, dtype):
    image, inside = as_dtype(IMAGE, dtype), MASK > 0.5
    expected = harmonize(image, inside, method, **options)
    for mask_kind, make in MASKS.items():
        out = harmonize(image, make(inside.astype(np.float64)), method, **options)
        np.testing.assert_array_equal(bits(out), bits(expected), err_msg=mask_kind)


@per_method
@per_case
def test_strength_zero_is_the_identity_and_one_the_default(method, options, kind, dtype):
    array = composite_of(kind, dtype)
    image = kind.make(array)
    unchanged = kind.back(harmonize(image, MASK, method, strength=0, **options))
    np.testing.assert_array_equal(bits(unchanged), bits(array))
    default = kind.back(harmonize(image, MASK, method, **options))
    whole = kind.back(harmonize(image, MASK, method, strength=1, **options))
    np.testing.assert_array_equal(bits(whole), bits(default))


@per_method
@per_dtype
@pytest.mark.parametrize("strength", [0.25, np.float32(0.5), np.float64(0.9)])
def test_strength_between_lies_on_the_way(method, options, dtype, strength):
    image = as_dtype(IMAGE, dtype)
    start = unit(image)
    end = unit(harmonize(image, MASK, method, **options))
    out = unit(harmonize(image, MASK, method, strength=strength, **options))
    # Both `end` and `out` are rounded to the type (half a level each), and the products in float32
    # before that are off by a few 2^-24.
    tolerance = level(dtype) * (0.5 + 0.5 * float(strength)) + 4 * 2**-24
    np.testing.assert_allclose(out, start + float(strength) * (end - start), atol=tolerance, rtol=0)


@per_method
@per_case
def test_an_empty_mask_changes_nothing(method, options, kind, dtype):
    array = composite_of(kind, dtype)
    for _, make in some_masks(method, options, kind, dtype):
        out = harmonize(kind.make(array), make(np.zeros_like(MASK)), method, **options)
        np.testing.assert_array_equal(bits(kind.back(out)), bits(array))
    black = np.zeros_like(array)  # whether there is a background to match is no question here
    out = harmonize(kind.make(black), np.zeros(MASK.shape, bool), method, **options)
    np.testing.assert_array_equal(bits(kind.back(out)), bits(black))


@per_method
@per_case
def test_a_full_mask_needs_a_reference(method, options, kind, dtype):
    array = composite_of(kind, dtype)
    image = kind.make(array)
    for _, make in some_masks(method, options, kind, dtype):
        full = make(np.ones_like(MASK))
        with pytest.raises(ValueError, match=r"mask covers the whole image.*pass reference="):
            harmonize(image, full, method, **options)
    out = harmonize(image, full, method, reference=image, **options)
    changed = np.abs(unit(kind.back(out)) - unit(array))
    assert changed.max() <= 1 / 255  # it already has the colours of the reference


@per_method
@per_dtype
def test_a_foreground_like_its_background_stays(method, options, dtype):
    half = as_dtype(IMAGE, dtype)
    image = np.concatenate([half, half[:, ::-1]], axis=1)  # both sides hold the same colours
    mask = np.zeros(image.shape[:2], bool)
    mask[:, : half.shape[1]] = True
    changed = np.abs(unit(harmonize(image, mask, method, **options)) - unit(image))
    assert changed.max() <= 1 / 255


# How much of the way to the wanted mean may be missing. Methods differ in what they match and in
# which space; the mean colour comes along with it. Lalonde & Efros shorten long shifts on purpose:
# one of 45 by a factor of exp(-(45 / 75)^2) = 0.7.
MISSING = {"lalonde_efros": 0.25, **dict.fromkeys(MATCHES_ZONES, 0.75)}


@per_method
@per_dtype
def test_reference_is_where_the_colours_come_from(method, options, dtype):
    image, inside = as_dtype(IMAGE, dtype), MASK == 1
    other, where = scene(24, 31, seed=5)
    other[where == 0] = [0.5, 0.8, 0.6] + 0.1 * other[where == 0]
    other[where > 0] = [0.7, 0.3, 0.5] + 0.1 * other[where > 0]
    reference = as_dtype(other, dtype)

    def mean(array, mask):
        return unit(array)[mask].mean(axis=0)

    # The reference's disc lies where the foreground does: a seam there meets its colours alone.
    seen = where > 0 if method in MEETS_THE_SEAM else where >= 0
    for weights, wanted in (
        (None, mean(reference, seen)),
        (where > 0, mean(reference, where > 0)),
        (where == 0, mean(reference, where == 0)),
    ):
        out = harmonize(
            image, inside, method, reference=reference, reference_mask=weights, **options
        )
        far = np.abs(mean(image, inside) - wanted).max()
        assert np.abs(mean(out, inside) - wanted).max() < MISSING.get(method, 0.2) * far


def dots(height=12, width=16):
    """A few foreground pixels apart from each other."""
    mask = np.zeros((height, width), bool)
    mask[2::4, 3::5] = True
    return mask


def one_pixel():
    mask = np.zeros((12, 16), bool)
    mask[5, 7] = True
    return mask


def two_pixels():
    mask = one_pixel()
    mask[6, 9] = True
    return mask


def left():
    mask = np.zeros((12, 16), bool)
    mask[:, :8] = True
    return mask


def painted(**sides):
    """A photograph whose inside or outside is replaced by the colours given, in 0..1."""

    def paint(mask):
        image, _ = scene(*mask.shape, seed=3)
        for side, colours in sides.items():
            where = mask if side == "inside" else ~mask
            image[where] = np.resize(colours, (int(where.sum()), 3))
        return image

    return paint


GREYS = np.linspace(0.3, 0.6, 7)[:, None].repeat(3, axis=1)
DEGENERATE = {
    "constant foreground": (painted(inside=[0.2, 0.4, 0.7]), left),
    "constant background": (painted(outside=[0.2, 0.4, 0.7]), left),
    "constant everywhere": (painted(inside=[0.2, 0.4, 0.7], outside=[0.7, 0.6, 0.1]), left),
    "grey foreground": (painted(inside=GREYS), left),
    "grey background": (painted(outside=GREYS), left),
    "black foreground": (painted(inside=[0, 0, 0]), left),
    "black background": (painted(outside=[0, 0, 0]), left),
    "black pixels in the foreground": (painted(inside=[[0, 0, 0], [0.5, 0.3, 0.2]]), left),
    "all black": (painted(inside=[0, 0, 0], outside=[0, 0, 0]), left),
    "white foreground": (painted(inside=[1, 1, 1]), left),
    "white background": (painted(outside=[1, 1, 1]), left),
    "pure colours": (painted(inside=np.eye(3), outside=1 - np.eye(3)), left),
    "two colours": (painted(inside=[[0.1, 0.2, 0.3], [0.7, 0.8, 0.6]]), left),
    "one foreground pixel": (painted(), one_pixel),
    "two foreground pixels": (painted(), two_pixels),
    "two equal foreground pixels": (painted(inside=[0.3, 0.3, 0.4]), two_pixels),
    "one background pixel": (painted(), lambda: ~one_pixel()),
    "two background pixels": (painted(), lambda: ~two_pixels()),
    "faint mask": (painted(), lambda: dots() * np.full((12, 16), 1e-30, np.float32)),
    "nearly full mask of bytes": (painted(), lambda: np.full((12, 16), 254, np.uint8)),
    "nearly full mask": (painted(), lambda: np.full((12, 16), 1 - 2**-24, np.float32)),
}


@per_method
@per_dtype
@pytest.mark.parametrize("case", DEGENERATE)
def test_degenerate_images_give_a_finite_result_or_say_why_not(method, options, dtype, case):
    make, mask = DEGENERATE[case]
    mask = mask()
    image = as_dtype(make(mask != 0), dtype)
    try:
        out, reason = harmonize(image, mask, method, **options), ""
    except ValueError as error:
        out, reason = image, str(error)
    if reason:
        assert case in ("black background", "all black")
        assert "the background is black all over" in reason
        assert "reference=" in reason
    assert np.isfinite(unit(out)).all()
    assert unit(out).min() >= 0
    assert unit(out).max() <= 1
    keeps = mask == 0
    np.testing.assert_array_equal(bits(out)[keeps], bits(image)[keeps])


@per_method
@per_dtype
@pytest.mark.parametrize("case", ["black background", "all black"])
def test_a_black_background_is_no_obstacle_with_a_reference(method, options, dtype, case):
    make, mask = DEGENERATE[case]
    image = as_dtype(make(mask()), dtype)
    out = harmonize(image, mask(), method, reference=as_dtype(IMAGE, dtype), **options)
    assert np.isfinite(unit(out)).all()


@per_method
@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", [(0, 0, 0), (20, 28, 1), (39, 55, 2)])
def test_nan_and_infinity_are_refused(method, options, dtype, value, where):
    image = as_dtype(IMAGE, dtype)
    image[where] = value
    with pytest.raises(ValueError, match=r"image must be finite"):
        harmonize(image, MASK, method, **options)
    with pytest.raises(ValueError, match=r"reference must be finite"):
        harmonize(as_dtype(IMAGE, dtype), MASK, method, reference=image, **options)
    mask = as_dtype(MASK, dtype)
    mask[where[:2]] = value
    with pytest.raises(ValueError, match=r"mask must be finite"):
        harmonize(as_dtype(IMAGE, dtype), mask, method, **options)


@per_method
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_alpha_may_hold_anything(method, options, dtype):
    image = with_alpha(as_dtype(IMAGE, dtype))
    image[::3, :, 3] = np.nan
    image[::5, :, 3] = -7
    out = harmonize(image, MASK, method, **options)
    np.testing.assert_array_equal(bits(out)[..., 3], bits(image)[..., 3])
    assert np.isfinite(out[..., :3]).all()


# ThreadSanitizer is slow, and a dtype changes nothing of what threads share.
WATCHED = [pytest.param(t, marks=[pytest.mark.threads] if t == "uint8" else []) for t in DTYPES]


@per_method
@pytest.mark.parametrize("dtype", WATCHED)
def test_instruction_sets_threads_and_repeats_give_equal_bytes(method, options, dtype):
    # Kernels work on groups of 16384 pixels: three here, the last one short, rows of odd length.
    image, mask = scene(131, 311)
    image, mask = as_dtype(image, dtype), as_dtype(mask, "float32")
    with forced("baseline"), threads(1):
        expected = harmonize(image, mask, method, **options).tobytes()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                out = harmonize(image, mask, method, **options)
                assert out.tobytes() == expected, f"{isa}, {count} threads"
    for _ in range(REPEATS):
        assert harmonize(image, mask, method, **options).tobytes() == expected


@per_method
def test_integers_agree_with_floats_up_to_rounding(method, options):
    codes = as_dtype(IMAGE, "uint8")
    exact = unit(harmonize((codes / 255).astype(np.float32), MASK, method, **options))
    # 255 * 257 = 65535: both integer images hold the very colours of the float one. The result is
    # rounded by half a level. Arithmetic in float32 on inputs that differ by 2^-25 adds up to 1e-5.
    for image in (codes, codes.astype(np.uint16) * 257):
        out = unit(harmonize(image, MASK, method, **options))
        np.testing.assert_allclose(out, exact, atol=0.5 * level(image.dtype) + 1e-5, rtol=0)


@per_method
def test_float16_agrees_with_float32_up_to_rounding(method, options):
    image = as_dtype(IMAGE, "float16")
    out = harmonize(image, MASK, method, **options)
    exact = harmonize(image.astype(np.float32), MASK, method, **options)
    # Below 1 the step of float16 is at most 2^-11; half of it is the rounding.
    np.testing.assert_allclose(unit(out), unit(exact), atol=2**-12 + 1e-6, rtol=0)


@needs_torch
@per_method
@per_dtype
def test_a_batch_is_its_images_one_by_one(method, options, dtype):
    pairs = [scene(seed=seed) for seed in range(3)]
    arrays = [as_dtype(image, dtype) for image, _ in pairs]
    masks = [np.roll(mask, 5 * i, axis=1).astype(np.float32) for i, (_, mask) in enumerate(pairs)]
    batch = torch.from_numpy(np.moveaxis(np.stack(arrays), -1, 1).copy())
    stack = torch.from_numpy(np.stack(masks))

    for given in (stack, stack[:, None]):
        out = harmonize(batch, given, method, **options)
        for i, (array, mask) in enumerate(zip(arrays, masks, strict=True)):
            alone = harmonize(array, mask, method, **options)
            np.testing.assert_array_equal(np.moveaxis(out[i].numpy(), 0, -1), alone)
    shared = harmonize(batch, masks[0], method, **options)
    with_reference = harmonize(batch, stack, method, reference=batch[0], **options)
    references = harmonize(batch, stack, method, reference=batch.flip(0), **options)
    for i, array in enumerate(arrays):
        for out, alone in (
            (shared, harmonize(array, masks[0], method, **options)),
            (with_reference, harmonize(array, masks[i], method, reference=arrays[0], **options)),
            (references, harmonize(array, masks[i], method, reference=arrays[2 - i], **options)),
        ):
            np.testing.assert_array_equal(np.moveaxis(out[i].numpy(), 0, -1), alone)


@needs_torch
@per_method
def test_a_batch_may_hold_an_empty_mask(method, options):
    image = torch.from_numpy(np.moveaxis(as_dtype(IMAGE, "uint8"), -1, 0).copy())
    mask = torch.from_numpy(MASK.astype(np.float32))
    out = harmonize(torch.stack([image, image]), torch.stack([mask, 0 * mask]), method, **options)
    assert torch.equal(out[1], image)
    assert torch.equal(out[0], harmonize(image, mask, method, **options))


@per_transform
@per_case
def test_fit_then_apply_is_harmonize(method, options, kind, dtype):
    array = composite_of(kind, dtype)
    batched = getattr(kind.make(array), "ndim", 3) == 4
    look = harmonia.fit(array if batched else kind.make(array), MASK, method, **options)
    for strength in (1.0, 0.3):
        out = look.apply(kind.make(array), MASK, strength=strength)
        expected = harmonize(kind.make(array), MASK, method, strength=strength, **options)
        np.testing.assert_array_equal(bits(kind.back(out)), bits(kind.back(expected)))


@per_transform
@per_dtype
def test_a_fitted_transform_takes_other_frames_and_no_mask(method, options, dtype):
    look = harmonia.fit(as_dtype(IMAGE, dtype), MASK, method, **options)
    frame = as_dtype(scene(9, 70, seed=8)[0], dtype)
    everywhere = look.apply(frame)
    np.testing.assert_array_equal(
        bits(everywhere), bits(look.apply(frame, np.ones(frame.shape[:2], bool)))
    )
    assert everywhere.shape == frame.shape
    assert everywhere.dtype == frame.dtype
    if torch is not None:
        tensor = torch.from_numpy(np.moveaxis(frame, -1, 0).copy())
        planes = look.apply(tensor).numpy()
        np.testing.assert_array_equal(np.moveaxis(planes, 0, -1), everywhere)


@per_method
@per_dtype
def test_load_is_harmonize_with_its_options(method, options, dtype):
    image, reference = as_dtype(IMAGE, dtype), as_dtype(scene(seed=4)[0], dtype)
    harmonizer = harmonia.load(method, **options)
    for keywords in (
        {},
        {"strength": 0.4},
        {"reference": reference},
        {"reference": reference, "reference_mask": MASK > 0},
    ):
        out = harmonizer(image, MASK, **keywords)
        expected = harmonize(image, MASK, method, **keywords, **options)
        np.testing.assert_array_equal(bits(out), bits(expected))
        keywords.pop("strength", None)
        if not is_transform(method, options):
            continue
        assert harmonizer.fit(image, MASK, **keywords) == harmonia.fit(
            image, MASK, method, **keywords, **options
        )


def through_pickle(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 (our own bytes)


@per_transform
@pytest.mark.parametrize("duplicate", [through_pickle, copy.deepcopy])
def test_transforms_survive_pickling(method, options, duplicate):
    image = as_dtype(IMAGE, "uint8")
    look = harmonia.fit(image, MASK, method, **options)
    again = duplicate(look)
    assert again == look
    np.testing.assert_array_equal(again.apply(image, MASK), look.apply(image, MASK))


@per_method
@pytest.mark.parametrize("duplicate", [through_pickle, copy.deepcopy])
def test_harmonizers_survive_pickling(method, options, duplicate):
    harmonizer = harmonia.load(method, **options)
    assert duplicate(harmonizer) == harmonizer


@pytest.mark.parametrize(("method", "options"), SPATIAL)
def test_a_change_that_depends_on_place_is_no_transform(method, options):
    image = as_dtype(IMAGE, "uint8")
    with pytest.raises(TypeError, match=r"depends on the place of each pixel.*use harmonize\("):
        harmonia.fit(image, MASK, method, **options)
    with pytest.raises(TypeError, match=r"depends on the place of each pixel.*use harmonize\("):
        harmonia.load(method, **options).fit(image, MASK)


@per_method
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_pil_images_keep_what_describes_their_pixels(method, options, mode):
    image = Image.fromarray(as_dtype(IMAGE, "uint8")).convert(mode)
    image.info = {"icc_profile": b"profile", "dpi": (72, 72)}
    out = harmonize(image, MASK, method, **options)
    assert out.info == image.info
    out.info["dpi"] = (1, 1)
    assert image.info["dpi"] == (72, 72)


@needs_torch
@per_method
def test_tensors_that_track_gradients_work_under_no_grad(method, options):
    image = torch.from_numpy(np.moveaxis(as_dtype(IMAGE, "float32"), -1, 0).copy())
    expected = harmonize(image, MASK, method, **options)
    image.requires_grad_()
    with torch.no_grad():
        out = harmonize(image, MASK, method, **options)
    assert torch.equal(out, expected)
    assert not out.requires_grad
    assert torch.equal(harmonize(image.detach(), MASK, method, **options), expected)


@needs_torch
@per_method
@pytest.mark.parametrize("dtype", ["uint16", "float16", "float32"])
def test_tensors_cut_out_of_a_byte_buffer(method, options, dtype):
    planes = np.moveaxis(as_dtype(IMAGE, dtype), -1, 0).copy()
    buffer = bytearray(b"\0" + planes.tobytes())
    tensor = torch.frombuffer(buffer, dtype=getattr(torch, dtype), offset=1).reshape(planes.shape)
    out = harmonize(tensor, MASK, method, **options)
    assert torch.equal(out, harmonize(torch.from_numpy(planes), MASK, method, **options))


@needs_torch
@per_method
@per_dtype
def test_background_survives_flushing_of_denormals(method, options, dtype):
    # Other libraries switch a thread to flush denormal floats to zero. float16 has denormals where
    # float32 has none, and float32 has its own; every one of them is a colour that must stay.
    tiny = np.arange(IMAGE.size) % 1023 + 1
    image = tiny.reshape(IMAGE.shape).astype(f"u{np.dtype(dtype).itemsize}").view(dtype)
    mask = MASK > 0.5
    image[mask] = as_dtype(IMAGE, dtype)[mask]
    reference = as_dtype(scene(seed=2)[0], dtype)
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor cannot flush denormals")
    try:
        out = harmonize(image, mask, method, reference=reference, **options)
    finally:
        torch.set_flush_denormal(False)
    np.testing.assert_array_equal(bits(out)[~mask], bits(image)[~mask])


@per_method
def test_options_are_documented_keywords_with_defaults(method, options):
    module = find_method(method, where="test")
    _, *rest = inspect.signature(module.fit).parameters.values()
    assert [p.name for p in rest] == list(options)
    assert all(p.kind is p.KEYWORD_ONLY and p.default is not p.empty for p in rest)
    assert summary(method) == module.__doc__.splitlines()[0]
    assert summary(method).endswith(".")
    assert [name for name in options if name not in module.__doc__] == []


def test_some_masks_are_all_for_each_method_and_for_each_kind():
    met = {
        (place, name)
        for method in METHODS
        for case in CASES
        for name, _ in some_masks(*method.values, *case.values)
        for place in (method.id, case.id)
    }
    assert len(met) == (len(METHODS) + len(CASES)) * len(MASKS)
