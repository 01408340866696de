"""Every error a caller can meet: its type, and the whole sentence with argument, fault and cure."""

import dataclasses
import types

import harmonia
import numpy as np
import pytest
from harmonia import _arrays, _core, _kernels, composite, fit, harmonize, load
from images import as_dtype, scene
from kinds import needs_torch, torch
from PIL import Image

IMAGE = as_dtype(scene(6, 5)[0], "uint8")
FLOATS = as_dtype(scene(6, 5)[0], "float32")
MASK = np.zeros((6, 5), bool)
MASK[1:3, 1:3] = True
SWAPPED_INTEGERS = np.dtype(np.uint16).newbyteorder("S")
SWAPPED_FLOATS = np.dtype(np.float32).newbyteorder("S")
KNOWN = ", ".join(["auto", *harmonia.list_methods(), *harmonia.list_networks()])


def with_value(array, value):
    changed = array.copy()
    changed[1, 1] = value
    return changed


def tensor(array=FLOATS):
    return torch.from_numpy(np.moveaxis(array, -1, 0).copy())


def black():
    image = np.zeros_like(IMAGE)
    image[MASK] = 100
    return image


def pil(array=IMAGE, mode="RGB"):
    return Image.fromarray(array).convert(mode)


# What is called, the type of error, its message.
IMAGES = {
    "a list": (
        lambda: harmonize(IMAGE.tolist(), MASK),
        TypeError,
        "harmonize: image must be a NumPy array, a PIL image or a torch tensor, got list; "
        "convert with numpy.asarray(...)",
    ),
    "a path": (
        lambda: harmonize("photo.png", MASK),
        TypeError,
        "harmonize: image must be a NumPy array, a PIL image or a torch tensor, got str; "
        "convert with numpy.asarray(...)",
    ),
    "nothing": (
        lambda: fit(None, MASK),
        TypeError,
        "fit: image must be a NumPy array, a PIL image or a torch tensor, got NoneType; "
        "convert with numpy.asarray(...)",
    ),
    "float64": (
        lambda: harmonize(FLOATS.astype(np.float64), MASK),
        TypeError,
        "harmonize: image must be uint8, uint16, float16 or float32, got float64; "
        "convert with image.astype('float32')",
    ),
    "int64": (
        lambda: harmonize(IMAGE.astype(np.int64), MASK),
        TypeError,
        "harmonize: image must be uint8, uint16, float16 or float32, got int64; "
        "8-bit values belong in uint8, values 0..1 in float32",
    ),
    "bool": (
        lambda: harmonize(IMAGE > 9, MASK),
        TypeError,
        "harmonize: image must be uint8, uint16, float16 or float32, got bool; "
        "8-bit values belong in uint8, values 0..1 in float32",
    ),
    "uint16 from another machine": (
        lambda: harmonize(IMAGE.astype(SWAPPED_INTEGERS), MASK),
        TypeError,
        f"harmonize: image must be in native byte order, got {SWAPPED_INTEGERS.str}; "
        "convert with image.astype(image.dtype.newbyteorder('='))",
    ),
    "a masked array": (
        lambda: harmonize(np.ma.masked_array(IMAGE), MASK),
        TypeError,
        "harmonize: image must be a plain array, got a masked array; "
        "pass image.filled() or image.data",
    ),
    "grey": (
        lambda: harmonize(IMAGE[..., 0], MASK),
        ValueError,
        "harmonize: image must have shape (H, W, 3) or (H, W, 4), got (6, 5); "
        "repeat a grey image with numpy.stack([image] * 3, axis=-1)",
    ),
    "channels first": (
        lambda: harmonize(np.moveaxis(IMAGE, -1, 0), MASK),
        ValueError,
        "harmonize: image must have shape (H, W, 3) or (H, W, 4), got (3, 6, 5); "
        "move the channels last with numpy.moveaxis(image, 0, -1)",
    ),
    "a NumPy batch": (
        lambda: harmonize(IMAGE[None], MASK),
        ValueError,
        "harmonize: image must have shape (H, W, 3) or (H, W, 4), got (1, 6, 5, 3); "
        "pass the images of a batch one by one",
    ),
    "two channels": (
        lambda: harmonize(IMAGE[..., :2], MASK),
        ValueError,
        "harmonize: image must have shape (H, W, 3) or (H, W, 4), got (6, 5, 2)",
    ),
    "no pixel": (
        lambda: harmonize(IMAGE[:0], MASK[:0]),
        ValueError,
        "harmonize: image must hold at least one pixel, got shape (0, 5, 3)",
    ),
    "PIL without a pixel": (
        lambda: harmonize(Image.new("RGB", (0, 5)), MASK),
        ValueError,
        "harmonize: image must hold at least one pixel, got shape (5, 0, 3)",
    ),
    "PIL in grey": (
        lambda: harmonize(pil(mode="L"), MASK),
        TypeError,
        "harmonize: image must be a PIL image of mode RGB or RGBA, got L; "
        "convert with image.convert('RGB')",
    ),
    "PIL with a palette": (
        lambda: harmonize(IMAGE, MASK, reference=pil(mode="P")),
        TypeError,
        "harmonize: reference must be a PIL image of mode RGB or RGBA, got P; "
        "convert with reference.convert('RGB')",
    ),
    "NaN": (
        lambda: harmonize(with_value(FLOATS, np.nan), MASK),
        ValueError,
        "harmonize: image must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "floats of 0..255": (
        lambda: harmonize(IMAGE.astype(np.float32) * 0 + 255, MASK),
        ValueError,
        "harmonize: image of type float32 must be within 0..1, got 255..255; divide by 255",
    ),
    "a little above one": (
        lambda: harmonize(with_value(FLOATS * 0, np.nextafter(np.float32(1), 2)), MASK),
        ValueError,
        "harmonize: image of type float32 must be within 0..1, got 0..1.00000012; clip it to 0..1",
    ),
    "a little below zero": (
        lambda: harmonize(with_value(FLOATS * 0, -0.25).astype(np.float16), MASK),
        ValueError,
        "harmonize: image of type float16 must be within 0..1, got -0.25..0; clip it to 0..1",
    ),
    "a bad frame": (
        lambda: fit(IMAGE, MASK).apply(FLOATS.astype(np.float64)),
        TypeError,
        "apply: image must be uint8, uint16, float16 or float32, got float64; "
        "convert with image.astype('float32')",
    ),
}

