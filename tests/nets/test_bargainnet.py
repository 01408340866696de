"""BargainNet beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import harmonia
import parity
from harmonia.cli import main
from harmonia.nets._checkpoints import WeightsError
from harmonia.nets._weights import convert, notes_of
from harmonia.nets.bargainnet import ARCHITECTURE, BargainNet

GAIN = (("", 0.85),)
SPECIAL = ((r"^G\.weight$", parity.constant(0.1)),)
CASES = {"bargainnet": 64, "bargainnet_ngf8": 8}
every_case = pytest.mark.parametrize("case", CASES)


def filled(case):
    return parity.load(BargainNet(CASES[case]), parity.filled(case, gain=GAIN, special=SPECIAL))


def scene():
    """With the mask that the original was given: of 0 and 1."""
    image, mask = parity.picture()
    return image, (mask > 0.5).float()


@every_case
def test_names_are_those_of_the_checkpoint(case):
    with torch.device("meta"):
        network = BargainNet(CASES[case])
    parity.assert_same_names(network, case)


@every_case
@pytest.mark.parametrize("bn", ["batch", "running"])
def test_codes_and_outputs_are_those_of_the_authors(case, bn):
    network = filled(case)
    network.bn = bn
    image, mask = scene()
    suffix = "_bn_batchstats" if bn == "batch" else ""
    with torch.inference_mode():
        parity.assert_equals(case, f"bg_code{suffix}", network.code(image, 1 - mask))
        if bn == "running":
            parity.assert_equals(case, "fg_code", network.code(image, mask))
        parity.assert_equals(case, f"harmonized{suffix}", 2 * network(image, mask) - 1)


def test_only_255_of_255_is_foreground():
    network = filled("bargainnet_ngf8")
    image, mask = parity.picture()
    codes = (255 * mask).round()
    assert (codes == 254).any()
    with torch.inference_mode():
        out, wanted = network(image, mask), network(image, (codes == 255).float())
    torch.testing.assert_close(out, wanted, atol=0, rtol=0)


def test_a_batch_is_its_pictures_one_by_one():
    network = filled("bargainnet_ngf8")
    image, mask = scene()
    images, masks = torch.cat([image, 1 - image.flip(3)]), torch.cat([mask, mask.flip(2)])
    with torch.inference_mode():
        both = network(images, masks)
        for index in range(2):
            alone = network(images[index : index + 1], masks[index : index + 1])
            torch.testing.assert_close(both[index : index + 1], alone, atol=1e-5, rtol=0)


def test_the_scale_of_the_code_stays_above_zero():
    network = filled("bargainnet_ngf8")
    image, mask = scene()
    with torch.inference_mode():
        network.G.weight.fill_(-1.0)
        below = network(image, mask)
        network.G.weight.fill_(0.001)
        torch.testing.assert_close(below, network(image, mask), atol=0, rtol=0)


def test_names_of_the_two_published_files_get_their_prefixes():
    state = filled("bargainnet_ngf8").state_dict()
    bare = {name.partition(".")[2]: tensor for name, tensor in state.items()}
    assert len(bare) == len(state)
    assert ARCHITECTURE.convert(bare).keys() == state.keys()
    assert ARCHITECTURE.convert(dict(state)).keys() == state.keys()


def test_every_parameter_learns():
    network = BargainNet(8).train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in scene())
    network(image, mask).square().mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


@pytest.fixture
def both_files(tmp_path):
    """As its authors publish it: generator and extractor apart, under names without prefixes."""
    torch.manual_seed(0)
    paths = {}
    state = ARCHITECTURE.variants["256"]().state_dict()
    for part in "GE":
        own = {n.partition(".")[2]: tensor for n, tensor in state.items() if n[0] == part}
        paths[part] = tmp_path / f"latest_net_{part}.pth"
        torch.save(own, paths[part])
    return paths


def test_the_two_published_files_load_together(both_files, tmp_path):
    session = harmonia.load("bargainnet", weights=[both_files["G"], both_files["E"]])
    assert session.method == "bargainnet.256"
    target = convert(list(both_files.values()), tmp_path / "one.safetensors", method="bargainnet")
    wanted = session.network.state_dict()
    found = harmonia.load("bargainnet", weights=target).network.state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in wanted.items())
    assert notes_of(target)["source"] == "latest_net_G.pth + latest_net_E.pth"
    assert len(notes_of(target)["source_sha256"].split(" + ")) == 2


def test_one_of_the_two_files_is_not_enough(both_files):
    with pytest.raises(WeightsError, match=r"net_G\.pth: is not of bargainnet\.256: E\.conv1f"):
        harmonia.load("bargainnet", weights=both_files["G"])
    with pytest.raises(WeightsError, match=r"holds what another file holds too: conv1f\.weight"):
        harmonia.load("bargainnet", weights=[both_files["E"], both_files["E"]])


def test_the_command_line_converts_both(both_files, tmp_path, capsys):
    out = tmp_path / "one.safetensors"
    names = [str(both_files["G"]), str(both_files["E"])]
    assert main(["weights", "convert", *names, "-m", "bargainnet", "-o", str(out)]) == 0
    assert "bargainnet.256, licence MIT" in capsys.readouterr().out
    assert out.is_file()
