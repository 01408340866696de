"""Tables of results: what stands where, and what is said below."""

import math
from dataclasses import replace

import numpy as np
import pytest
from harmonia.evaluation import Results, tables
from harmonia.evaluation.tables import Cell, Column
from harmonia.evaluation.tables._model import letters, ranked, shown
from harmonia.metrics import Scores, find_protocol, summarize
from hypothesis import given
from hypothesis import strategies as st
from made_results import IHARMONY4, make

LITTLE = {"HFlickr": 7, "HCOCO": 12, "Hday2night": 3}


def mean_of(rows, at, wanted=lambda row: True):
    """The plain mean of a metric over the rows that are wanted."""
    values = [row.values[at] for row in rows if wanted(row)]
    return sum(values) / len(values)


def column(table, group, head):
    return next(
        at for at, each in enumerate(table.columns) if (each.group, each.head) == (group, head)
    )


def line(table, label):
    return next(each for each in table.lines if each.label == label)


def cell(table, label, group, head):
    return line(table, label).cells[column(table, group, head)]


def heads(table):
    return [(each.group, each.head) for each in table.columns]


# --- means


def test_means_are_those_of_the_images_of_a_sub_dataset(tmp_path):
    rows = make(tmp_path, LITTLE)
    found = tables.table(tmp_path, layout="subsets")
    groups = ["HCOCO", "HFlickr", "Hday2night", "All"]  # in the order of papers
    assert heads(found) == [(group, head) for group in groups for head in ("MSE", "fMSE", "PSNR")]
    assert [each.label for each in found.lines] == ["composite", "mkl"]
    for label, mine in rows.items():
        for group in groups:
            for at, head in enumerate(("MSE", "fMSE", "PSNR")):
                value = cell(found, label, group, head)
                wanted = [row for row in mine if group in ("All", row.subset)]
                assert value.value == pytest.approx(mean_of(wanted, at), rel=1e-12)
                assert value.images == len(wanted)


def test_intervals_are_those_of_summarize(tmp_path):
    rows = make(tmp_path, LITTLE)
    found = cell(tables.table(tmp_path), "mkl", "All", "MSE")
    scores = [Scores({"mse": row.values[0]}, protocol="") for row in rows["mkl"]]
    mean = summarize(scores)["All"]["mse"]
    assert (found.low, found.high) == (mean.low, mean.high)
    assert found.low < found.value < found.high


def test_without_intervals_means_are_the_same(tmp_path):
    make(tmp_path, LITTLE)
    found, bare = (tables.table(tmp_path, intervals=with_them) for with_them in (True, False))
    assert not bare.has_intervals
    assert found.has_intervals
    for mine, other in zip(found.lines, bare.lines, strict=True):
        assert [one.value for one in mine.cells] == [one.value for one in other.cells]


def test_one_image_has_no_interval(tmp_path):
    make(tmp_path, {"HCOCO": 5, "HFlickr": 1})
    found = tables.table(tmp_path)
    assert cell(found, "mkl", "HFlickr", "MSE").interval == ""
    assert cell(found, "mkl", "HCOCO", "MSE").interval != ""


@pytest.mark.parametrize(
    ("layout", "edges"),
    [("foreground", (0, 0.05, 0.15, 1)), ("foreground-rainnet", (0, 0.05, 0.15, 0.3, 1))],
)
def test_bins_hold_the_images_of_their_share_of_foreground(tmp_path, layout, edges):
    rows = make(tmp_path, {"HCOCO": 300})["mkl"]
    found = tables.table(tmp_path, layout=layout, intervals=False)
    names = [f"{100 * low:.0f}-{100 * high:.0f}%" for low, high in zip(edges, edges[1:])]  # noqa: B905, RUF007
    assert list(dict.fromkeys(group for group, _ in heads(found))) == [*names, "All"]
    for low, high, name in zip(edges, edges[1:], names):  # noqa: B905
        inside = [row for row in rows if low < row.foreground <= high]
        assert cell(found, "mkl", name, "MSE").images == len(inside)
        assert cell(found, "mkl", name, "MSE").value == pytest.approx(mean_of(inside, 0), rel=1e-12)