MASKS = {
    "a list": (
        lambda: harmonize(IMAGE, MASK.tolist()),
        TypeError,
        "harmonize: mask must be a NumPy array, a PIL image or a torch tensor, got list; "
        "convert with numpy.asarray(...)",
    ),
    "None": (
        lambda: composite.composite(IMAGE, IMAGE, None),
        TypeError,
        "composite: mask must be a NumPy array, a PIL image or a torch tensor, got NoneType; "
        "convert with numpy.asarray(...)",
    ),
    "another size": (
        lambda: harmonize(IMAGE, MASK.T),
        ValueError,
        "harmonize: mask must have the image's height and width (6, 5), got shape (5, 6)",
    ),
    "with channels": (
        lambda: harmonize(IMAGE, IMAGE),
        ValueError,
        "harmonize: mask must have shape (H, W), got (6, 5, 3); take one channel with mask[..., 0]",
    ),
    "a row": (
        lambda: harmonize(IMAGE, MASK.ravel()),
        ValueError,
        "harmonize: mask must have shape (H, W), got (30,)",
    ),
    "zeros and ones in uint8": (
        lambda: harmonize(IMAGE, MASK.astype(np.uint8)),
        ValueError,
        "harmonize: mask of type uint8 is 0..255, this one holds only 0 and 1; "
        "use mask.astype(bool) or mask * 255",
    ),
    "int64": (
        lambda: harmonize(IMAGE, MASK.astype(np.int64)),
        TypeError,
        "harmonize: mask must be bool, uint8 0..255 or float 0..1, got int64; "
        "a mask of zeros and ones becomes one with mask.astype(bool)",
    ),
    "uint16": (
        lambda: harmonize(IMAGE, MASK.astype(np.uint16)),
        TypeError,
        "harmonize: mask must be bool, uint8 0..255 or float 0..1, got uint16; "
        "scale with (mask / 65535).astype('float32')",
    ),
    "floats from another machine": (
        lambda: harmonize(IMAGE, MASK.astype(SWAPPED_FLOATS)),
        TypeError,
        f"harmonize: mask must be in native byte order, got {SWAPPED_FLOATS.str}; "
        "convert with mask.astype(mask.dtype.newbyteorder('='))",
    ),
    "a masked array": (
        lambda: harmonize(IMAGE, np.ma.masked_array(MASK)),
        TypeError,
        "harmonize: mask must be a plain array, got a masked array; "
        "pass mask.filled() or mask.data",
    ),
    "floats of 0..255": (
        lambda: harmonize(IMAGE, MASK * np.float32(255)),
        ValueError,
        "harmonize: mask of floats must be within 0..1, got 0..255; divide by 255",
    ),
    "a little above one": (
        lambda: harmonize(IMAGE, MASK * np.full(MASK.shape, np.nextafter(np.float32(1), 2))),
        ValueError,
        "harmonize: mask of floats must be within 0..1, got 0..1.00000012; clip it to 0..1",
    ),
    "below zero": (
        lambda: harmonize(IMAGE, np.where(MASK, -0.5, 0)),
        ValueError,
        "harmonize: mask of floats must be within 0..1, got -0.5..0; clip it to 0..1",
    ),
    "NaN": (
        lambda: harmonize(IMAGE, np.where(MASK, np.nan, 0)),
        ValueError,
        "harmonize: mask must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "beyond float32": (
        lambda: harmonize(IMAGE, MASK * 1e300),
        ValueError,
        "harmonize: mask must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "PIL in colour": (
        lambda: harmonize(IMAGE, pil()),
        TypeError,
        "harmonize: mask must be a PIL image of mode L or 1, got RGB; "
        "convert with mask.convert('L')",
    ),
    "a bad mask for a frame": (
        lambda: fit(IMAGE, MASK).apply(IMAGE, MASK[1:]),
        ValueError,
        "apply: mask must have the image's height and width (6, 5), got shape (5, 5)",
    ),
}

