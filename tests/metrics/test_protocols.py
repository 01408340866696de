"""Each protocol gives the numbers of a straight transcription of the paper's formulas."""

from dataclasses import replace
from importlib import import_module

import harmonia
import numpy as np
import originals
import pytest
from harmonia.metrics import Ssim, find_protocol, list_protocols
from images import scene

# Pairs a protocol in the suite; `--hypothesis-profile=thorough` is not asked here, since a pair
# takes the slow transcriptions up to 0.2 s.
PAIRS = 24
OF_OPENCV = {"idih", "cdtnet"}

RELATIVE, SIMILARITY = 1e-9, 1e-6


def pair(seed):
    """An output, its target and a soft mask: noise, waves, flats and extremes of all sizes."""
    rng = np.random.default_rng(seed)
    height, width = (int(n) for n in rng.integers(12, 320, 2))
    kind = seed % 4
    if kind == 0:
        target = rng.integers(0, 256, (height, width, 3))
        output = target + rng.normal(0, rng.uniform(0.5, 60), target.shape)
    elif kind == 1:
        composite, _ = scene(height, width, seed)
        target = np.rint(composite * 255)
        output = target * rng.uniform(0.7, 1.3, 3) + rng.normal(0, 2, target.shape)
    elif kind == 2:  # flat, dark and bright parts
        target = np.repeat(rng.choice([0, 1, 63, 64, 200, 254, 255], (height, width, 1)), 3, axis=2)
        target[: height // 2] = rng.integers(0, 256, 3)
        output = target + rng.integers(-3, 4, target.shape)
    else:
        target = rng.integers(0, 256, (height, width, 3))
        output = target.copy()
        output[height // 3 :] += rng.integers(-20, 21, 3)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    cy, cx, radius = rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), rng.uniform(0.2, 1)
    mask = np.clip((radius - np.hypot(x - cx, y - cy)) * rng.uniform(2, 60), 0, 1)
    codes = [np.clip(np.rint(image), 0, 255).astype(np.uint8) for image in (output, target)]
    return *codes, np.rint(mask * 255).astype(np.uint8)


def transcription(name, size=None):
    """The slow function of a protocol, at a size where it takes one."""
    module, _, _ = name.partition("-")
    function = getattr(import_module(f"reference.protocols.{module}"), name.replace("-", "_"))
    if size is None:
        return function
    return lambda *pair: function(*pair, size=(size, size))


def check(scores, wanted):
    assert set(scores) == set(wanted)
    for metric, value in wanted.items():
        if metric in ("ssim", "fssim"):
            assert scores[metric] == pytest.approx(value, abs=SIMILARITY, nan_ok=True), metric
        else:
            assert scores[metric] == pytest.approx(value, rel=RELATIVE, nan_ok=True), metric


@pytest.mark.parametrize("name", [*list_protocols(), "harmonia-256"])
@pytest.mark.parametrize("seed", range(PAIRS))
def test_a_protocol_equals_its_transcription(name, seed):
    if name in OF_OPENCV:
        pytest.importorskip("cv2", reason="the transcription resizes with OpenCV")
    if name == "harmonizer":
        pytest.importorskip("skimage", reason="the transcription measures with scikit-image")
    given = pair(seed)
    size = 128 if name == "cdtnet" else None  # the default of 1024 takes seconds
    protocol = f"{name}-{size}" if size else name
    check(harmonia.evaluate(*given, protocol=protocol), transcription(name, size)(*given))


@pytest.mark.parametrize("name", [*list_protocols(), "harmonia-256"])
@pytest.mark.parametrize("composite", originals.NAMES)
def test_a_protocol_equals_its_transcription_on_photographs(name, composite):
    """What a published code made of a composite, against it; at most 400 pixels a side."""
    if name in OF_OPENCV:
        pytest.importorskip("cv2", reason="the transcription resizes with OpenCV")
    if name == "harmonizer":
        pytest.importorskip("skimage", reason="the transcription measures with scikit-image")
    target = originals.read(f"set/{composite}/composite.png")[:400, :400]
    output = originals.read(f"set/{composite}/xue.png")[:400, :400]
    mask = originals.read(f"set/{composite}/mask.png", "L")[:400, :400]
    size = 128 if name == "cdtnet" else None
    protocol = f"{name}-{size}" if size else name
    given = output, target, mask
    check(harmonia.evaluate(*given, protocol=protocol), transcription(name, size)(*given))


def test_images_of_its_size_are_measured_as_they_are():
    """To the bit, which a resize by 1 and back to 0..255 would not give."""
    given = [picture[-64:, -64:] for picture in pair(13)]
    assert given[2].any()
    assert harmonia.evaluate(*given, protocol="harmonia-64") == harmonia.evaluate(*given)


@pytest.mark.parametrize(("name", "code"), [("ihd_script", 78), ("iih", 77)])
def test_floats_become_codes_as_a_file_is_saved(name, code):
    """Rounded by one and cut off by the other; the mask is rounded by both."""
    output = np.full((256, 256, 3), 77.7 / 255, np.float32)
    output[:, ::2] += np.float32(4 / 255)
    soft = np.full((256, 256), 100.6 / 255, np.float32)
    scores = harmonia.evaluate(output, 0 * output, soft, ["mse", "fmse"], protocol=name)
    codes = np.full((256, 256, 3), code, np.uint8)
    codes[:, ::2] += 4
    wanted = harmonia.evaluate(codes, 0 * codes, np.full((256, 256), 101, np.uint8), protocol=name)
    assert scores["mse"] == wanted["mse"] == (code**2 + (code + 4) ** 2) / 2
    assert scores["fmse"] == wanted["fmse"]


@pytest.mark.parametrize("name", ["dovenet", "rainnet"])
def test_floats_go_through_a_tensor_as_their_codes_do(name):
    """Each code is there, in one column, at the size of the protocol."""
    codes = np.broadcast_to(np.arange(256, dtype=np.uint8)[None, :, None], (256, 256, 3))
    black, mask = np.zeros_like(codes), np.full((256, 256), 255, np.uint8)
    floats = [image.astype(np.float32) / np.float32(255) for image in (codes, black)]
    wanted = np.mean((np.arange(256.0) - [1 <= code <= 63 for code in range(256)]) ** 2)
    for given in ((codes, black), floats):
        scores = harmonia.evaluate(*given, mask, ["mse"], protocol=name)
        assert scores["mse"] == pytest.approx(wanted, rel=1e-12)


def test_an_output_of_one_colour_has_no_similarity_at_any_scale():
    own = replace(find_protocol("harmonia"), name="own", ssim=Ssim(span="output_range"))
    image = np.full((176, 176, 3), 77, np.uint8)
    assert np.isnan(harmonia.metrics.ms_ssim(image, image, protocol=own))


@pytest.mark.parametrize("code", [0, 77, 255])
def test_an_output_of_one_colour_has_no_similarity_whose_constants_come_from_its_range(code):
    """Both constants are 0 then; all else is as ever."""
    _, target, mask = (picture[:128, :128] for picture in pair(13))
    assert target.shape == (128, 128, 3)
    given = np.full_like(target, code), target, mask
    scores = harmonia.evaluate(*given, protocol="cdtnet-128")
    wanted = transcription("cdtnet", 128)(*given)
    check(scores, {**wanted, "ssim": np.nan, "fssim": np.nan})