def test_infinite_and_undefined_values_are_left_out_and_said(tmp_path):
    def values(label, number):
        fmse = math.nan if number == 2 else 10.0
        return [10.0, fmse, math.inf if number in (0, 5) else 30.0 + number]

    make(tmp_path, {"HCOCO": 8}, values=values)
    found = tables.table(tmp_path, layout="all")
    psnr, fmse, mse = (cell(found, "mkl", "All", head) for head in ("PSNR", "fMSE", "MSE"))
    assert psnr.value == np.mean([31.0, 32.0, 33.0, 34.0, 36.0, 37.0])
    assert (psnr.images, psnr.infinite, psnr.undefined) == (6, 2, 0)
    assert (fmse.images, fmse.infinite, fmse.undefined) == (7, 0, 1)
    said = {note.mark: note.text for note in found.notes}
    assert [said[mark] for mark in psnr.marks] == [
        "2 of 8 images are left out, as their PSNR is infinite"
    ]
    assert [said[mark] for mark in fmse.marks] == [
        "1 of 8 images are left out, as their fMSE is undefined"
    ]
    assert mse.marks == ()


def test_a_metric_without_any_value_has_an_empty_cell_and_its_note(tmp_path):
    make(tmp_path, {"HCOCO": 3}, values=lambda label, number: [1.0, 1.0, math.inf])
    found = tables.table(tmp_path, layout="all")
    assert cell(found, "mkl", "All", "PSNR").is_empty
    for write in (tables.text, tables.markdown, tables.latex, tables.csv, tables.html):
        assert "3 of 3 images are left out" in write(found)


# --- what is missing


def test_what_is_not_measured_is_said_and_nothing_is_best(tmp_path):
    make(tmp_path, {"HCOCO": 450}, measured={"mkl": 300})
    found = tables.table(tmp_path, intervals=False)
    assert "300 of 450 measured: mkl" in found.remarks
    assert not found.has_ranks
    assert cell(found, "mkl", "HCOCO", "MSE").images == 300
    for write in (tables.text, tables.markdown, tables.latex, tables.html):
        assert "300 of 450 measured: mkl" in write(found)


def test_methods_that_lack_the_same_images_are_comparable(tmp_path):
    make(tmp_path, {"HCOCO": 450}, measured={"mkl": 200, "composite": 200})
    found = tables.table(tmp_path, intervals=False)
    assert found.remarks == ("200 of 450 measured: composite, mkl",)
    assert found.has_ranks


def test_a_method_without_any_rows_has_an_empty_line(tmp_path):
    make(tmp_path, {"HCOCO": 4}, measured={"mkl": 0})
    found = tables.table(tmp_path)
    assert all(one.is_empty for one in line(found, "mkl").cells)
    assert "0 of 4 measured: mkl" in found.remarks


def test_nothing_measured_at_all_is_an_error_that_says_so(tmp_path):
    make(tmp_path, {"HCOCO": 4}, measured={"mkl": 0, "composite": 0})
    with pytest.raises(ValueError, match="0 of 4 are measured"):
        tables.table(tmp_path)


# --- best and second best


def test_the_best_are_marked_by_what_is_better_for_the_metric(tmp_path):
    amounts = {"a": 1.0, "b": 2.0, "c": 3.0}
    make(tmp_path, {"HCOCO": 3}, list(amounts), values=lambda label, number: [amounts[label]] * 3)
    found = tables.table(tmp_path, layout="all")
    ranks = {
        head: [cell(found, label, "All", head).rank for label in amounts]
        for head in ("MSE", "PSNR")
    }
    assert ranks == {"MSE": [1, 2, 0], "PSNR": [0, 2, 1]}


