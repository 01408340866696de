"""Recipes of `synthesize` and of `train`, read from their files without running them, and what one
takes.
"""

import ast
import inspect
import re
import textwrap
from pathlib import Path

import harmonia

PACKAGE = Path(harmonia.__file__).parent
SYNTHESIS, TRAINING = PACKAGE / "synthesis", PACKAGE / "training" / "recipes"
WIDTH = 80


def names(folder: Path = SYNTHESIS) -> list[str]:
    return sorted(path.stem for path in folder.glob("[!_]*.py"))


def listed(folder: Path = SYNTHESIS) -> str:
    """A line for each."""
    rows = [(name, docstring(name, folder).partition("\n")[0]) for name in names(folder)]
    return columns(rows)


def described(name: str) -> str:
    """What a recipe of `synthesize` reads and makes, and a line for each of its options."""
    from harmonia.synthesis import _recipes

    opener = _recipes.find(name, where="synthesize")
    found = options(inspect.getdoc(opener) or "", list(_recipes.options_of(opener).values()))
    return f"{name}: {docstring(name)}\n\n{found}"


def options(docstring: str, parameters: list[inspect.Parameter]) -> str:
    """A line for each, with its default and with what the docstring says of it."""
    from harmonia import _catalogue

    said = _said(docstring)
    rows = []
    for option in parameters:
        default = "" if option.default is option.empty else option.default
        values = _catalogue.in_words(option.annotation)
        words = said.get(option.name) or f"{values[:1].upper()}{values[1:]}."
        rows.append((f"{option.name}={default}", words))
    if not rows:
        return "It has no options."
    return f"options, each with its default (--option NAME=VALUE):\n{columns(rows)}"


def docstring(name: str, folder: Path = SYNTHESIS) -> str:
    source = (folder / f"{name}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


def _said(docstring: str) -> dict[str, str]:
    """What a docstring has below each name in its Parameters."""
    _, _, parameters = docstring.partition("Parameters\n----------\n")
    said: dict[str, str] = {}
    names: list[str] = []
    for line in parameters.splitlines():
        if re.match(r"\w", line):
            names = [name.strip() for name in line.partition(":")[0].split(",")]
        elif line.startswith("    "):
            for name in names:
                said[name] = f"{said.get(name, '')} {line.strip()}".strip()
        elif names and line:
            break
    return said


def columns(rows: list[tuple[str, str]]) -> str:
    width = max((len(name) for name, _ in rows), default=0)
    lines = []
    for name, words in rows:
        wrapped = textwrap.wrap(words, max(30, WIDTH - width - 4)) or [""]
        lines.append(f"  {name:<{width}}  {wrapped[0]}".rstrip())
        lines += [" " * (width + 4) + line for line in wrapped[1:]]
    return "\n".join(lines)
