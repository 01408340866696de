"""Recipes of `synthesize`, read from their files without running them, and what one takes."""

import ast
import inspect
import re
import textwrap
from pathlib import Path

import harmonia

FOLDER = Path(harmonia.__file__).with_name("synthesis")
WIDTH = 80


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("[!_]*.py"))


def listed() -> str:
    """A line for each."""
    return _columns([(name, _docstring(name).partition("\n")[0]) for name in names()])


def described(name: str) -> str:
    """What a recipe reads and makes, and a line for each of its options."""
    from harmonia import _catalogue
    from harmonia.synthesis import _recipes

    opener = _recipes.find(name, where="synthesize")
    said = _said(inspect.getdoc(opener) or "")
    rows = []
    for option in _recipes.options_of(opener).values():
        default = "" if option.default is option.empty else option.default
        values = _catalogue.in_words(option.annotation)
        words = said.get(option.name) or f"{values[:1].upper()}{values[1:]}."
        rows.append((f"{option.name}={default}", words))
    options = f"options, each with its default (--option NAME=VALUE):\n{_columns(rows)}"
    return f"{name}: {_docstring(name)}\n\n{options if rows else 'It has no options.'}"


def _docstring(name: str) -> str:
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
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


def _columns(rows: list[tuple[str, str]]) -> str:
    width = max((len(name) for name, _ in rows), default=0)
    lines = []
    for name, words in rows:
        wrapped = textwrap.wrap(words, max(30, WIDTH - width - 4)) or [""]
        lines.append(f"  {name:<{width}}  {wrapped[0]}".rstrip())
        lines += [" " * (width + 4) + line for line in wrapped[1:]]
    return "\n".join(lines)
