"""Losses of style: Gram matrices, hue and saturation, features of regions."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from images import scene
from reference import losses as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training.losses import gram, hue_saturation, style_features  # noqa: E402
from torch.autograd import gradcheck  # noqa: E402

EPS = 2.0**-24


@functools.cache
def arrays(count=2, size=(19, 24)):
    """Two batches of colours of some value, and soft masks that leave out a border."""
    pictures = [scene(*size, seed) for seed in range(2 * count)]
    images = np.stack([np.moveaxis(image, -1, 0) for image, _ in pictures]).clip(0.05, 1)
    masks = np.stack([mask * (1 - 0.2 * k) for k, (_, mask) in enumerate(pictures[:count])])
    return images[:count], images[count:], masks


def tensors(dtype=torch.float64, **kind):
    output, target, mask = (torch.from_numpy(array).to(dtype) for array in arrays(**kind))
    return output.requires_grad_(), target, mask


def features(channels=5, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, channels, 7, 6, generator=generator, dtype=torch.float64).to(dtype)


def regions(seed=0, dtype=torch.float64):
    """Three levels of two images, each with the part of its places that saw anything."""
    generator = torch.Generator().manual_seed(seed)
    levels = []
    for channels, side in ((3, 9), (4, 5), (6, 2)):
        values, chance = (
            torch.rand(2, number, side, side, generator=generator, dtype=torch.float64)
            for number in (channels, 1)
        )
        levels.append((values.to(dtype).requires_grad_(), (chance > 0.4).to(dtype)))
    return levels


def each(call, *given, **options):
    images = (tensor.detach().double().numpy() for tensor in given)
    return torch.tensor([call(*one, **options) for one in zip(*images, strict=True)])


def of_image(levels, number):
    return [
        (values[number].detach().numpy(), mask[number, 0].detach().numpy())
        for values, mask in levels
    ]


def colours(*rgb):
    """A row of colours as a picture."""
    return torch.from_numpy(np.array(rgb, np.float64)).T.reshape(1, 3, 1, len(rgb))


@pytest.mark.parametrize("region", ["mask", "box"])
def test_gram_is_that_of_the_definition(region):
    output, target, mask = tensors()
    found = gram(output, target, mask, region=region, reduction="none")
    wanted = each(reference.gram, output, target, mask, region=region)
    torch.testing.assert_close(found, wanted, rtol=1e-10, atol=0)
    torch.testing.assert_close(gram(output, target, mask, region=region), wanted.mean())
    one, other = features(), features(seed=1)
    part = mask[:, 6:13, 8:14]
    found = gram(one, other, part, region=region, reduction="none")
    wanted = each(reference.gram, one, other, part, region=region)
    torch.testing.assert_close(found, wanted, rtol=1e-10, atol=0)


def test_gram_of_a_region_does_not_ask_where_in_it_things_are():
    values, mask = features(), torch.zeros(7, 6, dtype=torch.float64)
    mask[1:5, 2:6] = 1
    turned = values.clone()
    turned[:, :, 1:5, 2:6] = values[:, :, 1:5, 2:6].flip(2, 3)
    turned[:, :, 5:] += 1  # outside
    assert gram(turned, values, mask).item() < 1e-28
    assert gram(turned, 2 * values, mask).item() > 0.1


def test_a_box_is_cropped_as_a_published_code_crops():
    values, other = features(3), features(3, seed=1)
    mask = torch.zeros(7, 6, dtype=torch.float64)
    mask[2, 4] = mask[5, 1] = 0.1
    crops = (one[:, :, 2:5, 1:4] for one in (values, other))
    wanted = gram(*crops, torch.ones(3, 3), region="mask")
    torch.testing.assert_close(gram(values, other, mask, region="box"), wanted)
    everything = gram(values, other, torch.ones_like(mask))
    torch.testing.assert_close(gram(values, other, 0 * mask, region="box"), everything)
    mask[5, 1] = 0
    assert gram(values, other, mask, region="box") == 0  # a crop of no pixels


def test_gram_and_hue_have_no_loss_of_an_empty_mask():
    output, target, mask = tensors()
    for call in (gram, hue_saturation, functools.partial(hue_saturation, minimum_area=1)):
        loss = call(output, target, 0 * mask)
        assert loss.item() == 0
        assert torch.autograd.grad(loss, output)[0].count_nonzero() == 0


@pytest.mark.parametrize("options", [{}, {"minimum_area": 1.0}, {"minimum_area": 400.0}])
def test_hue_saturation_is_that_of_the_definition(options):
    output, target, mask = tensors()
    found = hue_saturation(output, target, mask, **options, reduction="none")
    wanted = each(reference.hue_saturation, output, target, mask, **options)
    torch.testing.assert_close(found, wanted, rtol=1e-11, atol=0)
    found = hue_saturation(output, target, **options, reduction="none")
    wanted = each(reference.hue_saturation, output, target, **options)
    torch.testing.assert_close(found, wanted, rtol=1e-11, atol=0)


hues = st.floats(0, 1, width=32)


@given(hues, st.floats(0, 1, width=32), st.floats(0.125, 1, width=32), st.integers(-2, 2))
def test_whole_turns_of_the_hue_are_no_difference(hue, saturation, value, turns):
    one, other = (colours(rgb_of(angle, saturation, value)) for angle in (hue, hue + turns))
    # Hues are rounded at up to 3 turns, and their six parts to 2 pi.
    assert hue_saturation(one, other).item() < (64 * 2.0**-52) ** 2


@given(hues, hues, st.floats(0.1, 1), st.floats(0.1, 1))
def test_greys_are_all_one_and_a_distance_to_them_is_the_saturation(hue, saturation, value, grey):
    colour = colours(rgb_of(hue, saturation, value))
    for shade in (0.0, grey, 1.0):
        found = hue_saturation(colour, colours((shade, shade, shade))).item()
        assert found == pytest.approx(saturation**2, abs=1e-12)


@given(hues, hues)
def test_the_distance_of_full_colours_is_the_chord_of_their_angle(one, other):
    found = hue_saturation(*(colours(rgb_of(hue, 1.0, 1.0)) for hue in (one, other)))
    assert found.item() == pytest.approx(2 - 2 * np.cos(2 * np.pi * (one - other)), abs=1e-12)


def rgb_of(hue, saturation, value):
    """The cone's six faces, by the distance of each channel's own angle."""
    channels = [min(1, max(0, abs((6 * (hue % 1) + shift) % 6 - 3) - 1)) for shift in (0, 4, 2)]
    return tuple(value * (1 - saturation * (1 - channel)) for channel in channels)


def test_awkward_colours_have_finite_gradients():
    shades = [0.0, 0.2, 0.5, 1.0, 1e-40, 1.5, -0.5]
    every = colours(*[(r, g, b) for r in shades for g in shades for b in shades])
    for dtype in (torch.float32, torch.float64):
        output = every.to(dtype).requires_grad_()
        for target in (every.flip(3), 0 * every, 0 * every + 1):
            loss = hue_saturation(output, target.to(dtype))
            assert loss.isfinite()
            assert torch.autograd.grad(loss, output)[0].isfinite().all()


def test_gradients_are_those_of_the_values():
    output, target, mask = tensors(count=1, size=(8, 7))
    mask = mask.clone().requires_grad_()
    for call in (gram, hue_saturation):
        assert gradcheck(call, (output, target, mask))
    assert gradcheck(functools.partial(gram, region="box"), (output, target, mask.detach()))
    one, other = regions(), regions(1)
    masks = [mask for _, mask in (*one, *other)]

    def of_values(*values):
        levels = list(zip(values, masks, strict=True))
        return style_features(levels[:3], levels[3:])

    assert gradcheck(of_values, tuple(values for values, _ in (*one, *other)))


def test_style_features_are_those_of_the_definition():
    one, other = regions(), regions(1)
    wanted = torch.tensor(
        [reference.style_features(of_image(one, k), of_image(other, k)) for k in range(2)]
    )
    found = style_features(one, other, reduction="none")
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=0)
    torch.testing.assert_close(style_features(one, other), wanted.mean())


def test_features_outside_of_their_region_do_not_count():
    one, other = regions(), regions(1)
    moved = [(values + 5 * (1 - mask), mask) for values, mask in one]
    torch.testing.assert_close(style_features(moved, other), style_features(one, other))
    loss = style_features(one, other)
    for values, mask in one:
        pull = torch.autograd.grad(loss, values, retain_graph=True)[0]
        assert torch.equal((pull != 0).any(1, keepdim=True), mask > 0)


def test_an_empty_region_has_no_style():
    one, other = regions(), regions(1)
    empty = [(values, 0 * mask) for values, mask in one]
    for pair in ((empty, other), (other, empty)):
        loss = style_features(*pair)
        assert loss.item() == 0
        pulls = torch.autograd.grad(loss, [values for values, _ in (*empty, *other)])
        assert all(pull.isfinite().all() for pull in pulls)


def test_regions_may_be_of_other_sizes():
    one = [(features(), torch.ones(2, 1, 7, 6))]
    other = [(features(seed=1)[:, :, :3, :2], torch.ones(3, 2))]
    assert style_features(one, other).item() > 0


def test_half_types_and_autocast_are_computed_in_float32():
    output, target, mask = tensors(torch.float32)
    for call in (gram, hue_saturation):
        halves = output.detach().bfloat16()
        with torch.autocast("cpu", torch.bfloat16):
            found = call(halves, target, mask)
        assert torch.equal(found, call(halves.float(), target, mask))
    one, other = regions(dtype=torch.float32), regions(1, torch.float32)
    halves = [(values.bfloat16(), mask) for values, mask in one]
    whole = [(values.float(), mask) for values, mask in halves]
    with torch.autocast("cpu", torch.bfloat16):
        found = style_features(halves, other)
    assert torch.equal(found, style_features(whole, other))


def test_float32_is_precise():
    given = tensors(torch.float32)
    wanted = each(reference.gram, *given).mean()
    # Means of products up to 1, of which differences of some hundredths are squared.
    torch.testing.assert_close(gram(*given).double(), wanted, rtol=1000 * EPS, atol=0)
    wanted = each(reference.hue_saturation, *given).mean()
    # An angle up to 2 pi loses four bits, a hue near grey is divided by a small spread.
    torch.testing.assert_close(hue_saturation(*given).double(), wanted, rtol=1000 * EPS, atol=0)


def test_nobody_looks_at_values():
    given = [tensor.to("meta") for tensor in tensors()]
    for call in (gram, functools.partial(gram, region="box"), hue_saturation):
        assert call(*given).shape == ()
    one, other = ([(v.to("meta"), m.to("meta")) for v, m in regions(k)] for k in (0, 1))
    assert style_features(one, other).shape == ()


def test_wrong_calls_are_named():
    output, target, mask = (tensor.detach() for tensor in tensors())
    with pytest.raises(ValueError, match=r"^gram: region must be one of mask, box, got 'all'"):
        gram(output, target, mask, region="all")
    with pytest.raises(ValueError, match=r"^gram: output must have shape \(N, C, H, W\)"):
        gram(output[0], target, mask)
    with pytest.raises(ValueError, match=r"^gram: target must have the shape of output"):
        gram(output, target[:, :2], mask)
    with pytest.raises(ValueError, match=r"^hue_saturation: output must have shape"):
        hue_saturation(output[:, :2], target, mask)
    with pytest.raises(ValueError, match=r"^hue_saturation: minimum_area must be above 0"):
        hue_saturation(output, target, mask, minimum_area=0)
    one, other = regions(), regions(1)
    with pytest.raises(ValueError, match=r"^style_features: .* one extractor, got 3 and 2"):
        style_features(one, other[:2])
    with pytest.raises(ValueError, match=r"^style_features: .* one extractor, got 0 and 0"):
        style_features([], [])
    with pytest.raises(ValueError, match=r"region\[0\] and other\[0\] .* \(2, 3\) and \(2, 4\)"):
        style_features(one[:1], other[1:2])
    with pytest.raises(ValueError, match=r"^style_features: region\[0\] must have features of"):
        style_features([(one[0][0][0], one[0][1])], other[:1])
    with pytest.raises(ValueError, match=r"^style_features: other\[0\]: mask must have shape"):
        style_features(one[:1], [(other[0][0], one[1][1])])