CALLS = {
    "a mask of everything": (
        lambda: harmonize(IMAGE, MASK | True),
        ValueError,
        "harmonize: mask covers the whole image, so there is no background to match; "
        "leave some of the image out or pass reference=",
    ),
    "fit to nothing": (
        lambda: fit(IMAGE, MASK & False),
        ValueError,
        "fit: mask is empty, so there is no foreground to fit",
    ),
    "a black background": (
        lambda: harmonize(black(), MASK, "reinhard"),
        ValueError,
        "the background is black all over, and lalphabeta has no statistics of black; "
        "use another space or method, or pass another reference=",
    ),
    "a black reference": (
        lambda: harmonize(IMAGE, MASK, "reinhard", reference=0 * IMAGE),
        ValueError,
        "reference is black all over, and lalphabeta has no statistics of black; "
        "use another space or method, or pass another reference=",
    ),
    "a reference mask alone": (
        lambda: harmonize(IMAGE, MASK, reference_mask=MASK),
        ValueError,
        "harmonize: reference_mask needs a reference; pass reference= as well",
    ),
    "an empty reference mask": (
        lambda: fit(IMAGE, MASK, reference=IMAGE, reference_mask=MASK & False),
        ValueError,
        "fit: reference_mask is empty; white is where the colours come from",
    ),
    "a reference mask of another size": (
        lambda: harmonize(IMAGE, MASK, reference=IMAGE[1:], reference_mask=MASK),
        ValueError,
        "harmonize: reference_mask must have the image's height and width (5, 5), got shape (6, 5)",
    ),
    "a bad reference": (
        lambda: harmonize(IMAGE, MASK, reference=FLOATS.astype(np.float64)),
        TypeError,
        "harmonize: reference must be uint8, uint16, float16 or float32, got float64; "
        "convert with reference.astype('float32')",
    ),
    "a strength above one": (
        lambda: harmonize(IMAGE, MASK, strength=1.5),
        ValueError,
        "harmonize: strength must be a number from 0 to 1, got 1.5",
    ),
    "a strength below zero": (
        lambda: fit(IMAGE, MASK).apply(IMAGE, strength=-0.1),
        ValueError,
        "apply: strength must be a number from 0 to 1, got -0.1",
    ),
    "a strength of NaN": (
        lambda: composite.composite(IMAGE, IMAGE, MASK, strength=float("nan")),
        ValueError,
        "composite: strength must be a number from 0 to 1, got nan",
    ),
    "a strength in words": (
        lambda: harmonize(IMAGE, MASK, strength="1"),
        ValueError,
        "harmonize: strength must be a number from 0 to 1, got '1'",
    ),
    "another device": (
        lambda: harmonize(IMAGE, MASK, "mkl", device="cuda"),
        ValueError,
        "harmonize: this method runs where the image is (cpu), not on cuda; "
        "pass the image as a torch tensor on cuda",
    ),
    "a method with a typo": (
        lambda: harmonize(IMAGE, MASK, "reinhart"),
        ValueError,
        f"harmonize: unknown method 'reinhart'; did you mean 'reinhard'? choose one of {KNOWN}",
    ),
    "a method that nobody knows": (
        lambda: load("xyz123"),
        ValueError,
        f"load: unknown method 'xyz123'; choose one of {KNOWN}",
    ),
    "a private file as a method": (
        lambda: fit(IMAGE, MASK, "__init__"),
        ValueError,
        f"fit: unknown method '__init__'; choose one of {KNOWN}",
    ),
    "no name as a method": (
        lambda: harmonize(IMAGE, MASK, None),
        ValueError,
        f"harmonize: unknown method None; choose one of {KNOWN}",
    ),
    "an option with a typo": (
        lambda: harmonize(IMAGE, MASK, "reinhard", spaces="lab"),
        TypeError,
        "harmonize: method 'reinhard' has no option 'spaces'; did you mean 'space'? "
        "choose one of space",
    ),
    "an option of another method": (
        lambda: load("mkl", space="lab"),
        TypeError,
        "load: method 'mkl' has no option 'space'; it takes none",
    ),
    "the scene as an option": (
        lambda: harmonize(IMAGE, MASK, "mkl", scene=1),
        TypeError,
        "harmonize: method 'mkl' has no option 'scene'; it takes none",
    ),
    "a space that reinhard lacks": (
        lambda: harmonize(IMAGE, MASK, "reinhard", space="hsv"),
        ValueError,
        "reinhard: space must be one of lalphabeta, lab, got 'hsv'",
    ),
    "composite of two shapes": (
        lambda: composite.composite(IMAGE[1:], IMAGE, MASK),
        ValueError,
        "composite: new must be like old, (6, 5, 3) uint8 on cpu, got (5, 5, 3) uint8 on cpu",
    ),
    "composite of two dtypes": (
        lambda: composite.composite(FLOATS, IMAGE, MASK),
        ValueError,
        "composite: new must be like old, (6, 5, 3) uint8 on cpu, got (6, 5, 3) float32 on cpu",
    ),
    "no thread": (
        lambda: harmonia.set_num_threads(0),
        ValueError,
        "set_num_threads: count must be from 1 to 1024, got 0",
    ),
    "an unknown instruction set": (
        lambda: _core.force_isa("mmx"),
        ValueError,
        f"isa must be one of {', '.join(_core.available_isas())} on this processor, got 'mmx'",
    ),
}

