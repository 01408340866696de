"""Write the recipes into training.md, as their docstrings and plans have them.

python docs/make_training.py; with --check it fails when the page is not what it would write.
"""

import argparse
import inspect
import sys
from pathlib import Path

from harmonia.training import _recipes, list_recipes
from harmonia.training._in_words import plan_in_words

PAGE = Path(__file__).parent / "training.md"
BEGIN, END = "<!-- recipes:begin -->\n", "<!-- recipes:end -->\n"
COLUMNS = ("batch", "epochs", "learning rate", "samples")


def page() -> str:
    """The page as it is, with the recipes as they are."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{recipes()}{END}{after}"


def recipes() -> str:
    plans = {
        name: plan_in_words(_recipes.planned(name, {}, where="docs")) for name in list_recipes()
    }
    rows = [["recipe", *COLUMNS], ["---"] * (1 + len(COLUMNS))]
    rows += [[f"`{name}`", *(plan[column] for column in COLUMNS)] for name, plan in plans.items()]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return "\n\n".join([table, *(section(name, plan) for name, plan in plans.items())]) + "\n"


def section(name: str, plan: dict[str, str]) -> str:
    kind = _recipes.recipe_class(name, where="docs")
    said = inspect.getdoc(sys.modules[kind.__module__]) or ""
    others = [f"- {what}: {words}" for what, words in plan.items() if what not in COLUMNS]
    options = ", ".join(f"`{option}`" for option in _recipes.parameters(kind))
    return "\n".join([f"### {name}\n", f"{said}\n", *others, f"- options: {options}"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    wanted = page()
    if parser.parse_args().check:
        return int(PAGE.read_text(encoding="utf-8") != wanted)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
