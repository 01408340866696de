"""LPIPS by weights on the machine: random ones here, in the files that it looks for."""

import sys

import harmonia
import numpy as np
import pytest
from images import as_dtype, scene
from reference.lpips import lpips as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

SHAPES = {0: (64, 3, 11, 11), 3: (192, 64, 5, 5), 6: (384, 192, 3, 3), 8: (256, 384, 3, 3)}
SHAPES[10] = (256, 256, 3, 3)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A package of the authors' name and torch's folder of weights, both empty, and no cache."""
    from harmonia.nets import _lpips

    package, hub = tmp_path / "site" / "lpips", tmp_path / "hub" / "checkpoints"
    (package / "weights" / "v0.1").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('it is only read')")
    hub.mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    _lpips._weights.cache_clear()
    yield package / "weights" / "v0.1" / "alex.pth", hub / "alexnet-owt-7be5be79.pth"
    _lpips._weights.cache_clear()


@pytest.fixture
def weights(folders):
    """Random weights, saved as their authors save them."""
    linear, alexnet = folders
    random = torch.Generator().manual_seed(0)
    of_alexnet, of_layers = {}, {}
    for number, (place, shape) in enumerate(SHAPES.items()):
        spread = (2 / np.prod(shape[1:])) ** 0.5
        of_alexnet[f"features.{place}.weight"] = torch.randn(shape, generator=random) * spread
        of_alexnet[f"features.{place}.bias"] = torch.randn(shape[0], generator=random) * 0.1
        channels = torch.rand(1, shape[0], 1, 1, generator=random)
        of_layers[f"lin{number}.model.1.weight"] = channels
    torch.save(of_alexnet, alexnet)
    torch.save(of_layers, linear)
    every = {**of_alexnet, **of_layers}
    return {name: values.double().numpy() for name, values in every.items()}


def pair(dtype=np.uint8, size=(48, 67)):
    composite, _ = scene(*size)
    return as_dtype(composite, dtype), as_dtype(composite[::-1] * 0.9, dtype)


@pytest.mark.parametrize("size", [(35, 35), (48, 67), (131, 96)])
def test_the_distance_is_that_of_the_formula(weights, size):
    """float32 in the network against float64: 2^-24 times the root of some thousand terms."""
    output, target = pair(size=size)
    wanted = reference(output, target, weights)
    assert harmonia.metrics.lpips(output, target) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("dtype", ["uint16", "float16", "float32"])
def test_every_dtype_holds_the_same_colours(weights, dtype):
    wanted = harmonia.metrics.lpips(*pair())
    tolerance = 2e-2 if dtype == "float16" else 1e-2  # codes of 8 bits are rounded
    assert harmonia.metrics.lpips(*pair(dtype)) == pytest.approx(wanted, rel=tolerance)


def test_equal_images_have_no_distance(weights):
    output, target = pair()
    assert harmonia.metrics.lpips(output, output) == 0.0
    assert harmonia.evaluate(output, target, metrics=["lpips"])["lpips"] > 0.0


def test_alpha_does_not_count(weights):
    output, target = pair()
    with_alpha = np.dstack([output, output[..., 0]])
    assert harmonia.metrics.lpips(with_alpha, target) == harmonia.metrics.lpips(output, target)


def test_a_batch_is_measured_image_by_image(weights):
    output, target = (torch.from_numpy(i.transpose(2, 0, 1).copy()) for i in pair())
    both = harmonia.metrics.lpips(torch.stack([output, target]), torch.stack([target, target]))
    np.testing.assert_array_equal(both, [harmonia.metrics.lpips(output, target), 0.0])


def test_a_picture_too_small_for_the_network_is_refused(weights):
    with pytest.raises(ValueError, match=r"lpips: output must be at least 35 pixels .* \(34, 50\)"):
        harmonia.metrics.lpips(*pair(size=(34, 50)))


def test_missing_weights_name_the_file_and_where_it_belongs(folders):
    with pytest.raises(FileNotFoundError, match=r"nothing is downloaded unasked; get https://.*"):
        harmonia.metrics.lpips(*pair())


def test_a_missing_package_names_the_extra(folders, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'harmonia\[lpips\]'"):
        harmonia.metrics.lpips(*pair())


def test_what_is_missing_is_to_be_installed(monkeypatch):
    """None stands for a module that cannot be found."""
    monkeypatch.setitem(sys.modules, "harmonia.nets._lpips", None)
    with pytest.raises(ModuleNotFoundError, match=r"^lpips: .* is missing: pip install .*lpips\]"):
        harmonia.metrics.lpips(*pair())
