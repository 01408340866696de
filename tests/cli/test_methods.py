"""harmonia methods: what there is, what it needs, and how it is set."""

import json

import harmonia
import pytest
from harmonia import _catalogue, _packages, cli


def test_every_method_is_a_line_with_its_summary(capsys):
    assert cli.main(["methods"]) == 0
    shown = capsys.readouterr().out
    for entry in _catalogue.catalogue():
        (line,) = [line for line in shown.splitlines() if line.split()[:1] == [entry.name]]
        assert entry.summary in line


def test_columns_stand_below_each_other(capsys):
    cli.main(["methods"])
    lines = capsys.readouterr().out.splitlines()
    place = lines[0].index("runs on")
    rows = lines[1 : lines.index("")]
    assert {line[place : place + 3] for line in rows} == {"CPU"}


def test_the_defaults_are_starred_and_named(capsys):
    cli.main(["methods"])
    shown = capsys.readouterr().out
    assert "harmonia *" in shown
    assert shown.splitlines()[-1].startswith("* the default, --method auto: harmonia")


def test_one_method_is_told_with_its_options(capsys):
    assert cli.main(["methods", "idt"]) == 0
    shown = capsys.readouterr().out
    assert "F. Pitie, A. Kokaram, R. Dahyot" in shown
    assert "regrain     True     True or False" in shown
    assert shown.endswith("--method idt --set iterations=10\n")


def test_what_has_no_options_says_so(capsys):
    cli.main(["methods", "mkl"])
    assert capsys.readouterr().out.endswith("It has no options to --set.\n")


def test_auto_is_the_default_one(capsys):
    cli.main(["methods", "auto", "--json"])
    assert json.loads(capsys.readouterr().out)["name"] == "harmonia"


def test_a_variant_is_told_of_as_its_network(capsys):
    cli.main(["methods", "issam.256", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["name"], found["network"]) == ("issam", True)
    assert ("variants" in found) == found["installed"]


def test_a_network_without_torch_says_how_to_get_it(capsys, monkeypatch):
    monkeypatch.setattr(_packages.Package, "version", None)
    assert cli.main(["methods", "issam"]) == 0
    shown = capsys.readouterr().out
    assert "It needs torch, which is not installed: pip install 'harmonia[torch]'" in shown
    assert "torch (missing), weights" in shown
    assert "--set" not in shown


def test_json_lists_all(capsys):
    assert cli.main(["methods", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found] == [*harmonia.list_methods(), *harmonia.list_networks()]
    reinhard = next(one for one in found if one["name"] == "reinhard")
    assert reinhard["installed"] is True
    assert reinhard["devices"] == ["cpu", "cuda"]


def test_a_mistyped_name_is_one_sentence(capsys):
    assert cli.main(["methods", "reinhart"]) == 1
    said = capsys.readouterr().err
    assert "unknown method 'reinhart'; did you mean 'reinhard'?" in said
    assert said.count("\n") == 1


def test_a_terminal_gets_lines_that_fit(capsys, monkeypatch):
    import sys

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    cli.main(["methods"])
    table = capsys.readouterr().out.partition("\n\n")[0]
    assert max(map(len, table.splitlines())) <= 80


@pytest.mark.parametrize("name", harmonia.list_methods())
def test_every_method_can_be_asked_for(name, capsys):
    assert cli.main(["methods", name]) == 0
    assert capsys.readouterr().out.startswith(f"{name}\n\n")
