"""The ComfyUI nodes keep ComfyUI's interface and harmonia's promises. ComfyUI itself is not needed.

What the interface asks for is said on docs.comfy.org, "Properties of a custom node": INPUT_TYPES,
RETURN_TYPES, FUNCTION, CATEGORY, and float32 tensors of the shapes that are made here.
"""

import importlib.util
import inspect
import sys
import types
from pathlib import Path

import harmonia
import numpy as np
import pytest
from images import scene

torch = pytest.importorskip("torch", reason="torch is not installed")

PACK = Path(__file__).parents[1] / "integrations" / "harmonia-comfyui"
if not PACK.is_dir():
    pytest.skip("there is no integrations folder beside the tests", allow_module_level=True)


def load_pack():
    """As ComfyUI does: the folder is a package under a name that is made up."""
    name = "pack_of_harmonia"
    spec = importlib.util.spec_from_file_location(name, PACK / "__init__.py")
    pack = importlib.util.module_from_spec(spec)
    sys.modules[name] = pack
    spec.loader.exec_module(pack)
    return pack


NODES = load_pack().NODE_CLASS_MAPPINGS
NAMES = load_pack().NODE_DISPLAY_NAME_MAPPINGS
KINDS = {"IMAGE", "MASK", "FLOAT", "INT", "STRING", "HARMONIA_LOOK"}
METHOD = "reinhard"


def call(name, *arguments, **named):
    node = NODES[name]()
    return getattr(node, node.FUNCTION)(*arguments, **named)


def harmonize(image, mask, method=METHOD, strength=1.0, **more):
    (result,) = call("HarmoniaHarmonize", image, mask, method, strength, **more)
    return result


def harmonize_look(image, mask, method=METHOD, strength=1.0, **more):
    return call("HarmoniaHarmonizeLook", image, mask, method, strength, **more)


@pytest.fixture
def batch():
    """Three different frames, (3, H, W, 3), and a mask of each, (3, H, W)."""
    scenes = [scene(24, 32, seed) for seed in range(3)]
    masks = [np.roll(mask, 2 * i, axis=1) for i, (_, mask) in enumerate(scenes)]
    return (
        torch.from_numpy(np.stack([image for image, _ in scenes]).astype(np.float32)),
        torch.from_numpy(np.stack(masks).astype(np.float32)),
    )


def alone(image, mask, method=METHOD, **options):
    """What harmonia makes of one frame as an array."""
    return torch.from_numpy(harmonia.harmonize(image.numpy(), mask.numpy(), method, **options))


@pytest.mark.parametrize("name", NODES)
def test_a_node_has_what_comfyui_looks_for(name):
    node = NODES[name]
    assert node.CATEGORY == "image/harmonia"
    assert NAMES[name]
    assert isinstance(node.RETURN_TYPES, tuple)
    assert set(node.RETURN_TYPES) <= KINDS
    assert len(getattr(node, "RETURN_NAMES", node.RETURN_TYPES)) == len(node.RETURN_TYPES)
    inputs = node.INPUT_TYPES()
    assert set(inputs) <= {"required", "optional", "hidden"}
    parameters = inspect.signature(getattr(node(), node.FUNCTION)).parameters
    assert list(parameters) == [*inputs["required"], *inputs.get("optional", {})]
    without_default = [n for n, p in parameters.items() if p.default is p.empty]
    assert without_default == list(inputs["required"])


@pytest.mark.parametrize("name", NODES)
def test_every_input_is_of_a_kind_that_comfyui_has(name):
    for group in NODES[name].INPUT_TYPES().values():
        for kind, *options in group.values():
            settings = options[0] if options else {}
            if isinstance(kind, list):
                assert settings["default"] in kind
            else:
                assert kind in KINDS
            if kind in ("FLOAT", "INT"):
                assert settings["min"] <= settings["default"] <= settings["max"]


def test_every_node_has_a_name_to_show():
    assert set(NAMES) == set(NODES)
    assert sorted(NAMES.values()) == ["Harmonize", "Harmonize look", "Save look as .cube"]


def test_the_methods_are_those_of_the_library():
    methods, _ = NODES["HarmoniaHarmonize"].INPUT_TYPES()["required"]["method"]
    assert methods == ["auto", "harmonia", *harmonia.list_methods()]


def test_only_the_node_that_writes_a_file_is_an_output_node():
    outputs = [name for name, node in NODES.items() if getattr(node, "OUTPUT_NODE", False)]
    assert outputs == ["HarmoniaSaveLook"]