@given(
    st.lists(st.one_of(st.just(math.nan), st.floats(-1e6, 1e6)), min_size=1, max_size=8),
    st.sampled_from(["lower", "higher"]),
    st.sampled_from([1, 2, 4]),
)
def test_what_looks_the_same_shares_a_place(values, better, digits):
    head = Column("", "MSE", better, digits)
    places = [one.rank for one in ranked(head, [Cell(each, digits=digits) for each in values])]
    looks = [None if math.isnan(each) else round(float(f"{each:.{digits}f}"), 9) for each in values]
    order = sorted({each for each in looks if each is not None}, reverse=better == "higher")
    for place, look in zip(places, looks, strict=True):
        if look is None or len(order) < 2:
            assert place == 0
        else:
            assert place == {0: 1, 1: 2}.get(order.index(look), 0)


# --- order


def test_composites_come_first_unless_methods_are_named(tmp_path):
    make(tmp_path, LITTLE, ["zeta", "composite", "alpha"])
    labels = [each.label for each in tables.table(tmp_path).lines]
    assert labels == ["composite", "alpha", "zeta"]
    named = tables.table(tmp_path, methods=["zeta", "composite"])
    assert [each.label for each in named.lines] == ["zeta", "composite"]


@pytest.mark.parametrize(("metric", "head", "sign"), [("mse", "MSE", 1), ("psnr", "PSNR", -1)])
def test_a_metric_puts_the_best_first(tmp_path, metric, head, sign):
    labels = ["composite", "b", "c", "d"]
    make(tmp_path, LITTLE, labels)
    found = tables.table(tmp_path, sort=metric)
    values = [sign * each.cells[column(found, "All", head)].value for each in found.lines]
    assert values == sorted(values)
    assert sorted(each.label for each in found.lines) == sorted(labels)


# --- published


def agreeing_with(found):
    return [each for each in found.lines if each.published]


def test_published_values_stand_beside_the_whole_test_set_by_their_protocol(tmp_path):
    make(tmp_path, IHARMONY4)
    found = tables.table(tmp_path, published=True, intervals=False)
    said = agreeing_with(found)
    assert said == list(found.lines[2:])
    assert {each.label for each in said} == {
        "Input composite",
        "Lalonde & Efros (2007)",
        "Xue et al. (2012)",
        "Zhu et al. (2015)",
    }
    composite = said[0]
    texts = [one.text for one in composite.cells]
    assert texts == [  # HCOCO, HAdobe5k, HFlickr, Hday2night, All
        *("69.37", "33.94", "345.54", "28.16", "264.35", "28.32", "109.65", "34.01"),
        *("172.47", "31.63", "1387.30"),
    ]
    notes = {note.mark: note.text for note in found.notes}
    [mark] = composite.marks
    assert notes[mark].startswith("published: bcmi/Image-Harmonization-Dataset-iHarmony4")
    assert line(found, "Xue et al. (2012)").cells[-1].is_empty  # of which two values are known


def test_published_values_take_part_in_what_is_best(tmp_path):
    make(tmp_path, IHARMONY4, values=lambda label, number: [2000.0, 2000.0, 1.0])
    found = tables.table(tmp_path, published=True, intervals=False)
    assert line(found, "Lalonde & Efros (2007)").cells[8].rank == 1  # 150.53 of all
    assert line(found, "Xue et al. (2012)").cells[8].rank == 2  # 155.87


