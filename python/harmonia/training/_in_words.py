"""A recipe's plan as people say it."""

from typing import Any

from harmonia.training._crops import Crops
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training._translation import Windows

FEW = 4  # changes of a learning rate that are named one by one


def plan_in_words(recipe: Recipe) -> dict[str, str]:
    """What it trains and how, by a word for each; of a recipe on the meta device as of any other.

    >>> from harmonia.training._in_words import plan_in_words
    >>> from harmonia.training._recipes import planned
    >>> plan_in_words(planned("issam", {}, where="test"))["learning rate"]
    '0.001, 0.0001 from epoch 105, 1e-05 from epoch 115'
    """
    plan = recipe.plan
    said = {
        "network": f"{recipe.method}, {_millions(recipe.network)} parameters",
        "optimizer": _optimizers(recipe),
        "learning rate": rates(plan),
        "epochs": f"{plan.epochs}",
        "batch": f"{plan.batch}",
        "samples": f"{plan.size} x {plan.size}, {_pieces(plan.crops)}",
    }
    if tuple(recipe.sources) != (DATA,):
        said["data"] = " and ".join(recipe.sources)
    others = {name: child for name, child in recipe.named_children() if child is not recipe.network}
    beside = [f"{name}, {_millions(child)}" for name, child in others.items() if _count(child)]
    if beside:
        said["beside it"] = "; ".join(beside)
    return said


def rates(plan: Plan) -> str:
    """The learning rate, and where it changes."""
    values = [plan.rate * plan.schedule(epoch) for epoch in range(plan.epochs)]
    places = [n for n in range(1, len(values)) if values[n] != values[n - 1]]
    words = [f"{values[0]:.3g}"]
    if len(places) <= FEW:
        words += [f"{values[place]:.3g} from epoch {place}" for place in places]
    elif places:
        words.append(f"from epoch {places[0]} falling to {values[-1]:.3g}")
    return ", ".join(words)


def _optimizers(recipe: Recipe) -> str:
    said = {phase: _optimizer(one) for phase, one in recipe.optimizers(recipe.plan.rate).items()}
    if len(set(said.values())) == 1:
        only = next(iter(said.values()))
        return only if len(said) == 1 else f"{only}, for {' and '.join(said)} each"
    return "; ".join(f"{one} for {phase}" for phase, one in said.items())


def _optimizer(optimizer: Any) -> str:
    settings = optimizer.defaults
    told = [
        f"{name.replace('_', ' ')} {_numbers(settings[name])}"
        for name in ("betas", "momentum", "weight_decay")
        if settings.get(name)
    ]
    name = type(optimizer).__name__
    return f"{name} ({', '.join(told)})" if told else name


def _numbers(value: Any) -> str:
    return " and ".join(f"{one:g}" for one in (value if isinstance(value, tuple) else (value,)))


def _pieces(crops: Crops) -> str:
    low, high = crops.scale
    if isinstance(crops, Windows) and crops.square:
        pieces = f"squares of {crops.share:.0%} of the shorter side"
    elif isinstance(crops, Windows):
        pieces = f"pieces of {crops.share:.0%} of both sides"
    elif low == high == 1:
        pieces = "whole pictures"
    else:
        pieces = f"pieces of {low:.0%} to {high:.0%} of the area"
    return f"{pieces}, {crops.mirror:.0%} mirrored" if crops.mirror else pieces


def _millions(module: Any) -> str:
    return f"{_count(module) / 1e6:.2f} M"


def _count(module: Any) -> int:
    return sum(one.numel() for one in module.parameters())
