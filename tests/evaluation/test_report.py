"""The report: what stands on the page is what was measured, and nothing else is asked for."""

import json
import math
import re
import shutil
from dataclasses import replace

import harmonia
import numpy as np
import pytest
from harmonia import datasets, evaluation
from harmonia.comparison.contour import contour
from harmonia.comparison.encoding import jpeg_address
from harmonia.datasets import Dataset, Entry
from harmonia.evaluation._parts import OtherRun
from harmonia.evaluation._plan import at_size
from harmonia.evaluation._report import axes
from harmonia.evaluation._report.numbers import gather
from harmonia.evaluation._report.pictures import MOST, QUALITY, difference
from harmonia.evaluation.cost import Cost, write_costs
from hypothesis import given
from hypothesis import strategies as st
from made_results import make
from miniatures import make_iharmony4
from report_pages import Page

METHODS = ("composite", "mkl", "reinhard", "white_balance")
HOSTILE = '"><script>alert(1)<!--&amp;{{data}}'


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ihd") / "data"
    make_iharmony4(folder)
    return folder


@pytest.fixture(scope="module")
def plan(root):
    dataset = datasets.load("iharmony4", root, split="test")
    return evaluation.plan(dataset, METHODS, size=48, shard_size=2)


@pytest.fixture(scope="module")
def results(plan, tmp_path_factory):
    return evaluation.evaluate_dataset(plan, tmp_path_factory.mktemp("results"), workers=1)


@pytest.fixture(scope="module")
def page(results, plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    return written(results, path, plan=plan)


def written(results, path, **options):
    evaluation.report(results, path, **options)
    return Page(path.read_text(encoding="utf-8"))


def copied(results, folder):
    shutil.copytree(results.folder, folder)
    return folder


def test_the_numbers_of_the_page_are_those_of_the_rows(results, page):
    assert page.data["labels"] == list(METHODS)
    assert list(page.data["metrics"]) == list(results.metrics)
    for label in METHODS:
        for place, row in enumerate(results.rows(label)):
            assert page.data["numbers"][place] == row.number
            assert page.data["names"][place] == row.name
            assert page.data["subsets"][place] == row.subset
            assert page.data["foreground"][place] == float(f"{row.foreground:.7g}")
            for metric, value in zip(results.metrics, row.values, strict=True):
                assert page.value(label, metric, place) == float(f"{value:.7g}")
    assert len(page.data["names"]) == results.samples


def test_tables_hold_the_means_of_the_rows(results, page):
    for label in METHODS:
        summary = harmonia.metrics.summarize(results.scores(label))
        assert f"{label} {summary['All']['mse'].mean:.2f}" in page.text
        subset = [row for row in results.rows(label) if row.subset == "HCOCO"]
        fmse = results.metrics.index("fmse")
        assert f"{label} {np.mean([row.values[fmse] for row in subset]):.2f}" in page.text


def test_the_head_says_what_was_measured(results, page):
    run = json.loads((results.folder / "run.json").read_text())
    for said in (run["list"], "9 samples in all", "48 x 48", "the peak of PSNR is 255"):
        assert said in page.text
    assert "Before you read on" not in page.source


def test_nothing_is_asked_of_the_network(page):
    wanted = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src"
    [policy] = [meta["content"] for meta in page.all("meta") if "http-equiv" in meta]
    assert policy.startswith(wanted)
    addresses = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action", "poster", "data", "xlink:href")
    ]
    assert addresses
    assert all(address.startswith(("data:image/jpeg;base64,", "#")) for address in addresses)
    assert page.all("link") == page.all("iframe") == page.all("base") == []
    code = "".join(raw for kind, raw in page.raw if kind != "application/json")
    assert not re.search(r"https?:|//\w+\.|url\(|@import|fetch\(|XMLHttp|import\(", code)


def test_every_link_within_the_page_has_its_place(page):
    places = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert {link["href"] for link in page.all("a")} <= {f"#{place}" for place in places}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    code = "".join(raw for kind, raw in page.raw if kind == "script")
    assert set(re.findall(r'find\("([\w-]+)"\)', code)) <= places


