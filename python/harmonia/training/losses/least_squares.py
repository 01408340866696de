"""Losses of a critic that aims at 1 and 0, and of what it judges: LSGAN (Mao et al. 2017)."""

from torch import Tensor

from harmonia.training.losses._arguments import by_image, open_twin, open_values, reduced


def least_squares_critic(
    real_scores: Tensor, fake_scores: Tensor, *, reduction: str = "mean"
) -> Tensor:
    """What a critic is trained by: `mean((real - 1)^2) + mean(fake^2)`.

    Scores are (N, ...), one or several an image. CycleGAN and CUT take half of it.

    >>> import torch
    >>> from harmonia.training.losses import least_squares_critic
    >>> least_squares_critic(torch.tensor([1.0, 0.5]), torch.tensor([0.0, -1.0])).item()
    0.625
    """
    where = "least_squares_critic"
    real = open_values(where, "real_scores", real_scores)
    fake = open_twin(where, "fake_scores", fake_scores, "real_scores", real)
    return reduced(where, by_image((real - 1).square() + fake.square()), reduction)


def least_squares_generator(fake_scores: Tensor, *, reduction: str = "mean") -> Tensor:
    """What a generator is trained by against such a critic: `mean((fake - 1)^2)`.

    >>> import torch
    >>> from harmonia.training.losses import least_squares_generator
    >>> least_squares_generator(torch.tensor([1.0, 0.0])).item()
    0.5
    """
    where = "least_squares_generator"
    fake = open_values(where, "fake_scores", fake_scores)
    return reduced(where, by_image((fake - 1).square()), reduction)
