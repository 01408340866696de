"""Steps of CycleGAN, CUT and UNIT by their formulas, on functions of tensors; plain sums."""

import numpy as np
import torch
from reference import losses


def l1(output, target):
    return float((output - target).abs().sum()) / output.numel()


def aim(scores, at):
    """The mean square of what scores are away from a number."""
    return float(((scores - at) ** 2).sum()) / scores.numel()


def cyclegan(there, back, real_critic, rendered_critic, rendered, real):
    as_real, as_rendered = there(rendered), back(real)
    cycles = l1(back(as_real), rendered) + l1(there(as_rendered), real)
    return {
        "adversarial_real": aim(real_critic(as_real), 1),
        "adversarial_rendered": aim(rendered_critic(as_rendered), 1),
        "cycle": 10 * cycles,
        "identity": 10 * 0.5 * (l1(there(real), real) + l1(back(rendered), rendered)),
        "critic_real": (aim(real_critic(real), 1) + aim(real_critic(as_real), 0)) / 2,
        "critic_rendered": (
            aim(rendered_critic(rendered), 1) + aim(rendered_critic(as_rendered), 0)
        )
        / 2,
    }


def cut(translate, features, codes, critic, rendered, real):
    """`features(x)` are those of five layers, `codes[k]` makes codes (..., C) of (..., channels).

    Places are drawn as the recipe draws them: for each layer of the first pair, then of the second.
    """
    as_real, kept = translate(rendered), translate(real)

    def alike(output, source):
        errors = []
        for code, found, wanted in zip(codes, features(output), features(source), strict=True):
            count, channels = found.shape[:2]
            places = torch.randperm(found[0, 0].numel())[:256]
            rows = []
            for number in range(count):
                pair = []
                for one in (found, wanted):
                    at = code(one[number].reshape(channels, -1).T[places])
                    pair.append((at / ((at**2).sum(1, keepdim=True).sqrt() + 1e-7)).numpy())
                rows.append(losses.patch_nce(*pair))
            errors.append(np.mean(rows))
        return np.mean(errors)

    errors_of_both = alike(as_real, rendered), alike(kept, real)
    return {
        "critic": (aim(critic(real), 1) + aim(critic(as_real), 0)) / 2,
        "adversarial": aim(critic(as_real), 1),
        "patch_nce": errors_of_both[0] / 2,
        "patch_nce_identity": errors_of_both[1] / 2,
    }


def unit(coders, decoders, critics, rendered, real):
    """All by domain; `critics` give scores at several sizes. Noise is drawn as the recipe does."""

    def noisy(codes):
        return codes + torch.randn_like(codes)

    codes = {"rendered": coders["rendered"](rendered), "real": coders["real"](real)}
    noised = {domain: noisy(code) for domain, code in codes.items()}
    as_real = decoders["real"](noised["rendered"])
    as_rendered = decoders["rendered"](noised["real"])
    again = {"rendered": coders["real"](as_real), "real": coders["rendered"](as_rendered)}
    pictures = {"rendered": rendered, "real": real}
    cycles = sum(l1(decoders[one](noisy(again[one])), pictures[one]) for one in again)
    own = sum(l1(decoders[one](noised[one]), pictures[one]) for one in pictures)
    squares = [float((c**2).mean()) for c in (*codes.values(), *again.values())]
    fakes = {"real": as_real, "rendered": as_rendered}
    return {
        "reconstruction": 10 * own,
        "cycle": 10 * cycles,
        "codes": 0.01 * sum(squares),
        **{
            f"adversarial_{domain}": sum(aim(scores, 1) for scores in critics[domain](fake))
            for domain, fake in fakes.items()
        },
        **{
            f"critic_{domain}": sum(
                aim(seen, 1) + aim(shown, 0)
                for seen, shown in zip(
                    critics[domain](pictures[domain]), critics[domain](fake), strict=True
                )
            )
            for domain, fake in fakes.items()
        },
    }