def test_best_and_worst_cases_are_those_of_the_rows(results, page):
    fmse = results.metrics.index("fmse")
    chosen = {}
    number = None
    for tag, attributes in page.elements:
        if tag == "details" and attributes.get("class") == "case":
            number = int(attributes["data-number"])
        for label in attributes.get("data-labels", "").split():
            chosen.setdefault((label, attributes["data-kind"]), set()).add(number)
    assert {label for label, _ in chosen} == set(METHODS[1:])
    for label in METHODS[1:]:
        values = {row.number: row.values[fmse] for row in results.rows(label)}
        ordered = sorted(values, key=values.get)
        assert chosen[label, "best"] == set(ordered[:2])
        assert chosen[label, "worst"] == set(ordered[-2:])


def test_disagreed_cases_are_farthest_from_the_median(results, plan, tmp_path):
    page = written(results, tmp_path / "report.html", plan=plan, cases=1)
    fmse = results.metrics.index("fmse")
    values = np.array([[row.values[fmse] for row in results.rows(m)] for m in METHODS[1:]])
    apart = abs(np.log(values + 1) - np.median(np.log(values + 1), axis=0))
    said = dict(
        re.findall(
            r'id="case-(\d+)"(?:(?!</details>).)*?"disagreed" data-labels="([^"]+)"', page.source
        )
    )
    found = {(label, int(number)) for number, labels in said.items() for label in labels.split()}
    wanted = zip(METHODS[1:], apart, strict=True)
    assert found == {(label, row.argmax()) for label, row in wanted if row.max() > 0}
    assert found


def codes(pixels):
    return np.rint(255.0 * pixels.clip(0, 1))


def sized(plan, number):
    return at_size(plan.dataset[number], plan.size, plan.protocol)


def test_pictures_are_what_the_methods_give(plan, page):
    name, sample = plan.dataset.entry(0).name, sized(plan, 0)
    output = codes(harmonia.harmonize(sample.composite, sample.mask, "mkl"))
    real = codes(sample.real)
    apart = difference(output.astype(np.uint8), real.astype(np.uint8))
    for said, pixels in (
        (f"mkl, {name}", output),
        (f"real, {name}", real),
        (f"difference of mkl to the real, {name}", apart),
    ):
        assert page.pictures()[said] == jpeg_address(pixels.astype(np.uint8), QUALITY)


def test_the_contour_lies_around_the_foreground(plan, page):
    sample = sized(plan, 0)
    shown = page.picture(f"composite, {plan.dataset.entry(0).name}")
    added = (shown - codes(sample.composite)) @ [1, -1, 0]  # red less green
    near = contour(sample.mask, sample.mask.shape, 1.0) > 0.5
    assert near.any()
    assert added[near].mean() > 60
    assert abs(added[~near].mean()) < 20  # what JPEG spreads of it