TENSORS = {
    "bfloat16": (
        lambda: harmonize(tensor().bfloat16(), MASK),
        TypeError,
        "harmonize: image must be uint8, uint16, float16 or float32, got bfloat16; "
        "convert with image.float(), it has only 8 bits of precision",
    ),
    "double": (
        lambda: harmonize(tensor().double(), MASK),
        TypeError,
        "harmonize: image must be uint8, uint16, float16 or float32, got float64; "
        "convert with image.float()",
    ),
    "channels last": (
        lambda: harmonize(tensor().movedim(0, -1), MASK),
        ValueError,
        "harmonize: image must have shape (3, H, W) or (N, 3, H, W), got (6, 5, 3); "
        "move the channels first with image.movedim(-1, -3)",
    ),
    "grey": (
        lambda: harmonize(tensor()[0], MASK),
        ValueError,
        "harmonize: image must have shape (3, H, W) or (N, 3, H, W), got (6, 5)",
    ),
    "five dimensions": (
        lambda: harmonize(tensor()[None, None], MASK),
        ValueError,
        "harmonize: image must have shape (3, H, W) or (N, 3, H, W), got (1, 1, 3, 6, 5)",
    ),
    "an empty batch": (
        lambda: harmonize(tensor()[None][:0], MASK),
        ValueError,
        "harmonize: image must hold at least one pixel, got shape (0, 3, 6, 5)",
    ),
    "without storage": (
        lambda: harmonize(tensor().to("meta"), MASK),
        TypeError,
        "harmonize: image must be on the CPU or a CUDA device, got meta; move it with .cpu()",
    ),
    "sparse": (
        lambda: harmonize(tensor().to_sparse(), MASK),
        TypeError,
        "harmonize: image must be a dense tensor, got torch.sparse_coo; use .to_dense()",
    ),
    "with a gradient": (
        lambda: harmonize(tensor().requires_grad_(), MASK),
        ValueError,
        "harmonize: image requires a gradient, and there is none through this call; "
        "pass image.detach()",
    ),
    "a mask with a gradient": (
        lambda: harmonize(tensor(), torch.zeros(6, 5, requires_grad=True)),
        ValueError,
        "harmonize: mask requires a gradient, and there is none through this call; "
        "pass mask.detach()",
    ),
    "NaN in the second of a batch": (
        lambda: harmonize(torch.stack([tensor(), tensor() * torch.nan]), MASK),
        ValueError,
        "harmonize: image must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "composite of two batches": (
        lambda: composite.composite(tensor()[None], torch.stack([tensor()] * 2), MASK),
        ValueError,
        "composite: new must be like old, 2 images of (6, 5, 3) float32 on cpu, "
        "got 1 images of (6, 5, 3) float32 on cpu",
    ),
    "fit to a batch": (
        lambda: fit(torch.stack([tensor(), tensor()]), MASK),
        ValueError,
        "fit: image must be one image, got a batch of shape (2, 3, 6, 5); pass one of its images",
    ),
    "masks for more images": (
        lambda: harmonize(tensor(), torch.ones(2, 6, 5)),
        ValueError,
        "harmonize: mask must be one mask or one for each of 1 images, got 2",
    ),
    "references for more images": (
        lambda: harmonize(tensor(), MASK, reference=torch.stack([tensor()] * 3)),
        ValueError,
        "harmonize: reference must be one image or one for each of 1, got 3",
    ),
    "a mask of integers": (
        lambda: harmonize(tensor(), torch.ones(6, 5, dtype=torch.int64)),
        TypeError,
        "harmonize: mask must be bool, uint8 0..255 or float 0..1, got int64; "
        "a mask of zeros and ones becomes one with mask.astype(bool)",
    ),
    "a mask of five dimensions": (
        lambda: harmonize(tensor(), torch.ones(1, 1, 1, 6, 5)),
        ValueError,
        "harmonize: mask must have shape (H, W), (N, H, W) or (N, 1, H, W), got (1, 1, 1, 6, 5)",
    ),
    "a mask of three channels": (
        lambda: harmonize(tensor()[None], torch.ones(1, 3, 6, 5)),
        ValueError,
        "harmonize: mask must have shape (H, W), (N, H, W) or (N, 1, H, W), got (1, 3, 6, 5)",
    ),
    "a mask elsewhere": (
        lambda: harmonize(tensor(), torch.ones(6, 5, device="meta")),
        TypeError,
        "harmonize: mask must be on cpu like the image, got meta; move it with mask.to('cpu')",
    ),
}


