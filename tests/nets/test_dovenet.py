"""DoveNet beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import harmonia
import parity
from harmonia.nets._weights import convert
from harmonia.nets.dovenet import ARCHITECTURE, DoveNet

GAIN = (("", 0.85),)
CASES = {
    "dovenet": DoveNet,
    "dovenet_ngf8": lambda: DoveNet(8),
    "dovenet_instancenorm_ngf16": lambda: DoveNet(16, "instance"),
}
OUTPUTS = {"running": "harmonized", "batch": "harmonized_bn_batchstats"}
every_case = pytest.mark.parametrize("case", CASES)


def filled(case):
    return parity.load(CASES[case](), parity.filled(case, gain=GAIN))


@every_case
def test_names_are_those_of_the_checkpoint(case):
    with torch.device("meta"):
        network = CASES[case]()
    parity.assert_same_names(network, case)


@every_case
def test_outputs_are_those_of_the_authors(case):
    network = filled(case)
    image, mask = parity.picture()
    for bn, output in OUTPUTS.items():
        if "instance" in case and bn == "batch":
            continue  # it has no batch normalization
        network.bn = bn
        with torch.inference_mode():
            values = 2 * network(image, mask) - 1
        parity.assert_equals(case, output, values)


def test_the_published_test_goes_by_each_picture():
    assert ARCHITECTURE.variants["256"]().bn == "batch"


def test_own_statistics_are_those_of_training_mode_with_one_picture():
    network = filled("dovenet_ngf8")
    image, mask = parity.picture()
    with torch.inference_mode():
        ours = network(image, mask)
        network.train()
        for module in network.modules():
            if isinstance(module, torch.nn.Dropout):
                module.eval()
        wanted = network(image, mask)
    torch.testing.assert_close(ours, wanted, atol=1e-5, rtol=0)


def test_a_mask_is_cut_at_a_half():
    network = filled("dovenet_ngf8")
    image, mask = parity.picture()
    with torch.inference_mode():
        out, wanted = network(image, mask), network(image, (mask > 0.5).float())
    torch.testing.assert_close(out, wanted, atol=0, rtol=0)


def test_every_parameter_learns():
    network = DoveNet(8).train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in parity.picture())
    network(image, mask).square().mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


def test_loading_chooses_the_statistics(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "latest_net_G.pth"
    torch.save(ARCHITECTURE.variants["256"]().state_dict(), path)
    assert harmonia.load("dovenet", weights=path).network.bn == "batch"
    assert harmonia.load("dovenet", weights=path, bn="running").network.bn == "running"
    with pytest.raises(ValueError, match="bn must be 'batch' or 'running', got 'own'"):
        harmonia.load("dovenet", weights=path, bn="own")


def test_a_network_without_batch_statistics_has_no_choice(tmp_path):
    from harmonia.nets.issam import ARCHITECTURE as ISSAM

    path = tmp_path / "issam256.pth"
    torch.save(ISSAM.variants["256"]().state_dict(), path)
    with pytest.raises(TypeError, match=r"load: network 'issam\.256' has no option 'bn'"):
        harmonia.load("issam.256", weights=path, bn="running")


def test_the_network_of_the_baseline_is_the_same():
    from harmonia.nets.unet_attention import ARCHITECTURE as BASELINE

    with torch.device("meta"):
        parity.assert_same_names(BASELINE.variants["256"](), "dovenet")


def test_weights_do_not_tell_the_baseline_from_it(tmp_path):
    path = tmp_path / "latest_net_G.pth"
    torch.save(ARCHITECTURE.variants["256"]().state_dict(), path)
    assert harmonia.load("unet_attention", weights=path).method == "unet_attention.256"
    with pytest.raises(ValueError, match="fits dovenet and unet_attention; pass method='dovenet'"):
        convert(path, tmp_path / "out.safetensors")