def test_a_difference_is_black_for_none_and_white_for_much():
    real = np.zeros((1, 4, 3), np.uint8)
    output = np.array([[[0] * 3, [MOST // 4] * 3, [MOST] * 3, [255] * 3]], np.uint8)
    found = difference(output, real)
    assert found[0].tolist() == [[0, 0, 0], [60, 15, 110], [255] * 3, [255] * 3]


def test_pictures_keep_their_budget(results, plan, tmp_path):
    def report(budget):
        found = written(results, tmp_path / f"{budget}.html", plan=plan, budget=budget)
        return found, sum(map(len, found.pictures().values()))

    whole, taken = report(1)
    assert "found no room" not in whole.text
    cases = whole.source.count('class="case"')
    part, taken_of_part = report(taken / 3 / 2**20)
    left = part.source.count('class="case"')
    assert 0 < left < cases
    assert taken_of_part <= taken / 3
    assert f"{cases - left} more found no room" in part.text
    none, taken_of_none = report(0)
    assert taken_of_none == 0
    assert f"{cases} more found no room" in none.text


def test_the_same_call_writes_the_same_bytes(results, plan, tmp_path, page):
    path = tmp_path / "report.html"
    again = written(results, path, plan=plan)
    where = re.compile(r"<pre>.*?</pre>", re.DOTALL)
    assert where.sub("", again.source) == where.sub("", page.source)


def test_without_a_plan_there_are_no_pictures(results, tmp_path):
    page = written(results.folder, tmp_path / "report.html")
    assert page.pictures() == {}
    assert page.all("details") == [{}] * len(page.all("details"))
    assert "There are no pictures" in page.text


def test_what_is_missing_is_said_first(results, tmp_path):
    folder = copied(results, tmp_path / "part")
    (folder / "rows" / "mkl" / "00001.csv").unlink()
    shutil.rmtree(folder / "rows" / "reinhard")
    page = written(folder, tmp_path / "report.html")
    cautions = page.text.partition("dataset ")[0]
    assert "2 of 9 samples are missing of mkl" in cautions
    assert "Nothing has been measured yet of reinhard." in cautions
    assert "not over the same samples" in cautions
    assert page.data["labels"] == ["composite", "mkl", "white_balance"]
    for place, number in enumerate(page.data["numbers"]):
        assert (page.value("mkl", "mse", place) is None) == (number in (2, 3))
        assert page.value("composite", "mse", place) is not None


def test_failures_are_said_with_their_reasons(results, tmp_path):
    failed = evaluation.Failure("c9_9_9", OSError("the file <is> cut"), "mkl")
    known = evaluation.Results(results.folder, (failed,))
    page = written(known, tmp_path / "report.html")
    assert "mkl of c9_9_9 failed: the file <is> cut" in page.text


def test_a_sample_that_cannot_be_read_leaves_the_others(results, plan, tmp_path):
    def entry_of(line):
        entry = plan.dataset._entry_of(line)
        return replace(entry, real=tmp_path / "none.png") if entry.name == worst else entry

    fmse = results.metrics.index("fmse")
    worst = max(results.rows("mkl"), key=lambda row: row.values[fmse]).name
    broken = Dataset(plan.dataset.name, plan.dataset.lines, entry_of)
    page = written(results, tmp_path / "report.html", plan=replace(plan, dataset=broken))
    assert "1 samples that were chosen as cases could not be read" in page.text
    assert "none.png" in page.text
    assert page.pictures()


def test_names_are_text_and_never_markup(root, tmp_path):
    dataset = datasets.load("iharmony4", root, split="test")
    entries = [dataset.entry(number) for number in range(4)]

    def entry_of(line):
        at = int(line.partition(" ")[0])
        return Entry(f"{at}{HOSTILE}", *_files(entries[at]), HOSTILE)

    hostile = Dataset(f"of {HOSTILE}", [f"{at} {HOSTILE}" for at in range(4)], entry_of)
    plan = evaluation.plan(hostile, METHODS[:3], size=32)
    results = evaluation.evaluate_dataset(plan, tmp_path / "results", workers=1)
    page = written(results, tmp_path / "report.html", plan=plan)
    assert len(page.all("script")) == 2
    assert not any(name.startswith("on") for _, each in page.elements for name in each)
    assert f"Evaluation: of {HOSTILE}" in page.text
    assert page.data["names"] == [f"{at}{HOSTILE}" for at in range(4)]
    assert page.data["subsets"] == [HOSTILE] * 4
    assert f"mkl, 0{HOSTILE}" in page.pictures()


def _files(entry):
    return entry.composite, entry.mask, entry.real


def test_infinite_and_undefined_numbers_are_kept_apart(results, tmp_path):
    folder = copied(results, tmp_path / "odd")
    path = folder / "rows" / "mkl" / "00000.csv"
    head, first, second = path.read_text().splitlines()
    fixed = 4
    odd = ["inf", "nan", "-inf"]
    changed = [",".join([*first.split(",")[:fixed], *odd, *first.split(",")[fixed + 3 :]])]
    path.write_text("\n".join([head, *changed, second]) + "\n")
    page = written(folder, tmp_path / "report.html")
    found = [page.value("mkl", metric, 0) for metric in results.metrics[:3]]
    assert found[0] == math.inf
    assert math.isnan(found[1])
    assert found[2] == -math.inf
    for chart in page.all("path"):
        assert "nan" not in chart["d"]
    places = [value for _, each in page.elements for key, value in each.items() if key in "cxcyd"]
    assert not any("inf" in place or "nan" in place for place in places)


def test_gains_are_paired_and_signed_so_that_more_is_better(results):
    numbers = gather(results)
    for metric, sign in (("mse", -1), ("psnr", 1)):
        at = results.metrics.index(metric)
        composite, mkl = (
            np.array([row.values[at] for row in results.rows(label)])
            for label in ("composite", "mkl")
        )
        assert numbers.gains("mkl", metric) == (sign * (mkl - composite)).tolist()


def test_another_plan_is_refused(results, plan, tmp_path):
    other = replace(plan, dataset=plan.dataset[:3])
    with pytest.raises(OtherRun, match=r"plan: is of another samples"):
        evaluation.report(results, tmp_path / "report.html", plan=other)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"metric": "lpips"}, "metric must be one that was measured, mse, "),
        ({"cases": -1}, "cases must be 0 or more, got -1"),
        ({"budget": math.nan}, "budget must be a number of MiB, got nan"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(results, tmp_path, options, said):
    with pytest.raises(ValueError, match=said):
        evaluation.report(results, tmp_path / "report.html", **options)


def test_a_file_that_is_there_is_kept(results, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="is there already"):
        evaluation.report(results, path)
    assert path.read_text() == "mine"
    evaluation.report(results, path, overwrite=True)
    with pytest.raises(ValueError, match=r"must end in \.html"):
        evaluation.report(results, tmp_path / "report.pdf")
    with pytest.raises(FileNotFoundError, match="make it first"):
        evaluation.report(results, tmp_path / "none" / "report.html")


finite = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(finite, max_size=20))
def test_a_linear_axis_holds_its_values_between_round_ends(values):
    axis = axes.linear(values)
    assert axis.low < axis.high
    places = [axis.at(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 12
    assert all(axis.low - 1e-6 * abs(axis.low) <= tick for tick in ticks)


@given(st.lists(st.floats(0, 1e9) | st.just(math.inf), max_size=20))
def test_a_logarithmic_axis_takes_zero_and_infinity(values):
    axis = axes.logarithmic(values)
    assert 0 < axis.low < axis.high < math.inf
    places = [axis.at(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)
    assert len(axis.ticks()) >= 2


def test_costs_are_drawn_where_they_were_measured(results, tmp_path):
    folder = copied(results, tmp_path / "timed")
    one = Cost(48, 1, 0.25, 0.2, 0.5, 5, 1.5, None, None, None, "cpu", "a machine", 2, {})
    slow = replace(one, threads=2, ms=7.0)
    write_costs(folder, {"mkl": [one, slow], "reinhard": [replace(one, ms=30.0)]})
    page = written(folder, tmp_path / "report.html")
    assert "A picture of 48 x 48 without its files, on 1 thread of a machine." in page.text
    mean = harmonia.metrics.summarize(results.scores("mkl"))["All"]["mse"].mean
    assert f"<title>mkl: 0.25 ms, MSE {mean:.2f}</title>" in page.source
    assert "<title>reinhard: 30 ms, " in page.source
    assert "<title>white_balance: " not in page.source.partition("Time against quality")[2]
    without = written(results, tmp_path / "without.html")
    assert "Time against quality" not in without.text


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, {"CDTNet-256 (2022)"}),
        ({"protocol": "cdtnet-2048"}, {"CDTNet-512 (released weights) (2023)"}),
        ({"protocol": "cdtnet-512"}, set()),
        ({"protocol": "harmonia-1024"}, set()),
        ({"measured": {"mkl": 2159}}, set()),
    ],
    ids=["1024", "2048", "size", "protocol", "an image less"],
)
def test_published_rows_stand_apart_with_their_sources_where_they_are_comparable(
    tmp_path, changed, wanted
):
    folder = tmp_path / "results"
    options = {"protocol": "cdtnet-1024", "metrics": ["mse", "psnr"]} | changed
    make(folder, {"HAdobe5k": 2160}, ["mkl"], dataset="hadobe5k", **options)
    source = written(folder, tmp_path / "report.html").source
    measured, _, rest = source.partition('<tbody class="published">')
    apart, _, below = rest.partition("</tbody>")
    labels = dict(re.findall(r'<th scope="row">(.*?)<sup>(.*?)</sup></th>', apart))
    sources = dict(re.findall(r"<li><sup>(.*?)</sup> published: (.*?)</li>", below))
    assert set(labels) == wanted
    assert set(labels.values()) == set(sources)
    assert all("CDTNet" in said for said in sources.values())
    assert "CDTNet" not in measured
    assert '<span class="interval">' not in apart  # papers say none
    if not changed:
        assert re.findall(r'<span class="mean">(.*?)</span>', apart) == ["21.24", "38.77"]