def table(*cases):
    """The rows of several tables as pytest parameters."""
    return pytest.mark.parametrize(
        ("call", "kind", "message"),
        [pytest.param(*row, id=name) for case in cases for name, row in case.items()],
    )


def check(call, kind, message):
    with pytest.raises(kind) as raised:
        call()
    assert type(raised.value) is kind
    assert str(raised.value) == message


@table(IMAGES)
def test_wrong_images(call, kind, message):
    check(call, kind, message)


@table(MASKS)
def test_wrong_masks(call, kind, message):
    check(call, kind, message)


@table(CALLS)
def test_wrong_calls(call, kind, message):
    check(call, kind, message)


@needs_torch
@table(TENSORS)
def test_wrong_tensors(call, kind, message):
    check(call, kind, message)


def on_a_device():
    """What opening a CUDA tensor gives, as far as the checks of the other arguments look."""
    native = types.SimpleNamespace(device="cuda:0")
    return _arrays.Images(native, "torch", (IMAGE,), batched=False)


@pytest.mark.parametrize(("mask", "got"), [(MASK, "NumPy array"), (pil(mode="L"), "PIL image")])
def test_a_mask_on_the_cpu_for_an_image_on_a_device(mask, got):
    with pytest.raises(TypeError) as raised:
        _arrays.open_masks(mask, on_a_device(), where="harmonize: mask")
    assert str(raised.value) == (
        "harmonize: mask must be a torch tensor on cuda:0 like the image, "
        f"got a {got}; pass torch.as_tensor(numpy.asarray(mask), device='cuda:0')"
    )