@pytest.mark.parametrize(
    "changed",
    [
        {"protocol": "iih"},
        {"protocol": "ihd_script-512"},
        {"dataset": "own"},
        {"measured": {"mkl": 7400}},
        {"subsets": IHARMONY4 | {"HCOCO": 4282}, "left": {"HAdobe5k", "HFlickr", "Hday2night"}},
        {"subsets": {"HFlickr": 828}, "left": {"HFlickr", "All"}},
    ],
    ids=["protocol", "size", "dataset", "unfinished", "one image less", "a part"],
)
def test_published_values_stay_away_from_anything_else(tmp_path, changed):
    subsets = changed.pop("subsets", IHARMONY4)
    left = changed.pop("left", set())
    labels = ["mkl"]
    make(tmp_path, subsets, labels, **changed)
    found = tables.table(tmp_path, layout="subsets", published=True, intervals=False)
    shown_groups = {
        found.columns[at].group
        for each in agreeing_with(found)
        for at, one in enumerate(each.cells)
        if not one.is_empty
    }
    if changed.get("protocol") == "iih":  # of which composites alone are published alike
        assert {each.label for each in agreeing_with(found)} == {"Input composite"}
    elif "measured" in changed:
        assert shown_groups == {"HCOCO", "HAdobe5k", "HFlickr"}
        assert "published values of All are of 7,404 images, which are not all measured" in (
            found.remarks
        )
    else:
        assert shown_groups == left
        assert bool(left) or "no published value is known" in found.remarks[-1]


def test_published_values_stay_away_from_a_changed_protocol_of_the_same_name(tmp_path):
    own = replace(find_protocol("ihd_script"), peak=255.0)
    make(tmp_path, {"HFlickr": 828}, protocol=own)
    assert not Results(tmp_path).has_named_protocol
    found = tables.table(tmp_path, published=True, layout="subsets", intervals=False)
    assert not agreeing_with(found)


@pytest.mark.parametrize(
    ("size", "label", "texts"),
    [
        (1024, "CDTNet-256 (2022)", ["21.24", "38.77", "152.13", "0.9868"]),
        (2048, "CDTNet-512 (released weights) (2023)", ["20.82", "38.34", "155.24", "0.9847"]),
    ],
)
def test_cdtnet_stands_beside_hadobe5k_in_high_resolution(tmp_path, size, label, texts):
    make(tmp_path, {"HAdobe5k": 2160}, dataset="hadobe5k", protocol=f"cdtnet-{size}")
    found = tables.table(tmp_path, published=True, intervals=False)
    assert [each.label for each in agreeing_with(found)] == [label]
    assert [one.text for one in found.lines[-1].cells] == texts


def test_published_values_come_only_where_asked_for(tmp_path):
    make(tmp_path, {"HFlickr": 828})
    assert not agreeing_with(tables.table(tmp_path, intervals=False))
    assert agreeing_with(tables.table(tmp_path, published=True, layout="subsets", intervals=False))


# --- layouts


@pytest.mark.parametrize(
    ("dataset", "subsets", "protocol", "wanted"),
    [
        (
            "iharmony4",
            LITTLE,
            "ihd_script",
            [
                *((name, head) for name in ("HCOCO", "HFlickr", "Hday2night") for head in
                  ("MSE", "PSNR")),
                *(("All", head) for head in ("MSE", "PSNR", "fMSE")),
            ],
        ),
        ("iharmony4", LITTLE, "dovenet", [
            (name, head) for name in ("HCOCO", "HFlickr", "Hday2night", "All")
            for head in ("MSE", "PSNR")
        ]),
        ("iharmony4", {"HCOCO": 3, "HFlickr": 3}, "pctnet", [
            (name, head) for name in ("HCOCO", "HFlickr", "All")
            for head in ("MSE", "PSNR", "fMSE", "SSIM")
        ]),
        ("iharmony4", {"HCOCO": 3}, "idih", [("HCOCO", "MSE"), ("HCOCO", "PSNR"),
                                             ("HCOCO", "fMSE")]),
        ("hadobe5k", {"HAdobe5k": 3}, "cdtnet", [
            ("HAdobe5k", head) for head in ("MSE", "PSNR", "fMSE", "SSIM")
        ]),
        ("own", {"": 3}, "idih", [("All", "MSE"), ("All", "fMSE"), ("All", "PSNR")]),
    ],
    ids=["iharmony4", "no fMSE", "native", "hcoco", "hadobe5k", "own"],
)  # fmt: skip
def test_a_dataset_has_the_table_of_its_papers(tmp_path, dataset, subsets, protocol, wanted):
    make(tmp_path, subsets, dataset=dataset, protocol=protocol)
    assert heads(tables.table(tmp_path, intervals=False)) == wanted


