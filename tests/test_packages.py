"""The packages that harmonia names are those that its extras bring."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

from harmonia._packages import PACKAGES, package

PROJECT = tomllib.loads(
    Path(__file__).parents[1].joinpath("pyproject.toml").read_text(encoding="utf-8")
)["project"]


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower()


def test_every_requirement_of_an_extra_is_known_with_one_that_brings_it():
    extras = PROJECT["optional-dependencies"]
    known = {one.name.lower(): one.extra for one in PACKAGES if one.extra}
    for extra, requirements in extras.items():
        for requirement in map(name_of, requirements):
            if extra != "test":
                assert requirement in known, f"{extra} brings {requirement}"
                brings = [name_of(one) for one in extras[known[requirement]]]
                assert requirement in brings


def test_what_every_install_has_is_a_dependency():
    dependencies = {name_of(one) for one in PROJECT["dependencies"]}
    assert {one.name for one in PACKAGES if one.extra is None} <= dependencies


def test_a_version_is_that_of_the_installed_package():
    assert package("numpy").version == importlib.metadata.version("numpy")


def test_the_cure_is_a_command_that_every_shell_takes():
    assert package("tifffile").install == "pip install 'harmonia[tiff]'"
    assert package("numpy").install == "pip install numpy"