def test_each_frame_of_a_batch_is_harmonized_with_its_own_mask(batch):
    images, masks = batch
    wanted = [alone(image, mask) for image, mask in zip(images, masks, strict=True)]
    result = harmonize(images, masks)
    assert torch.equal(result, torch.stack(wanted))
    assert result.dtype == torch.float32
    assert result.is_contiguous()


@pytest.mark.parametrize("shape", [(24, 32), (1, 24, 32), (1, 1, 24, 32)], ids=str)
def test_one_mask_serves_all_frames(batch, shape):
    images, masks = batch
    wanted = [alone(image, masks[0]) for image in images]
    assert torch.equal(harmonize(images, masks[0].reshape(shape)), torch.stack(wanted))


@pytest.mark.parametrize("method", ["auto", "harmonia", *harmonia.list_methods()])
def test_the_background_keeps_every_bit(batch, method):
    images, masks = batch
    result = harmonize(images, masks, method)
    outside = masks == 0
    assert torch.equal(result[outside].view(torch.int32), images[outside].view(torch.int32))
    assert not torch.equal(result, images)


def test_the_inputs_are_left_as_they_were(batch):
    before = [tensor.clone() for tensor in batch]
    harmonize(*batch)
    harmonize_look(*batch)
    assert all(torch.equal(a, b) for a, b in zip(batch, before, strict=True))


def test_nodes_run_in_inference_mode_as_comfyui_calls_them(batch):
    with torch.inference_mode():
        images, masks = (tensor.clone() for tensor in batch)
        result = harmonize(images, masks)
    assert torch.equal(result, harmonize(*batch))


def test_alpha_goes_through(batch):
    images, masks = batch
    with_alpha = torch.cat([images, masks[..., None]], dim=3)
    result = harmonize(with_alpha, masks)
    assert torch.equal(result, torch.cat([harmonize(images, masks), masks[..., None]], dim=3))


@pytest.mark.parametrize("node", [harmonize, lambda *a, **k: harmonize_look(*a, **k)[0]])
def test_strength_goes_from_nothing_to_all(node, batch):
    images, masks = batch
    assert torch.equal(node(images, masks, strength=0.0), images)
    half, full = (
        float((node(images, masks, strength=s) - images).abs().mean()) for s in (0.5, 1.0)
    )
    # Half the way, but for the rounding of float32 in a mean of some thousand numbers below 1.
    assert half == pytest.approx(0.5 * full, rel=1e-4)


def test_a_reference_is_matched_instead_of_the_background(batch):
    images, masks = batch
    reference = 1 - images[:1]
    wanted = alone(images[0], masks[0], reference=reference[0].numpy())
    assert torch.equal(harmonize(images[:1], masks[:1], reference=reference)[0], wanted)
    assert torch.equal(harmonize_look(images[:1], masks[:1], reference=reference)[0][0], wanted)


def test_a_look_is_that_of_the_first_frame_for_all(batch):
    images, masks = batch
    result, look = harmonize_look(images, masks)
    fitted = harmonia.fit(images[0].numpy(), masks[0].numpy(), METHOD)
    assert look == fitted
    wanted = [fitted.apply(i.numpy(), m.numpy()) for i, m in zip(images, masks, strict=True)]
    assert np.array_equal(result.numpy(), np.stack(wanted))
    assert not torch.equal(result, harmonize(images, masks))  # which fits to each frame


def test_a_look_does_not_flicker_where_the_background_does(batch):
    images, masks = batch
    still = images[:1].repeat(3, 1, 1, 1)
    flicker = torch.tensor([1.0, 0.8, 0.9]).reshape(3, 1, 1, 1)
    frames = torch.where(masks[:1, ..., None] > 0, still, still * flicker)
    result, _ = harmonize_look(frames, masks[:1])
    inside = masks[0] == 1
    assert torch.equal(result[0][inside], result[1][inside])
    assert torch.equal(result[0][inside], result[2][inside])


@pytest.mark.parametrize("method", ["auto", "mkl"])
def test_the_background_keeps_every_bit_under_a_look(batch, method):
    images, masks = batch
    result, _ = harmonize_look(images, masks, method)
    outside = masks == 0
    assert torch.equal(result[outside].view(torch.int32), images[outside].view(torch.int32))


def test_a_method_that_is_no_look_says_so(batch):
    with pytest.raises(TypeError, match="depends on the place of each pixel"):
        harmonize_look(*batch, method="poisson")


def test_a_mask_of_another_size_is_an_error_that_says_both(batch):
    images, _ = batch
    empty = torch.zeros(1, 64, 64)  # what Load Image gives for a picture without alpha
    message = r"height and width \(24, 32\), got shape \(64, 64\)"
    for node in (harmonize, harmonize_look):
        with pytest.raises(ValueError, match=message):
            node(images, empty)


