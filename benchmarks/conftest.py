"""Settings that must hold before any peer is imported, and the option that keeps results."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # OpenMP peers must not spin beside us

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--save-results",
        action="store_true",
        help="write benchmarks/results/NAME.json, which report.py reads",
    )
    parser.addoption(
        "--rounds", type=int, default=15, help="rounds in which the implementations take turns"
    )
