"""Hinge losses of a critic and of the generator that it judges (Lim and Ye 2017)."""

from torch import Tensor

from harmonia.training.losses._arguments import by_image, open_twin, open_values, reduced


def hinge_critic(real_scores: Tensor, fake_scores: Tensor, *, reduction: str = "mean") -> Tensor:
    """What a critic is trained by: `mean(relu(1 - real)) + mean(relu(1 + fake))`.

    Scores are (N, ...), one or several an image; beyond 1 and -1 they are right enough.

    >>> import torch
    >>> from harmonia.training.losses import hinge_critic
    >>> hinge_critic(torch.tensor([2.0, 0.5]), torch.tensor([-3.0, 0.0])).item()
    0.75
    """
    where = "hinge_critic"
    real = open_values(where, "real_scores", real_scores)
    fake = open_twin(where, "fake_scores", fake_scores, "real_scores", real)
    errors = (1 - real).relu() + (1 + fake).relu()
    return reduced(where, by_image(errors), reduction)


def hinge_generator(fake_scores: Tensor, *, reduction: str = "mean") -> Tensor:
    """What a generator is trained by against such a critic, or a Wasserstein one: `-mean(fake)`.

    >>> import torch
    >>> from harmonia.training.losses import hinge_generator
    >>> hinge_generator(torch.tensor([-3.0, 0.0])).item()
    1.5
    """
    where = "hinge_generator"
    fake = open_values(where, "fake_scores", fake_scores)
    return reduced(where, -by_image(fake), reduction)
