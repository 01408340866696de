"""List the methods: what each does, what it needs, and where it runs.

harmonia methods               all of them
harmonia methods reinhard      what one does, where it is weak, and its options
"""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harmonia.cli import _arguments, _console, _table

if TYPE_CHECKING:
    from harmonia._catalogue import Entry

SHOWN = {"cpu": "CPU", "cuda": "CUDA"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("method", nargs="?", metavar="NAME", help="the method to tell all about")
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    from harmonia import _catalogue, _registry

    if arguments.method is not None:
        name = arguments.method
        if _registry.is_network(name):
            name = name.partition(".")[0]
        else:
            name = _registry.method_name(name, where="NAME")
        _show_one(_catalogue.describe(name), arguments.json)
        return
    entries = _catalogue.catalogue()
    if arguments.json:
        _console.show_json([_as_data(entry) for entry in entries])
        return
    rows = [("method", "needs", "runs on", "what it does")]
    for entry in entries:
        star = " *" if entry.default_on else ""
        rows.append((entry.name + star, _needs(entry), _devices(entry), entry.summary))
    _console.show(_table.table(rows))
    defaults = {device: entry.name for entry in entries for device in entry.default_on}
    other = _registry.method_name("auto", where="methods", reference=True)
    _console.show(
        f"\n* the default, --method auto: {defaults['cpu']}, or {other} with a --reference"
    )
    _console.say("`harmonia methods NAME` tells all about one of them")


def _show_one(entry: "Entry", json: bool) -> None:
    from harmonia import _catalogue, _packages

    options = [] if entry.missing else _catalogue.options(entry.name)
    runs = entry.network and _catalogue.has_torch()
    variants, published = _catalogue.weights(entry.name) if runs else ([], [])
    if json:
        found: dict[str, Any] = {"options": [asdict(option) for option in options]}
        if runs:
            found |= {"variants": variants, "weights": [one._asdict() for one in published]}
        _console.show_json(_as_data(entry) | found)
        return
    _console.show(f"{_console.styled(entry.name, 'bold')}\n\n{entry.docstring}\n")
    for name in entry.missing:
        _console.show(f"It needs {name}, which is not installed: {_packages.package(name).install}")
    facts = [("needs", _needs(entry)), ("runs on", _devices(entry))]
    if variants:
        facts.append(("variants", ", ".join(f"{entry.name}.{variant}" for variant in variants)))
    facts += [("weights", f"{one.file} from {one.page} ({one.licence})") for one in published]
    if entry.default_on:
        facts.append(("default", "on " + ", ".join(SHOWN[device] for device in entry.default_on)))
    _console.show(_table.table(facts))
    if options:
        rows = [("option", "default", "values")]
        rows += [(option.name, str(option.default), option.values) for option in options]
        first = next((one for one in options if one.default is not None), options[0])
        _console.show(f"\n{_table.table(rows)}")
        unsaid = first.default in (None, _catalogue.NEEDED)
        value = "VALUE" if unsaid else first.default
        _console.show(f"\nSet with: --method {entry.name} --set {first.name}={value}")
    elif not entry.missing:
        _console.show("\nIt has no options to --set.")


def _as_data(entry: "Entry") -> dict[str, Any]:
    return asdict(entry) | {"installed": not entry.missing}


def _needs(entry: "Entry") -> str:
    needs = [f"{one} (missing)" if one in entry.missing else one for one in entry.needs]
    needs += ["weights"] if entry.network and not entry.bundled else []
    return ", ".join(needs) or "nothing"


def _devices(entry: "Entry") -> str:
    return ", ".join(SHOWN[device] for device in entry.devices)
