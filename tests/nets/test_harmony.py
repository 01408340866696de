"""BargainNet's score beside its authors' code."""

import math

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets import harmony_score
from harmonia.nets._session import Session
from harmonia.nets.bargainnet import BargainNet
from harmonia.nets.rainnet import RainNet

CASE = "bargainnet_ngf8"


@pytest.fixture(scope="module")
def session():
    state = parity.filled(CASE, gain=[("", 0.85)], special=[(r"^G\.weight$", parity.constant(0.1))])
    return Session(parity.load(BargainNet(8, bn="running"), state), "bargainnet.256")


def scene():
    composite, mask = parity.codes()
    return composite, (mask > 127).astype("uint8") * 255


def test_the_score_is_that_of_the_authors(session):
    assert harmony_score(session, *scene()) == pytest.approx(0.5052085521419883, abs=1e-6)


def test_a_batch_has_a_score_a_picture(session):
    composite, mask = scene()
    image = torch.from_numpy(composite).permute(2, 0, 1)
    mask = torch.from_numpy(mask)
    images, masks = torch.stack([image, 255 - image]), torch.stack([mask, mask.flip(0)])
    alone = [harmony_score(session, images[index], masks[index]) for index in range(2)]
    assert harmony_score(session, images, masks) == pytest.approx(alone, abs=1e-6)
    assert alone[0] != pytest.approx(alone[1], abs=1e-3)


@pytest.mark.parametrize("level", [0, 255])
def test_without_one_of_the_regions_there_is_no_score(session, level):
    composite, mask = scene()
    assert math.isnan(harmony_score(session, composite, mask * 0 + level))


def test_other_sessions_are_refused(session):
    with pytest.raises(TypeError, match=r"harmony_score: session must be of bargainnet, got rain"):
        harmony_score(Session(RainNet(8).eval(), "rainnet.256"), *scene())
    own = Session(BargainNet(8).eval(), "bargainnet.256")
    with pytest.raises(ValueError, match=r"statistics of training, got bn='batch'"):
        harmony_score(own, *scene())
