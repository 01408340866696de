"""What the figures were measured on."""

from __future__ import annotations

import datetime
import importlib.metadata
import importlib.util
import json
import os
import platform
from pathlib import Path
from typing import Any

PEERS = ("numpy", "opencv-python-headless", "scikit-image", "color-matcher", "torch", "kornia")


def environment(peers: tuple[str, ...] = PEERS) -> dict[str, Any]:
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": cpu_name(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "peers": {name: version(name) for name in peers},
        "harmonia": harmonia_build(),
        "load": [round(one, 2) for one in os.getloadavg()],
    }


def cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def harmonia_build() -> dict[str, Any]:
    if not importlib.util.find_spec("harmonia"):
        return {}
    import harmonia

    return {key: value for key, value in harmonia.build_info().items() if key != "cuda"}


def write_results(path: Path, before: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """One row a line, so that a diff shows which figures moved."""
    head = {**before, "load_after": environment()["load"]}
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    path.write_text(f'{{"environment": {json.dumps(head)},\n "rows": [\n{lines}\n ]}}\n')


def others(
    path: Path, environment: dict[str, Any], rows: list[dict[str, Any]], fields: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Rows of an earlier run on this machine whose whole group was left out of this one."""
    if not path.exists():
        return []
    earlier = json.loads(path.read_text())
    same = ("cpu", "peers", "date", "clock")
    if any(earlier["environment"].get(key) != environment.get(key) for key in same):
        return []

    def group(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[field] for field in fields)

    measured_now = {group(row) for row in rows}
    return [row for row in earlier["rows"] if group(row) not in measured_now]