def test_a_reference_on_the_cpu_for_an_image_on_a_device():
    with pytest.raises(TypeError) as raised:
        harmonia.api._open_references(IMAGE, None, on_a_device(), "harmonize")
    assert str(raised.value) == (
        "harmonize: reference must be on cuda:0 like the image, got cpu; "
        "pass it as a torch tensor on cuda:0"
    )


def test_a_device_without_a_number_is_any_of_its_kind():
    for device in (None, "cuda", "cuda:0"):
        harmonia.api._check_device(device, on_a_device(), "harmonize")
    with pytest.raises(ValueError, match="runs where the image is"):
        harmonia.api._check_device("cuda:1", on_a_device(), "harmonize")


def test_a_device_without_the_cuda_module(monkeypatch):
    monkeypatch.setattr(_kernels, "load_cuda", lambda: (None, "it was built without"))
    frame = types.SimpleNamespace(device="cuda:0")
    with pytest.raises(RuntimeError) as raised:
        _kernels.kernels_of(frame)
    assert str(raised.value) == (
        "this image is on cuda:0, and harmonia has no CUDA here: it was built without; "
        "or move the image with .cpu()"
    )


def test_no_check_depends_on_the_method_running(monkeypatch):
    # Arguments are checked in reading order, and before anything is computed.
    def never(*_):
        raise AssertionError("computed before the checks")

    monkeypatch.setattr(_core, "masked_moments", never)
    for keywords in ({"strength": 2}, {"device": "cuda"}, {"reference_mask": MASK}):
        with pytest.raises(ValueError, match=r"^harmonize: "):
            harmonize(IMAGE, MASK, "mkl", **keywords)


def test_a_loaded_method_is_frozen():
    harmonizer = load("reinhard", space="lab")
    with pytest.raises(dataclasses.FrozenInstanceError):
        harmonizer.method = "mkl"
