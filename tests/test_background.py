"""Where the mask is 0 the output is the input, bit by bit: the promise, looked at from every side.

A plain run tries 300 cases. This tries 12,000, in a minute or two:

    pytest --hypothesis-profile=thorough tests/test_background.py
"""

import numpy as np
from harmonia import harmonize
from hypothesis import event, example, given
from hypothesis import strategies as st
from images import DTYPES, LAYOUTS, as_dtype, bits, scene, unit
from kinds import KINDS, needs_torch, torch
from parts import examples
from variants import METHODS

SIZES = st.one_of(st.sampled_from([1, 2, 15, 16, 17, 31, 33, 64]), st.integers(1, 70))
VALUES = ("any", "edges", "dark", "denormal")
SPOTS = ("scattered", "single", "all but one", "half", "none", "all")
WEIGHTS = ("bool", "uint8", "uint8-hard", "float16", "float32", "float64")
HOLDERS = [name for name in KINDS if torch is not None or "torch" not in name]


def pixels(rng, shape, dtype, values):
    """Codes of every size: all of the range, its ends, near black, and the smallest floats."""
    image = as_dtype(rng.random(shape), dtype)
    some = rng.random(shape) < 0.5
    if values == "edges":
        image[some] = rng.choice(np.array([0, 1], image.dtype), int(some.sum()))
        if image.dtype.kind == "f":
            image[rng.random(shape) < 0.3] = -0.0
    elif values == "dark":
        image = (image * 0.004).astype(dtype)
    elif values == "denormal":
        small = rng.integers(0, 1024, shape).astype(f"u{image.dtype.itemsize}").view(dtype)
        image[some] = small[some]
    return image


def weights(rng, shape, spots, kind):
    """A mask with zeros in it, unless the spots say all. Soft ones hold the faintest weights."""
    inside = {
        "scattered": rng.random(shape) < rng.random(),
        "single": np.zeros(shape, bool),
        "all but one": np.ones(shape, bool),
        "half": np.broadcast_to(np.arange(shape[1]) * 2 < shape[1], shape).copy(),
        "none": np.zeros(shape, bool),
        "all": np.ones(shape, bool),
    }[spots]
    if spots in ("single", "all but one"):
        at = tuple(rng.integers(0, shape))
        inside[at] = ~inside[at]
    if kind == "bool":
        return inside
    if kind == "uint8-hard":
        return inside.astype(np.uint8) * 255
    if kind == "uint8":
        mask = rng.integers(1, 256, shape, np.uint8) * inside
        return np.where(mask == 1, np.uint8(2), mask)  # only zeros and ones would be refused
    smallest = {"float16": 6e-8, "float32": 1.5e-45, "float64": 5e-324}[kind]
    soft = rng.choice([1.0, 0.999, 0.5, 1e-3, 1e-20, smallest], shape)
    soft = np.where(rng.random(shape) < 0.5, rng.random(shape), soft)
    mask = np.where(inside, soft, rng.choice([0.0, -0.0], shape))
    return mask.astype(kind)


@st.composite
def cases(draw):
    return {
        "method": draw(st.sampled_from([parameters.values for parameters in METHODS])),
        "dtype": draw(st.sampled_from(DTYPES)),
        "holder": draw(st.sampled_from(HOLDERS)),
        "shape": (draw(SIZES), draw(SIZES)),
        "layout": draw(st.sampled_from(sorted(LAYOUTS))),
        "mask_layout": draw(st.sampled_from(sorted(LAYOUTS))),
        "values": draw(st.sampled_from(VALUES)),
        "spots": draw(st.sampled_from(SPOTS)),
        "kind": draw(st.sampled_from(WEIGHTS)),
        "strength": draw(st.sampled_from([1.0, 1.0, 0.5, 1e-9, 0.0])),
        "reference": draw(st.booleans()),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }


PLAIN = {
    "method": ("mkl", {}),
    "dtype": "float32",
    "holder": "numpy",
    "shape": (1, 1),
    "layout": "contiguous",
    "mask_layout": "contiguous",
    "values": "edges",
    "spots": "none",
    "kind": "bool",
    "strength": 1.0,
    "reference": False,
    "seed": 0,
}


@examples(300)
@given(cases())
@example(PLAIN)
@example(PLAIN | {"shape": (5, 300), "spots": "scattered", "kind": "float32"})
@example(PLAIN | {"shape": (300, 5), "spots": "half", "dtype": "float16", "values": "denormal"})
def test_background_bytes_are_unchanged(case):
    rng = np.random.default_rng(case["seed"])
    holder = KINDS[case["holder"]]
    dtype = "uint8" if "pil" in case["holder"] else case["dtype"]
    image = pixels(rng, (*case["shape"], holder.channels), dtype, case["values"])
    mask = weights(rng, case["shape"], case["spots"], case["kind"])
    keeps = mask == 0
    event(f"background: {'none' if not keeps.any() else 'all' if keeps.all() else 'some'}")

    laid = LAYOUTS[case["layout"]](image)
    given_image = laid if case["holder"].startswith("numpy") else holder.make(image)
    given_mask = LAYOUTS[case["mask_layout"]](mask)
    method, options = case["method"]
    # A full mask has no background to match, nor has one that leaves black only.
    lit = unit(image[keeps])[:, :3] > 0.01
    reference = pixels(rng, (3, 4, 3), dtype, "any") if case["reference"] or not lit.any() else None
    if reference is not None and "pil" not in case["holder"]:
        reference = reference if "numpy" in case["holder"] else KINDS["torch"].make(reference)
    elif reference is not None:
        reference = KINDS["pil"].make(reference)

    out = harmonize(
        given_image,
        given_mask,
        method,
        reference=reference,
        strength=case["strength"],
        **options,
    )
    out = holder.back(out)
    assert np.count_nonzero(bits(out)[keeps] != bits(image)[keeps]) == 0
    assert np.count_nonzero(bits(out)[..., 3:] != bits(image)[..., 3:]) == 0
    assert np.isfinite(out[..., :3]).all()


@needs_torch
def test_a_long_run_of_planes_ends_with_its_row():
    """The last row is copied as a whole, and beyond it the first one of the next plane begins."""
    image, mask = as_dtype(scene(2, 700)[0], "uint8"), np.zeros((2, 700), bool)
    mask[0] = True
    out = harmonize(KINDS["torch"].make(image), mask, "mkl")
    np.testing.assert_array_equal(KINDS["torch"].back(out), harmonize(image, mask, "mkl"))
