"""Candidates as they are written on a command line.

METHOD                  one of list_methods(), a network that ships or "auto"
composite               the composite as it is
all                     the composite and every method that is ready to run
NETWORK=WEIGHTS         a network and the file of its weights
LABEL=METHOD            under another name, also LABEL=NETWORK:WEIGHTS
LABEL=DIR               finished pictures
...:OPTION=VALUE        an option of the method, after any of them but a folder; several follow
                        each other: idt:iterations=5:seed=2
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from harmonia._registry import (
    check_options,
    find_method,
    is_network,
    list_ready,
    method_name,
    option_of,
)
from harmonia.evaluation._candidates import COMPOSITE, LABEL, Candidate

ALL = "all"
OPTION = re.compile(r":(?=[A-Za-z_]\w*=)")
FORMS = "METHOD, composite, all, LABEL=METHOD, LABEL=DIR, NETWORK=WEIGHTS or LABEL=NETWORK:WEIGHTS"


def candidates(texts: Iterable[str | Candidate], *, where: str) -> tuple[Candidate, ...]:
    """Those that some texts mean, each once; two of one label are refused."""
    found: list[Candidate] = []
    for text in texts:
        for each in _those_of(text, where):
            if each not in found:
                found.append(each)
    if not found:
        raise ValueError(f"{where}: methods: none is named; write {FORMS}")
    labels: set[str] = set()
    for each in found:
        if each.label.casefold() in labels:  # folders of these names may be one
            raise ValueError(
                f"{where}: methods: two have the label {each.label!r}; write LABEL=METHOD"
            )
        labels.add(each.label.casefold())
    return tuple(found)


def candidate(text: str, *, where: str = "evaluation.candidate") -> Candidate:
    """What one text other than "all" means.

    >>> harmonia.evaluation.candidate("idt:iterations=5").label
    'idt-iterations-5'
    """
    said, *pairs = OPTION.split(text)
    options = dict(map(option_of, pairs))
    label, equals, value = said.partition("=")
    if not equals:
        label, value = _label(text), said
    found = _found(label, value, named=bool(equals), text=text, where=where)
    if not options:
        return found
    if found.method is None:
        what = "the composite" if found.folder is None else "a folder"
        raise ValueError(f"{where}: methods: {text}: {what} has no options")
    if not is_network(method_name(found.method, where=where)):
        check_options(find_method(found.method, where=where), options, where=where)
    return replace(found, options={**found.options, **options})


def _those_of(text: str | Candidate, where: str) -> Iterable[Candidate]:
    if isinstance(text, Candidate):
        return [text]
    if not isinstance(text, str):
        raise TypeError(f"{where}: methods must be texts or Candidates, got {type(text).__name__}")
    if text == ALL:
        return [candidate(name, where=where) for name in (COMPOSITE, *list_ready())]
    return [candidate(text, where=where)]


def _found(label: str, value: str, *, named: bool, text: str, where: str) -> Candidate:
    if value == COMPOSITE:
        return Candidate(label)
    is_file = named and is_network(label) and Path(value).is_file()  # such as issam.safetensors
    if not is_file and (value in ("auto", *list_ready()) or is_network(value)):
        return Candidate(label, value)
    network, colon, weights = value.partition(":")
    if not (colon and is_network(network)):
        network, weights = label, value
    if named and is_network(network) and not Path(weights).is_dir():
        if not Path(weights).is_file():
            raise FileNotFoundError(
                f"{where}: methods: {text}: there is no file or folder {weights}"
            )
        return Candidate(label, network, {"weights": weights})
    if named and Path(value).is_dir():
        return Candidate(label, folder=Path(value))
    if Path(value).is_dir():
        raise ValueError(f"{where}: methods: {text} is a folder and needs a name: LABEL={text}")
    if named and "/" in value:
        raise FileNotFoundError(f"{where}: methods: {text}: there is no folder {value}")
    raise ValueError(
        f"{where}: methods: {text!r} is neither a method nor a folder; write {FORMS}; methods are "
        f"{', '.join(list_ready())}"
    )


def _label(text: str) -> str:
    """That of what has no name of its own: idt:iterations=5 is idt-iterations-5."""
    label = re.sub("[:=]", "-", text)
    return label if LABEL.fullmatch(label) else text
