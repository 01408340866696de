"""Networks beside what the authors' codes gave, without anybody's weights.

`keys/<case>.txt` lists the names, dtypes and shapes of an original checkpoint. `filled` makes a
state of it, each tensor a function of its name and shape alone, as it was made when the authors'
code ran; `probes/<case>.json` holds 64 values of every output. All ran on the picture here: NASA's
'astronaut' (public domain) with other colours in a soft mask. Where ../shared is at hand, whole
outputs are compared too.
"""

import json
import re
import zlib
from pathlib import Path

import numpy as np
import originals
import torch
from harmonia.nets._canvas import Canvas
from harmonia.nets._session import Session
from PIL import Image

HERE = Path(__file__).parent
RANGE = 2e-4  # of the range of an output, for another build of torch or another CPU


def picture(side=256):
    """The composite (1, 3, H, W) and its soft mask (1, 1, H, W), 0..1; of 256 or 512 pixels."""
    composite, mask = codes(side)
    image = torch.from_numpy(composite).permute(2, 0, 1)[None] / 255
    return image, torch.from_numpy(mask)[None, None] / 255


def codes(side=256):
    """The composite and its mask as uint8."""
    with (
        Image.open(HERE / f"astronaut_{side}.png") as composite,
        Image.open(HERE / f"astronaut_{side}_mask.png") as mask,
    ):
        return np.array(composite), np.array(mask)


def keys(case):
    """Names of an original checkpoint with their dtypes and shapes, in its order."""
    found = {}
    for line in (HERE / "keys" / f"{case}.txt").read_text(encoding="utf-8").splitlines():
        name, dtype, sides = line.split()
        found[name] = (dtype, () if sides == "-" else tuple(map(int, sides.split("x"))))
    return found


def filled(case, gain=(), special=(), *, strip=False):
    """A state under the original names.

    `gain` are pairs of a pattern and a factor for what is random, `special` of a pattern and a
    function of name and shape. With `strip` names count without their first part.
    """
    state = {}
    for name, (dtype, shape) in keys(case).items():
        seed = name.split(".", 1)[1] if strip else name
        made = next((make for pattern, make in special if re.search(pattern, seed)), None)
        factor = next((f for pattern, f in gain if re.search(pattern, seed)), 1.0)
        values = made(seed, shape) if made else random_fill(seed, shape, factor)
        state[name] = torch.from_numpy(np.asarray(values)).to(getattr(torch, dtype))
    return state


def generator(name):
    return np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))


def random_fill(name, shape, gain=1.0):
    chance = generator(name)
    leaf = name.rsplit(".", 1)[-1]
    if leaf == "running_var":
        return chance.uniform(0.5, 1.5, shape).astype(np.float32)
    if leaf == "running_mean":
        return (0.1 * chance.standard_normal(shape)).astype(np.float32)
    if len(shape) >= 2:
        spread = gain * np.sqrt(2.0 / int(np.prod(shape[1:])))
        return (spread * chance.standard_normal(shape)).astype(np.float32)
    if leaf == "weight":
        return chance.uniform(0.7, 1.3, shape).astype(np.float32)
    return (0.1 * chance.standard_normal(shape)).astype(np.float32)


def constant(*values):
    return lambda name, shape: np.array(values, np.float32).reshape(shape)


def times(gain):
    return lambda name, shape: gain * random_fill(name, shape)


def blurring(name, shape):
    """The 7x7 Gaussian of sigma 1 that stands among the weights of separated attention."""
    curve = np.exp(-((np.arange(7) - 3.0) ** 2) / 2)
    kernel = np.outer(curve, curve)
    return (kernel / kernel.sum()).astype(np.float32).reshape(shape)


BLURRING = (r"mask_blurring\.weight$", blurring)
# Networks with HRNet or DeepLab behind them.
BACKBONE_GAIN = ((r"^(P2P\.)?backbone\.", 0.4),)
SCALE = (r"\.scale$", constant(0.1))


def load(network, state):
    """A network in evaluation mode with a state that fits it as a whole."""
    network.load_state_dict(state, strict=True)
    return network.eval()


def assert_same_names(network, case):
    """The names, dtypes, shapes and order of the original checkpoint."""
    own = {
        name: (str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape))
        for name, tensor in network.state_dict().items()
    }
    assert own == keys(case)
    assert list(own) == list(keys(case))


def assert_equals(case, output, values, *, quantile=1.0):
    """An output of ours beside the original's: the probe, and where there is one the whole."""
    values = values.detach().double().numpy()
    probe = json.loads((HERE / "probes" / f"{case}.json").read_text(encoding="utf-8"))[output]
    assert list(values.shape) == probe["shape"]
    original = np.array(probe["values"])
    spread = values.max() - values.min()
    ours = values.reshape(-1)[:: probe["step"]][: len(original)]
    assert np.quantile(np.abs(ours - original), quantile) <= RANGE * spread
    np.testing.assert_allclose(values.mean(), probe["mean"], atol=RANGE * spread)
    if (originals.FOLDER.parent / "neural" / case / "output.npz").is_file():
        whole = originals.network(case, "output").get(output)
        if whole is not None:
            # Stored as float16: half a unit in its last place, 2^-11 of the value.
            rounding = 2.0**-11 * np.abs(values) if whole.dtype == np.float16 else 0.0
            beyond = np.abs(values - whole.astype(np.float64)) - rounding
            assert np.quantile(beyond, quantile) <= RANGE * spread


def check_painted(network, dtype, *, beyond=0.0, height=300, width=470):
    """What a session paints beside what the network renders, blended in floats.

    `beyond` is what a kernel may be off, more than a rounded code.
    """
    composite, mask = codes(512)
    composite, mask = composite[:height, :width].copy(), mask[:height, :width].copy()
    image = composite.astype(np.float32) / 255
    given = {
        "uint8": composite,
        "uint16": composite.astype(np.uint16) * 257,
        "float32": image,
    }[dtype]
    out = Session(network, "tested")(given, mask)
    canvas = Canvas([torch.from_numpy(given)], [torch.from_numpy(mask)])
    with torch.inference_mode():
        raw = network.render(network.look(canvas), canvas, 0, height)
    new = raw[0].clamp(0, 1).movedim(0, -1).double().numpy()
    share = mask[..., None] / 255.0
    expected = share * new + (1 - share) * image
    assert np.abs(new - image).max() > 0.1
    most = {"uint8": 255, "uint16": 65535, "float32": 1}[dtype]
    # A code is rounded, and a place between two values of a low resolution is off by 2^-24 of all
    # of them, where neighbours differ by less than 1/2.
    rounding = 0.5 / most if most > 1 else 0.0
    np.testing.assert_allclose(
        out / most, expected, atol=rounding + 256 * 2.0**-24 + beyond, rtol=0
    )
