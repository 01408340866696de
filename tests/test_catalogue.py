"""What the catalogue says of methods and networks, read from their sources."""

import subprocess
import sys

import harmonia
import numpy as np
import pytest
from harmonia import _catalogue, _packages, _registry
from kinds import torch


def test_every_method_and_network_is_listed():
    listed = [entry.name for entry in _catalogue.catalogue()]
    assert listed == [*harmonia.list_methods(), *harmonia.list_networks()]


def test_a_summary_is_the_first_line_of_the_docstring():
    entry = _catalogue.describe("reinhard")
    assert entry.docstring.startswith(f"{entry.summary}\n\nE. Reinhard")


def test_listing_imports_neither_methods_nor_torch():
    code = (
        "import sys; from harmonia import _catalogue; _catalogue.catalogue(); "
        "print([n for n in sys.modules if n.startswith(('harmonia.methods.', 'torch'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.skipif(torch is None, reason="torch is not installed")
@pytest.mark.parametrize("name", harmonia.list_methods())
def test_devices_are_those_that_a_method_does_not_refuse(name):
    """A device that no kernel knows: methods of the CPU alone refuse it by `check_on_cpu`."""
    from harmonia._arrays import Mask
    from harmonia._scene import Scene

    elsewhere = torch.empty((4, 4, 3), dtype=torch.uint8, device="meta")
    mask = Mask(torch.empty((4, 4), device="meta"), empty=False, full=False)
    with pytest.raises(Exception) as refused:  # noqa: PT011
        _registry.find_method(name, where="test").fit(Scene(elsewhere, mask))
    on_cpu = f"{name} runs on the CPU, got an image on meta" in str(refused.value)
    assert on_cpu == (_catalogue.describe(name).devices == ("cpu",))


def test_the_defaults_are_marked():
    marked = {e.name: e.default_on for e in _catalogue.catalogue() if e.default_on}
    assert marked["harmonia"][0] == "cpu"
    assert [device for devices in marked.values() for device in devices] in (
        ["cpu", "cuda"],
        ["cuda", "cpu"],
    )


def test_options_have_their_defaults_and_values():
    assert _catalogue.options("reinhard") == [
        _catalogue.Option("space", "lalphabeta", "lalphabeta or lab")
    ]
    values = {option.name: option.values for option in _catalogue.options("idt")}
    assert values["iterations"] == "whole number"
    assert values["smoothness"] == "number"
    assert values["regrain"] == "True or False"
    assert _catalogue.options("poisson")[0].values == "whole number or None"
    assert _catalogue.options("mkl") == []


@pytest.mark.parametrize("name", harmonia.list_methods())
def test_every_option_is_taken_with_its_default(name):
    image, mask = np.full((8, 8, 3), 90, np.uint8), np.eye(8, dtype=bool)
    given = {option.name: option.default for option in _catalogue.options(name)}
    with_defaults = harmonia.harmonize(image, mask, name, **given)
    np.testing.assert_array_equal(with_defaults, harmonia.harmonize(image, mask, name))


NETWORK = '''"""A net of strings: it catches.

More.
"""
import torch
'''


@pytest.fixture
def strings(tmp_path, monkeypatch):
    """A network, as somebody would add it."""
    (tmp_path / "strings.py").write_text(NETWORK)
    monkeypatch.setattr(_registry, "NETS", (str(tmp_path),))
    return "strings"


def test_a_new_network_is_listed_with_what_it_needs(strings):
    entry = _catalogue.catalogue()[-1]
    assert (entry.name, entry.summary) == (strings, "A net of strings: it catches.")
    assert entry.needs == ("torch",)
    assert entry.network


def test_what_is_missing_is_said(strings, monkeypatch):
    monkeypatch.setattr(_packages.Package, "version", None)
    assert _catalogue.describe(strings).missing == ("torch",)
    assert _catalogue.describe("mkl").missing == ()


@pytest.mark.skipif(torch is None, reason="torch is not installed")
@pytest.mark.parametrize("name", harmonia.list_networks())
def test_variants_of_a_network_and_weights_of_them_are_told(name):
    variants, published = _catalogue.weights(name)
    assert variants
    for one in published:
        assert one.variant in variants
        assert one.file
        assert one.page.startswith("https://")
        assert one.licence


def test_metrics_are_listed_with_their_better_side():
    entries = {entry.name: entry for entry in _catalogue.metrics_catalogue()}
    assert list(entries) == harmonia.list_metrics()
    assert (entries["mse"].better, entries["mse"].needs_mask) == ("lower", False)
    assert (entries["fssim"].better, entries["fssim"].needs_mask) == ("higher", True)
    assert all(entry.summary for entry in entries.values())
