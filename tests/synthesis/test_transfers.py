"""The transfers of a composite are the library's methods, as they were drawn."""

import harmonia
import images
import numpy as np
import pytest
from harmonia.synthesis._recipe import Unusable
from harmonia.synthesis._transfers import METHODS, SMOOTHNESS, transfer

REAL, REFERENCE = (images.as_dtype(images.scene(seed=s)[0], "uint8") for s in (1, 2))
MASK = images.as_dtype(images.soft_disc(*REAL.shape[:2]), "uint8")


def drawn(seed, **options):
    rng = np.random.default_rng(seed)
    return transfer(REAL, MASK, REFERENCE, MASK[::-1], rng=rng, **options)


@pytest.mark.parametrize("compat", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_harmonize_repeats_it_from_what_the_manifest_says(method, compat):
    made, facts = drawn(0, methods=[method], compat=compat)
    again = harmonia.harmonize(
        REAL,
        MASK,
        facts["method"],
        reference=REFERENCE,
        reference_mask=MASK[::-1],
        **facts["options"],
    )
    assert (made == again).all()
    assert facts["method"] == method
    assert facts["options"].get("compat", False) == (compat and method != "reinhard")


def test_the_background_keeps_its_bytes_and_the_foreground_does_not():
    for method in METHODS:
        made, _ = drawn(0, methods=[method])
        assert (made[MASK == 0] == REAL[MASK == 0]).all()
        assert (made[MASK == 255] != REAL[MASK == 255]).any()


def test_every_transfer_and_smoothness_is_drawn():
    tiny = slice(0, 8), slice(0, 8)
    several = np.full((8, 8), 255, np.uint8)
    facts = [
        transfer(REAL[tiny], several, REFERENCE[tiny], several, rng=np.random.default_rng(seed))[1]
        for seed in range(160)
    ]
    assert {one["method"] for one in facts} == set(METHODS)
    drawn_too = {one["options"]["smoothness"] for one in facts if one["method"] == "idt"}
    assert drawn_too == set(SMOOTHNESS)


def test_the_same_chance_gives_the_same_bytes():
    for seed in range(6):
        (made, facts), (again, same) = drawn(seed), drawn(seed)
        assert facts == same
        assert (made == again).all()


def test_a_foreground_without_statistics_is_unusable():
    black = np.zeros_like(REFERENCE)
    with pytest.raises(Unusable, match="black all over"):
        transfer(REAL, MASK, black, MASK, rng=np.random.default_rng(0), methods=["reinhard"])