def test_metrics_that_are_asked_for_take_the_place_of_the_layouts(tmp_path):
    make(tmp_path, LITTLE)
    found = tables.table(tmp_path, metrics=["fmse"], layout="hcoco")
    assert heads(found) == [("HCOCO", "fMSE")]


def test_novel_and_base_are_told_apart_by_a_list(tmp_path):
    rows = make(tmp_path / "results", LITTLE)["mkl"]
    novel = {f"HCOCO_{number}" for number in (1, 4, 7)}
    file = tmp_path / "IHD_human_test.txt"
    file.write_text("".join(f"HCOCO/composite_images/{name}.jpg\r\n" for name in sorted(novel)))
    found = tables.table(tmp_path / "results", layout="rdharmony", novel=file)
    assert heads(found) == [
        (group, head) for group in ("novel", "base") for head in ("MSE", "fMSE", "PSNR")
    ]
    mean = mean_of(rows, 1, lambda row: row.name in novel)
    assert cell(found, "mkl", "novel", "fMSE").value == pytest.approx(mean, rel=1e-12)
    assert cell(found, "mkl", "base", "fMSE").images == len(rows) - 3
    assert found == tables.table(tmp_path / "results", layout="rdharmony", novel=novel)


def test_the_cross_domain_table_has_a_column_a_network(tmp_path):
    rows = make(tmp_path, LITTLE, ["composite", "n", "b"])
    novel = [f"HCOCO_{number}" for number in range(5)]
    found = tables.table(
        tmp_path, layout="cross-domain", novel=novel, methods=["composite", "n", "b"]
    )
    assert [each.head for each in found.columns] == ["composite", "n", "b"]
    down, up = "\N{DOWNWARDS ARROW}", "\N{UPWARDS ARROW}"
    assert [each.label for each in found.lines] == [f"novel fMSE{down}", f"novel PSNR{up}"]
    values = [one.value for one in found.lines[0].cells]
    assert values == pytest.approx(
        [mean_of(mine, 1, lambda row: row.name in novel) for mine in rows.values()], rel=1e-12
    )
    assert sorted(one.rank for one in found.lines[0].cells) == [0, 1, 2]


def test_several_folders_stand_beside_each_other_under_what_tells_them_apart(tmp_path):
    for size in (1024, 2048):
        make(
            tmp_path / str(size),
            {"HAdobe5k": 4},
            ["composite", f"only{size}"],
            dataset="hadobe5k",
            protocol=f"cdtnet-{size}",
            seed=size,
        )
    found = tables.table([tmp_path / "1024", tmp_path / "2048"])
    assert list(dict.fromkeys(group for group, _ in heads(found))) == [
        "HAdobe5k, 1024 x 1024",
        "HAdobe5k, 2048 x 2048",
    ]
    assert [each.label for each in found.lines] == ["composite", "only1024", "only2048"]
    assert [one.is_empty for one in line(found, "only2048").cells] == [True] * 4 + [False] * 4
    single = tables.table(tmp_path / "2048")
    assert [one.value for one in line(found, "composite").cells[4:]] == [
        one.value for one in line(single, "composite").cells
    ]


# --- image by image


def test_pairs_are_compared_image_by_image(tmp_path):
    rows = make(tmp_path, {"HCOCO": 40})
    found = {pair.metric: pair for pair in tables.paired(tmp_path)}
    assert list(found) == ["mse", "fmse", "psnr"]
    for at, (name, pair) in enumerate(found.items()):
        mine = np.array([row.values[at] for row in rows["mkl"]])
        other = np.array([row.values[at] for row in rows["composite"]])
        better = mine > other if name == "psnr" else mine < other
        assert (pair.method, pair.against) == ("mkl", "composite")
        assert pair.difference.mean == pytest.approx(np.mean(mine - other), rel=1e-12)
        assert pair.difference.low < pair.difference.mean < pair.difference.high
        assert (pair.better, pair.equal, pair.images) == (better.sum(), 0, 40)
        assert pair.share_better == better.mean()


