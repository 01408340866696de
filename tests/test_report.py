"""README.md and the other pages say what benchmarks/results holds, and no figure besides."""

import json
import shutil
from pathlib import Path

import pytest

if not (Path(__file__).parents[1] / "benchmarks" / "report.py").is_file():
    pytest.skip("there is no benchmarks folder beside the tests", allow_module_level=True)

import pages
import report


@pytest.fixture
def results(monkeypatch, tmp_path):
    """A copy of the results, to change."""
    copied = shutil.copytree(report.RESULTS, tmp_path / "results")
    monkeypatch.setattr(report, "RESULTS", copied)
    return copied


def test_pages_and_results_agree():
    assert not report.complaints(), "\n".join(report.complaints())


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("default", {"README.md", "RESULTS.md", "harmonia.md"}),
        ("methods", {"README.md", "RESULTS.md"}),
        ("lut3d", {"README.md", "RESULTS.md", "luts.md"}),
        ("metrics", {"README.md", "RESULTS.md", "metrics.md"}),
        ("nets", {"RESULTS.md", "networks.md"}),
    ],
)
def test_other_results_are_a_difference_of_each_page_that_shows_them(results, name, pages):
    path = results / f"{name}.json"
    document = json.loads(path.read_text())
    document["environment"]["date"] = "2001-02-03"
    for row in document["rows"]:
        row |= {key: row[key] * 3 for key in ("fmse", "minimum") if key in row}
    path.write_text(json.dumps(document))
    found = report.complaints()
    assert {Path(diff.splitlines()[0].removeprefix("--- ")).name for diff in found} == pages
    assert all("\n-" in diff and "\n+" in diff for diff in found)


def test_check_writes_nothing_and_fails_where_a_page_differs(monkeypatch, tmp_path, capsys):
    table = tmp_path / "RESULTS.md"
    table.write_text("# Results\n\nstale\n")
    monkeypatch.setattr(report, "TABLES", table)
    monkeypatch.setattr("sys.argv", ["report.py", "--check"])
    assert report.main() == 1
    assert table.read_text() == "# Results\n\nstale\n"
    assert "\n-stale\n" in capsys.readouterr().out


def test_a_region_is_all_that_is_replaced():
    page = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n"
    assert pages.replaced(page, "x", "new") == page.replace("old", "new")
    with pytest.raises(SystemExit, match="no region between <!-- y:begin -->"):
        pages.replaced(page, "y", "new")


@pytest.mark.parametrize(
    "line",
    [
        "It takes 7 ms a picture.",
        "Three times: 1.5x.",
        "as much as 0.5x, or less",
        "fMSE of 1387 for the composite",
        "It uses 48 MiB.",
        "better in 70 % of them",
        "PSNR is 31.6",
        "within 12,000 ns",
        "30 times as fast",
    ],
)
def test_a_figure_outside_a_region_is_found(line):
    assert pages.loose_figures(f"# Title\n\n{line}\n") == [(3, line)]
    assert not pages.loose_figures(f"<!-- x:begin -->\n{line}\n<!-- x:end -->\n")
    assert not pages.loose_figures(f"```\n{line}\n```\n")


@pytest.mark.parametrize(
    "line",
    [
        "Python 3.11 or newer",
        "at 256 x 256, or 3840x2160",
        "uint8 is 0..255",
        "Reinhard et al. 2001: `--strength 50%`",
        "tables have 2 to 129 nodes, and SSIM agrees to 1e-6",
        "Apache-2.0",
    ],
)
def test_what_is_measured_by_nobody_is_no_figure(line):
    assert not pages.loose_figures(line)
