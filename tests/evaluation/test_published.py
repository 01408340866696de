"""What was published, where it stands, and what may stand beside measured values.

    python tests/evaluation/test_published.py [SEED]

prints twenty rows drawn at random, with their sources.
"""

import csv
import random
import sys
from dataclasses import replace

import pytest
from harmonia.evaluation import published
from harmonia.evaluation.published import FILE, Published, rows
from harmonia.metrics import find_protocol, list_protocols

# What a source is called there, where it is not called the same here.
RENAMED = {
    "SEED-001 (CDTNet README)": "bcmi/CDTNet-High-Resolution-Image-Harmonization README before its "
    "code was released",
    "SEED-001 (CDTNet README) [row copied from saic README: HAdobe5k measured on 1024-resized "
    "JPEG90 files]": "bcmi/CDTNet-High-Resolution-Image-Harmonization README before its code was "
    "released [row copied from saic README: HAdobe5k measured on 1024-resized JPEG90 files]",
    "SEED-002 (shravan-d/Image-Harmonization README; rounded; own protocol)": "shravan-d/"
    "Image-Harmonization README (rounded; own protocol)",
    "SEED-003 (CharmNet poster, human = novel category)": "CharmNet poster (human = novel "
    "category)",
    "SEED-003 (CharmNet poster, human = novel category) motivation table": "CharmNet poster "
    "(human = novel category), motivation table",
    "bcmi/CDTNet README after code release (commit bacfa1d/85bd36e, 2023-06; supersedes the seed "
    "rows)": "bcmi/CDTNet README after code release (commit bacfa1d/85bd36e, 2023-06; supersedes "
    "the rows before)",
}
COUNTS = {"HCOCO": 4283, "HAdobe5k": 2160, "HFlickr": 828, "Hday2night": 133}


def shipped():
    with FILE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def of(agreed):
    return {(row.method, row.subset, row.metric) for row in agreed}


def test_every_row_is_the_one_it_was_copied_from():
    import originals

    copied = originals.published()
    for row in copied:
        computed = row["source"].replace("computed here from ", "means computed from ", 1)
        row["source"] = RENAMED.get(row["source"], computed)
    assert len(copied) == 805
    assert shipped() == copied


def test_rows_are_those_of_the_file():
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert len(rows()) == len(lines) - 1 == 805
    for row, said in zip(rows(), shipped(), strict=True):
        assert row.method == said["method"]
        assert row.value == float(said["value"])
        assert row.source == said["source"]
        assert row.method.replace('"', '""') in lines[row.line - 1]
        assert said["value"] in lines[row.line - 1]


def test_what_is_asked_for_is_what_comes():
    found = published("iharmony4", 256, "psnr", subset="HCOCO", method="dovenet")
    assert {row.method for row in found} == {"DoveNet", "DoveNet (released model)"}
    for row in found:
        assert row[2:6] == ("iharmony4", "HCOCO", 256, "psnr")
    assert published("hyoutube")
    assert not published("iharmony4", 1000)
    assert published() == list(rows())


def test_the_words_for_datasets_are_all_known():
    places = {(row.dataset, row.subset) for row in rows()}
    bins = {("iharmony4", name) for name in ("0-5%", "5-15%", "15-100%")}
    subsets = {("iharmony4", name) for name in (*COUNTS, "All", "novel", "base")}
    others = ("iharmony4+hvidit", "d-hday2night", "ccharmony", "hyoutube", "real_composites_99")
    assert places == bins | subsets | {(name, "All") for name in others}


def test_of_every_source_is_said_how_its_values_were_computed():
    for row in rows():
        assert row.reason
        assert "nothing is known" not in row.reason, row.source


def test_a_value_agrees_only_with_a_protocol_that_has_such_a_metric_and_size():
    for row in rows():
        if row.protocol is not None:
            protocol = find_protocol(row.protocol)
            assert row.metric in protocol.defines
            digits = "" if row.size == "native" else f"-{row.size}"
            assert row.agrees_with(f"{row.protocol}{digits}", row.size)


def test_composites_agree_with_one_protocol_at_one_size():
    [row] = published("iharmony4", 256, "mse", subset="All", protocol="ihd_script", method="compos")
    for name in list_protocols():
        for size in (256, 1024, None):
            protocol = replace(find_protocol(name), size=size)
            agrees = row.agrees_with(protocol, size or "native")
            assert agrees == (name == "ihd_script" and size == 256), (name, size)
    assert not row.agrees_with("ihd_script", "native")  # where methods saw whole pictures
    assert row.agrees_with("ihd_script-256", 256)


def test_a_protocol_that_was_changed_and_kept_its_name_does_not_agree():
    [row] = published(subset="All", metric="mse", protocol="pctnet", method="composite")
    own = replace(find_protocol("pctnet"), peak=200.0)
    assert row.agrees_with("pctnet", "native")
    assert not row.agrees_with(own, "native")
    assert not row.agrees_with(replace(own, name="own"), "native")


def test_what_is_in_doubt_agrees_with_nothing():
    doubtful = {
        ("Harmonizer", "All", "mse"),  # by a script of its own
        ("DucoNet", "All", "mse"),  # HAdobe5k may have been reduced
        ("iSSAM256", "HAdobe5k", "mse"),  # and was here
        ("iSSAM256", "All", "mse"),
        ("CDTNet", "All", "mse"),  # copied into a table of another protocol
        ("Xue et al.", "All", "fmse"),  # two digits are exchanged somewhere
        ("RainNet", "15-100%", "mse"),
        ("CharmNet", "novel", "fmse"),
        ("CDTNet-512", "HAdobe5k", "mse"),  # replaced by the released weights'
    }
    named = {key for row in rows() if (key := (row.method, row.subset, row.metric)) in doubtful}
    assert named == doubtful
    for row in rows():
        if (row.method, row.subset, row.metric) in doubtful:
            assert row.protocol is None, row


def test_cdtnet_stands_beside_cdtnet_at_its_sizes():
    metrics = {"mse", "psnr", "fmse", "ssim"}
    at1024 = published("iharmony4", 1024, protocol="cdtnet-1024")
    at2048 = published("iharmony4", 2048, protocol="cdtnet-2048")
    assert of(at1024) == {("CDTNet-256", "HAdobe5k", metric) for metric in metrics}
    assert of(at2048) == {
        ("CDTNet-512 (released weights)", "HAdobe5k", metric) for metric in metrics
    }


@pytest.mark.parametrize("protocol", ["ihd_script", "pctnet"])
def test_composites_of_all_are_those_of_the_sub_datasets_together(protocol):
    found = {
        row.subset: row.value
        for row in published(metric="mse", protocol=protocol, method="Input composite")
    }
    together = sum(COUNTS[name] * found[name] for name in COUNTS) / sum(COUNTS.values())
    assert together == pytest.approx(found["All"], abs=0.01)  # each is rounded to 0.005


def test_a_method_has_one_value_for_a_place_by_a_protocol():
    agreed = [row for row in rows() if row.protocol is not None]
    keys = [(*row[:6], row.protocol) for row in agreed]
    assert len(set(keys)) == len(keys)


def _show(row: Published) -> None:
    size = row.size if row.size == "native" else f"{row.size} x {row.size}"
    print(f"line {row.line}: {row.method}, {row.dataset} {row.subset}, {size}")
    print(f"    {row.metric} {row.value}: {row.source}")
    print(f"    protocol {row.protocol}: {row.reason}")


if __name__ == "__main__":
    for drawn in random.Random(int(sys.argv[1]) if sys.argv[1:] else 0).sample(rows(), 20):
        _show(drawn)