def test_a_paired_interval_is_narrower_than_that_of_means_where_methods_go_together(tmp_path):
    noise = np.random.default_rng(1).gamma(2, 100, 50)

    def values(label, number):
        return [noise[number] + (1.0 if label == "mkl" else 0.1 * (number % 2))] * 3

    make(tmp_path, {"HCOCO": 50}, values=values)
    pair = tables.paired(tmp_path, metrics=["mse"])[0]
    assert 0 < pair.difference.low < pair.difference.high < 1
    mean = cell(tables.table(tmp_path, layout="all"), "mkl", "All", "MSE")
    assert mean.high - mean.low > 10


def test_pairs_with_infinite_values_are_ordered_but_have_no_difference(tmp_path):
    amounts = {
        "composite": [30.0, math.inf, math.inf, 30.0, math.nan],
        "mkl": [math.inf, math.inf, 40.0, 31.0, 1.0],
    }
    make(
        tmp_path,
        {"HCOCO": 5},
        values=lambda label, number: [1.0, 1.0, amounts[label][number]],
    )
    [pair] = tables.paired(tmp_path, metrics=["psnr"])
    assert (pair.images, pair.better, pair.equal) == (4, 2, 1)
    assert (pair.difference.mean, pair.difference.images) == (1.0, 1)
    said = tables.paired_table(tmp_path, metrics=["psnr"])
    assert said.notes[0].text.startswith("4 of 5 differences are left out")


def test_only_images_that_both_have_are_compared(tmp_path):
    make(tmp_path, {"HCOCO": 250}, measured={"mkl": 100})
    assert {pair.images for pair in tables.paired(tmp_path)} == {100}
    assert {pair.images for pair in tables.paired(tmp_path, "mkl")} == {100}


def test_an_empty_cell_is_no_number():
    assert (Cell().text, Cell().interval) == ("", "")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.005, 1, "0.0"), (-0.001, 2, "0.00"), (-0.5, 1, "-0.5"), (31.625, 2, "31.62")],
)
def test_a_zero_has_no_sign(value, digits, text):
    assert shown(value, digits) == text


def test_marks_are_letters_and_all_different():
    assert [letters(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        *("a", "z", "aa", "az", "ba", "zz", "aaa")
    ]
    assert len({letters(number) for number in range(2000)}) == 2000


# --- errors


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layout": "nope"}, "unknown layout 'nope'; choose one of all, subsets, iharmony4"),
        ({"layout": "hadobe5k"}, "nothing for the layout 'hadobe5k'"),
        ({"layout": "rdharmony"}, "layout 'rdharmony' needs novel"),
        ({"methods": ["mkl", "nope"]}, "methods: .* has no 'nope', only composite, mkl"),
        ({"metrics": ["ssim"]}, "metrics: .* has no 'ssim', only mse, fmse, psnr"),
        ({"sort": "ssim"}, "sort: the table has no 'ssim', only MSE, PSNR, fMSE"),
    ],
)
def test_what_cannot_be_shown_is_an_error_that_says_what_can(tmp_path, options, said):
    make(tmp_path, LITTLE)
    with pytest.raises(ValueError, match=said):
        tables.table(tmp_path, **options)


def test_a_folder_is_given_once(tmp_path):
    make(tmp_path, LITTLE)
    with pytest.raises(ValueError, match="is given twice"):
        tables.table([tmp_path, Results(tmp_path)])
    with pytest.raises(ValueError, match="at least one folder"):
        tables.table([])


def test_a_folder_without_an_evaluation_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no evaluation"):
        tables.table(tmp_path)