def test_as_many_masks_as_frames_or_one(batch):
    images, masks = batch
    for node in (harmonize, harmonize_look):
        with pytest.raises(ValueError, match="one mask or one for each of 3 images, got 2"):
            node(images, masks[:2])


WRONG_IMAGES = {
    "no batch": (torch.zeros(24, 32, 3), ValueError, r"got \(24, 32, 3\)"),
    "channels first": (torch.zeros(1, 3, 24, 32), ValueError, r"got \(1, 3, 24, 32\)"),
    "no frame": (torch.zeros(0, 24, 32, 3), ValueError, r"got \(0, 24, 32, 3\)"),
    "no tensor": (np.zeros((1, 24, 32, 3), np.float32), TypeError, "got ndarray"),
    "float64": (torch.zeros(1, 24, 32, 3).double(), TypeError, "got float64"),
    "0..255": (torch.full((1, 24, 32, 3), 255.0), ValueError, "divide by 255"),
}


@pytest.mark.parametrize("wrong", WRONG_IMAGES)
def test_what_is_no_image_is_an_error(wrong, batch):
    image, error, message = WRONG_IMAGES[wrong]
    for node in (harmonize, harmonize_look):
        with pytest.raises(error, match=message):
            node(image, batch[1][:1])


def test_what_is_no_reference_is_an_error(batch):
    for node in (harmonize, harmonize_look):
        with pytest.raises(ValueError, match="reference must have shape"):
            node(*batch, reference=torch.zeros(24, 32, 3))


WRONG_MASKS = {
    "flat": (torch.zeros(24), ValueError, "must have shape"),
    "no tensor": (None, TypeError, "got NoneType"),
    "beyond 0..1": (torch.full((24, 32), 3.0), ValueError, "divide by 255"),
    "none of them": (torch.zeros(0, 24, 32), ValueError, "got 0"),
}


@pytest.mark.parametrize("wrong", WRONG_MASKS)
def test_what_is_no_mask_is_an_error(wrong, batch):
    mask, error, message = WRONG_MASKS[wrong]
    for node in (harmonize, harmonize_look):
        with pytest.raises(error, match=message):
            node(batch[0], mask)


def test_a_look_needs_a_foreground_in_the_first_frame(batch):
    images, masks = batch
    masks[0] = 0
    with pytest.raises(ValueError, match="mask is empty"):
        harmonize_look(images, masks)
    harmonize(images, masks)  # which leaves that frame as it is


@pytest.fixture
def output_folder(monkeypatch, tmp_path):
    """ComfyUI's folder, said by a stand-in for its module."""
    folder = tmp_path / "output"
    stand_in = types.ModuleType("folder_paths")
    stand_in.get_output_directory = lambda: str(folder)
    monkeypatch.setitem(sys.modules, "folder_paths", stand_in)
    return folder


def save(look, prefix="harmonia/look", size=33):
    return Path(call("HarmoniaSaveLook", look, prefix, size)["result"][0])


@pytest.mark.parametrize("method", [METHOD, "harmonia"])
def test_a_saved_look_is_the_look(batch, output_folder, method):
    _, look = harmonize_look(*batch, method=method)
    path = save(look)
    assert path == output_folder / "harmonia" / "look_00001.cube"
    # A .cube holds decimals, which read back to the same floats.
    assert np.array_equal(harmonia.lut.read_lut(path).nodes, look.to_lut(33).nodes)


def test_no_file_is_replaced(batch, output_folder):
    _, look = harmonize_look(*batch)
    first = save(look)
    before = first.read_bytes()
    assert save(look, size=2).name == "look_00002.cube"
    assert first.read_bytes() == before


def test_comfyui_is_told_where_the_file_is(batch, output_folder):
    _, look = harmonize_look(*batch)
    told = call("HarmoniaSaveLook", look, "warm", 2)
    path = str(output_folder / "warm_00001.cube")
    assert told == {"ui": {"text": [path]}, "result": (path,)}


def test_without_comfyui_the_file_is_in_the_current_folder(batch, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "folder_paths", None)
    monkeypatch.chdir(tmp_path)
    _, look = harmonize_look(*batch)
    assert save(look, "warm") == tmp_path / "warm_00001.cube"


@pytest.mark.parametrize("prefix", ["", "../look", "a/../../look", "folder/", ".", "/look"])
def test_nothing_is_written_outside_the_output_folder(batch, output_folder, prefix):
    _, look = harmonize_look(*batch)
    with pytest.raises(ValueError, match="inside the output folder"):
        save(look, prefix)
    assert not output_folder.exists()
