"""Say whether harmonia works here, and with what.

The exit status is 1 where something is broken. What is merely not installed is no fault.
"""

import argparse
from dataclasses import asdict
from typing import Any

from harmonia.cli import _arguments, _console, _table

NOTHING = "not installed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    found = _examine()
    if arguments.json:
        _console.show_json(found)
    else:
        _show(found)
    return 1 if found["problems"] else 0


def _examine() -> dict[str, Any]:
    import platform

    import harmonia
    from harmonia import _diagnosis, _packages

    problems: list[str] = []
    build = _diagnosis.attempt(problems, "build", harmonia.build_info) or {}
    threads = _diagnosis.attempt(problems, "threads", _diagnosis.threads) or (None, "")
    check = _diagnosis.attempt(problems, "self-check", _diagnosis.self_check)
    if check is not None and check.problem:
        problems.append(f"self-check: {check.problem}")
    packages = []
    for package in _packages.PACKAGES:
        version = package.version
        packages.append(asdict(package) | {"version": version, "install": package.install})
        if version is None and package.extra is None:
            problems.append(f"{package.name} is missing: {package.install}")
    formats = _diagnosis.attempt(problems, "image formats", _diagnosis.formats) or []
    variables = _diagnosis.variables()
    return {
        "harmonia": harmonia.__version__,
        "at": harmonia.__path__[0],
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "compiler": build.get("compiler"),
        "instruction_set": build.get("isa"),
        "instruction_sets": build.get("isas", []),
        "threads": threads[0],
        "threads_because": threads[1],
        "cuda": build.get("cuda", {"available": False, "reason": "not asked"}),
        "packages": packages,
        "formats": [asdict(one) for one in formats],
        "video": _diagnosis.attempt(problems, "video", _diagnosis.video),
        "learned": _diagnosis.attempt(problems, "learned data", _diagnosis.learned) or {},
        "variables": {name: value for name, (value, _) in variables.items()},
        "unknown_variables": [name for name, (_, purpose) in variables.items() if not purpose],
        "known_variables": _diagnosis.VARIABLES,
        "self_check": None if check is None else asdict(check),
        "problems": problems,
    }


def _show(found: dict[str, Any]) -> None:
    cuda = found["cuda"]
    _heading(f"harmonia {found['harmonia']}")
    _rows(
        ("at", found["at"]),
        ("Python", f"{found['python']} on {found['platform']}"),
        ("compiler", str(found["compiler"])),
        ("instructions", _or_unknown(found["instruction_set"], "of", found["instruction_sets"])),
        ("threads", _or_unknown(found["threads"], "since", [found["threads_because"]])),
        ("CUDA", "available" if cuda["available"] else f"no: {cuda['reason']}"),
    )
    _heading("\npackages")
    _rows(*(_package_row(package) for package in found["packages"]))
    _heading("\nimage files")
    if found["formats"]:
        _rows(("", "read", "written", ""), *(_format_row(one) for one in found["formats"]))
    _heading("\nvideo files")
    _rows(("ffmpeg", str(found["video"])))
    _heading("\nlearned data")
    _rows(*found["learned"].items())
    _heading("\nenvironment")
    known, given = found["known_variables"], found["variables"]
    rows = [(name, given.get(name, "not set"), known[name]) for name in known]
    rows += [(name, given[name], "unknown to harmonia") for name in found["unknown_variables"]]
    _rows(*rows)
    _heading("\nself-check")
    check = found["self_check"]
    if check is not None:
        _rows(
            ("example", f"{check['milliseconds']:.1f} ms by {check['method']}"),
            ("background", _bytes_changed(check["background_changed"])),
        )
    for problem in found["problems"]:
        _console.show(_console.styled(f"broken: {problem}", "red"))
    if not found["problems"]:
        _console.show(_console.styled("all is well", "green"))


def _package_row(package: dict[str, Any]) -> tuple[str, str, str]:
    here = package["version"] is not None
    cure = "" if here else f": {package['install']}"
    return package["name"], package["version"] or NOTHING, package["purpose"] + cure


def _format_row(one: dict[str, Any]) -> tuple[str, str, str, str]:
    return (
        one["name"],
        ", ".join(one["read"]) or "no",
        ", ".join(one["write"]) or "no",
        f"for more: {one['cure']}" if one["cure"] else "",
    )


def _bytes_changed(count: int) -> str:
    return "every byte as it was" if count == 0 else f"{count} bytes changed"


def _or_unknown(value: object, word: str, more: list[str]) -> str:
    return "unknown" if value is None else f"{value}, {word} {', '.join(more)}"


def _heading(text: str) -> None:
    _console.show(_console.styled(text, "bold"))


def _rows(*rows: tuple[str, ...]) -> None:
    _console.show(_table.table(rows, indent="  "))
