"""Write api/: a page for each public module, one for methods and networks, and one for metrics.

conf.py calls this at each build; the texts are the docstrings.
"""

import importlib
import inspect
import textwrap
from pathlib import Path

from harmonia import _catalogue
from public_api import MODULES, public_names

INDEX = """API reference
=============

Every function has an example. The tests run them all, after these lines:

.. literalinclude:: ../../tests/docstring_names.py
   :start-after: # begin
   :end-before: # end
   :dedent:

Where ``folder`` stands, it is an empty one. Examples about datasets use a small one, and an
evaluation of it:

.. literalinclude:: ../../tests/docstring_names.py
   :start-after: # begin evaluation
   :end-before: # end evaluation
   :dedent:

.. toctree::
   :maxdepth: 1

   methods
   {modules}
"""


def write(folder: Path) -> None:
    """All pages; a page that is the same already keeps its time, so that Sphinx leaves it out."""
    pages = {f"{name}.rst": module_page(name, title) for name, title in MODULES.items()}
    pages["methods.rst"] = methods_page()
    pages["index.rst"] = INDEX.format(modules="\n   ".join(MODULES))
    folder.mkdir(exist_ok=True)
    for stale in set(folder.iterdir()) - {folder / name for name in pages}:
        stale.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def module_page(name: str, title: str) -> str:
    module = importlib.import_module(name)
    parts = [heading(name, "="), f"{title}.", f".. automodule:: {name}\n   :no-members:\n"]
    functions, rest = [], []
    for public in public_names(module):
        value = getattr(module, public)
        if inspect.isclass(value):
            rest.append(class_entry(name, public, value))
        elif inspect.isfunction(value):
            functions.append(f".. autofunction:: {name}.{public}\n")
        elif not inspect.ismodule(value):
            rest.append(f".. py:data:: {name}.{public}\n")
    modules = [one for one in public_names(module) if inspect.ismodule(getattr(module, one))]
    if modules:
        linked = ", ".join(f":doc:`{name}.{one}`" for one in modules)
        parts.append(f"Modules: {linked}.\n")
    return "\n\n".join([*parts, *functions, *rest])


def class_entry(module: str, name: str, value: type) -> str:
    """A class with its public methods; what the standard library gives it is left out."""
    own = [base for base in value.__mro__ if base.__module__.startswith("harmonia")]
    members = {member: base for base in own for member in vars(base) if shown(base, member)}
    directive = "autoexception" if issubclass(value, BaseException) else "autoclass"
    entry = f".. {directive}:: {module}.{name}\n"
    for member in sorted(members):
        is_property = isinstance(inspect.getattr_static(members[member], member), property)
        kind = "autoproperty" if is_property else "automethod"
        entry += f"\n   .. {kind}:: {module}.{name}.{member}\n"
    return entry


def shown(base: type, member: str) -> bool:
    value = inspect.getattr_static(base, member)
    is_method = inspect.isfunction(value) or isinstance(value, property | classmethod)
    return is_method and not member.startswith("_") and bool(value.__doc__)


def methods_page() -> str:
    """What `harmonia methods NAME` tells, of all."""
    entries = _catalogue.catalogue()
    parts = [
        heading("Methods and networks", "="),
        "What ``method`` may be in :func:`harmonia.harmonize`, :func:`harmonia.fit` and "
        ":func:`harmonia.load`, as ``harmonia methods NAME`` tells it. Each takes its options as "
        "keyword arguments.",
        heading("Methods", "-"),
        *(entry_of(entry) for entry in entries if not entry.network),
        heading("Networks", "-"),
        "They need torch and weights, but for ``harmonia``, which ships. Options of all networks "
        "are in :func:`harmonia.load`.",
        *(entry_of(entry) for entry in entries if entry.network),
    ]
    return "\n\n".join(parts) + "\n"


def entry_of(entry: _catalogue.Entry) -> str:
    facts = [f"runs on {' and '.join(one.upper() for one in entry.devices)}"]
    parts = [f".. _method-{entry.name}:", heading(entry.name, "~"), entry.docstring]
    if entry.network:
        variants, _ = _catalogue.weights(entry.name)
        facts.append("variants " + ", ".join(f"``{entry.name}.{tag}``" for tag in variants))
    parts.append(f"*{'; '.join(facts[:1])}*" + "".join(f"; {fact}" for fact in facts[1:]) + ".")
    options = [] if entry.network else _catalogue.options(entry.name)
    if options:
        rows = [("option", "default", "values")]
        rows += [(f"``{one.name}``", f"``{one.default}``", one.values) for one in options]
        parts.append(table(rows))
    return "\n\n".join(parts)


def table(rows: list[tuple[str, ...]]) -> str:
    lines = []
    for row in rows:
        lines += [f"{'* -' if i == 0 else '  -'} {cell}" for i, cell in enumerate(row)]
    return ".. list-table::\n   :header-rows: 1\n\n" + textwrap.indent("\n".join(lines), "   ")


def heading(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}"
