"""What `harmonia train RECIPE --help` says of a recipe."""

from harmonia._packages import TORCH
from harmonia.cli import _recipes

WITHOUT = (
    "To train takes torch: pip install 'harmonia[train]'. With it, this page shows the plan and\n"
    "the options of the recipe."
)


def described(name: str) -> str:
    """Its docstring, its plan and its options."""
    said = f"{name}: {_recipes.docstring(name, _recipes.TRAINING)}"
    try:
        return f"{said}\n\n{_of_torch(name)}"
    except ModuleNotFoundError as error:
        if error.name != TORCH:
            raise
        return f"{said}\n\n{WITHOUT}"


def _of_torch(name: str) -> str:
    import inspect

    from harmonia.training import _recipes as recipes
    from harmonia.training._in_words import plan_in_words

    kind = recipes.recipe_class(name, where="train")
    plan = plan_in_words(recipes.planned(name, {}, where="train"))
    parameters = inspect.signature(kind).parameters.values()
    own = [one for one in parameters if one.kind is one.KEYWORD_ONLY]
    options = _recipes.options(inspect.getdoc(kind) or "", own)
    return f"plan:\n{_recipes.columns(list(plan.items()))}\n\n{options}"
