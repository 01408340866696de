"""harmonia evaluate: what it asks, shows and leaves."""

import argparse
import json
import os
import re
import shutil
from pathlib import Path
from unittest import mock

import harmonia
import numpy as np
import pytest
from harmonia import cli, datasets
from harmonia._registry import list_ready
from harmonia.cli import evaluate as command
from harmonia.cli._evaluation import asked, means
from harmonia.cli._evaluation.means import Exact
from harmonia.evaluation import Results, Share
from hypothesis import given
from hypothesis import strategies as st
from kinds import torch
from miniatures import make_folder, make_iharmony4, make_real_composites_99


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a miniature of iHarmony4 in `set`."""
    monkeypatch.chdir(tmp_path)
    make_iharmony4(tmp_path / "set")
    return tmp_path


def evaluate(*words, dataset="iharmony4", root="set", out="out"):
    given = ["evaluate", "--dataset", dataset, "--root", root, "-o", out]
    return cli.main([*given, *map(str, words)])


def result(capsys, *words, status=0, **options):
    """What --json says of a run."""
    capsys.readouterr()
    assert evaluate(*words, "--json", **options) == status
    return json.loads(capsys.readouterr().out)


def refused(capsys, *words, **options):
    """What is said of arguments that are refused, before anything is written."""
    capsys.readouterr()
    status = evaluate(*words, **options)
    assert status in (1, 2)
    return capsys.readouterr().err


def test_means_are_those_of_summarize(here, capsys):
    said = result(capsys, "--methods", "composite,mkl", "--protocol", "dovenet")
    assert said["images"] == {"HCOCO": 3, "HAdobe5k": 2, "HFlickr": 1, "Hday2night": 3, "All": 9}
    results = Results("out")
    for label in ("composite", "mkl"):
        subsets = [row.subset for row in results.rows(label)]
        summary = harmonia.metrics.summarize(results.scores(label), groups=subsets)
        assert said["means"][label] == {
            group: {name: mean.mean for name, mean in of.items()}
            for group, of in summary.groups.items()
        }
    assert (said["measured"], said["were_there"], said["failed"]) == (9, 0, [])
    assert said["chosen"] == {"split": "test"}


def test_a_table_for_each_metric_has_methods_by_sub_datasets(here, capsys):
    assert evaluate("--methods", "mkl,composite", "--protocol", "dovenet") == 0
    images, mse, psnr = capsys.readouterr().out.rstrip("\n").split("\n\n")
    assert images.split() == ["images", "3", "2", "1", "3", "9"]
    groups = ["HCOCO", "HAdobe5k", "HFlickr", "Hday2night", "All"]
    for name, block in (("mse", mse), ("psnr", psnr)):
        head, *rows = block.splitlines()
        assert head.split() == [name, *groups]
        assert [row.split()[0] for row in rows] == ["mkl", "composite"]
    mean = Results("out").scores("composite")
    mean = sum(score["mse"] for score in mean) / 9
    assert float(mse.splitlines()[-1].split()[-1]) == pytest.approx(mean, abs=5e-5)


def test_the_same_command_goes_on_and_methods_may_be_added(here, capsys):
    first = result(capsys, "--methods", "composite")
    again = result(capsys, "--methods", "composite")
    assert (again["measured"], again["were_there"]) == (0, 9)
    assert again["means"] == first["means"]
    more = result(capsys, "--methods", "mkl")
    assert more["measured"] == 9
    assert list(more["means"]) == ["mkl", "composite"]  # what was asked for leads


def test_options_split_subset_and_limit_choose_samples(here, capsys):
    for words, choice, count in [
        (["--split", "train"], {"split": "train"}, 10),
        (["--subset", "hflickr,HCOCO"], {"split": "test", "subset": ["hflickr", "HCOCO"]}, 4),
        (["--set", "split=train"], {"split": "train"}, 10),
        (["--limit", "4"], {"split": "test", "limit": 4, "of": 9, "seed": 0}, 4),
        (["--limit", "99"], {"split": "test"}, 9),
    ]:
        out = "of" + "-".join(words)
        said = result(capsys, "--methods", "composite", *words, out=out)
        assert said["chosen"] == choice
        assert said["samples"] == count
    names = [row.name for row in Results("of--limit-4").rows("composite")]
    dataset = datasets.load("iharmony4", "set").sample(4, seed=0)
    assert names == [entry.name for entry in dataset.entries()]
    said = result(capsys, "--methods", "composite", "--limit", "4", "--seed", "7", out="seeded")
    assert said["chosen"]["seed"] == 7
    assert [row.name for row in Results("seeded").rows("composite")] != names


def test_subsets_of_a_reader_that_does_not_know_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    lines = ["composite,mask,real,subset"]
    for name in ("a", "b"):
        make_folder(tmp_path / name)
        of = [f"{name}/{kind}s/beach" for kind in ("composite", "mask", "real")]
        lines.append(f"{of[0]}.jpg,{of[1]}.png,{of[2]}.jpg,{name}")
    (tmp_path / "list.csv").write_text("\n".join(lines))
    words = ["--methods", "composite", "--set", "manifest=list.csv"]
    said = result(capsys, *words, "--subset", "B", dataset="folder", root=".")
    assert said["images"] == {"b": 1, "All": 1}
    err = refused(capsys, *words, "--subset", "c", dataset="folder", root=".", out="other")
    assert "--subset c: folder has no such part, only a, b" in err


def test_samples_without_a_real_are_left_out_with_a_word(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    make_folder(tmp_path / "set")
    lines = ["composite,mask,real"]
    for name, real in (("beach", "reals/beach.jpg"), ("street/car", "")):
        lines.append(f"composites/{name}.jpg,masks/{name}.png,{real}")
    (tmp_path / "set/list.csv").write_text("\n".join(lines))
    words = ["--methods", "composite", "--set", "manifest=list.csv"]
    said = result(capsys, *words, dataset="folder")
    assert said["samples"] == 1
    assert said["warnings"] == ["1 of 2 samples have no real, and are left out"]
    make_real_composites_99(tmp_path / "real")
    err = refused(
        capsys, "--methods", "composite", dataset="real_composites_99", root="real", out="none"
    )
    assert "has no real pictures to compare with" in err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--methods", "nothing"], "--methods 'nothing' is neither a method nor a folder"),
        (["--methods", ","], "--methods must name at least one"),
        (["--methods", "mkl:a=1"], "method 'mkl' has no option 'a'"),
        (["--methods", "mkl,mkl=xue"], "--methods two have the label 'mkl'"),
        ([], "--methods is missing"),
        (["--methods", "mkl", "--protocol", "no"], "unknown protocol 'no'; choose one of"),
        (["--methods", "mkl", "--metrics", "no"], "unknown metric 'no'"),
        (["--methods", "mkl", "--protocol", "dovenet", "--metrics", "ssim"], "does not define"),
        (["--methods", "mkl", "--size", "big"], "--size must be a number of pixels or native"),
        (["--methods", "mkl", "--shard", "3/2"], "--shard must be I/N with I from 1 to N"),
        (["--methods", "mkl", "--shard", "0/2"], "--shard must be I/N"),
        (["--methods", "mkl", "--split", "no"], "split must be 'train' or 'test'"),
        (["--methods", "mkl", "--subset", "no"], "subset must be 'HCOCO'"),
        (["--methods", "mkl", "--set", "a=1"], "has no option 'a'"),
        (["--methods", "mkl", "--rows", "a.txt"], "--rows must end in .csv or .parquet"),
        (["--methods", "mkl", "--rows", "no/a.csv"], "there is no folder no"),
        (["--methods", "mkl", "--limit", "0"], "--limit must be a whole number of 1 or more"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(here, capsys, words, said):
    assert said in refused(capsys, *words)
    assert not (here / "out").exists()


def test_a_root_that_is_not_there_is_named(here, capsys):
    assert "--root: there is no folder none" in refused(
        capsys, "--methods", "composite", root="none"
    )


def test_what_fails_is_listed_with_its_cure_and_the_rest_is_measured(here, capsys):
    bad = here / "set/HFlickr/composite_images/f2508_1_2.jpg"
    whole = bad.read_bytes()
    bad.write_bytes(b"no picture")
    capsys.readouterr()
    assert evaluate("--methods", "composite,mkl", "--shard-size", "1") == 1
    shown = capsys.readouterr()
    assert "1 could not be measured" in shown.err
    assert "f2508_1_2.jpg" in shown.err
    assert "the same command again tries them anew" in shown.err
    assert "8 of 9 samples have rows of every method; means are of those" in shown.err
    assert shown.out.split("\n")[0].split() == ["images", "3", "2", "3", "8"]
    bad.write_bytes(whole)
    said = result(capsys, "--methods", "composite,mkl", "--shard-size", "1")
    assert (said["measured"], said["images"]["All"]) == (1, 9)


def test_methods_are_compared_on_the_samples_that_all_have(here, capsys):
    (here / "ours").mkdir()
    dataset = datasets.load("iharmony4", "set")
    for sample in dataset[:4]:
        harmonia.io.write(here / "ours" / f"{sample.name}.png", sample.real)
    words = ["--methods", "composite,ours=ours", "--shard-size", "1"]
    said = result(capsys, *words, status=1)
    assert said["images"]["All"] == 4
    assert said["means"]["ours"]["All"]["mse"] == 0
    rows = Results("out").rows("composite")
    assert len(rows) == 9
    mean = sum(row.values[0] for row in rows[:4]) / 4
    assert said["means"]["composite"]["All"]["mse"] == pytest.approx(mean, rel=1e-12)
    assert any("no picture of 5 of 9 samples" in one for one in said["warnings"])
    assert [(one["label"], one["name"]) for one in said["failed"]] == [
        ("ours", name) for name in sorted(entry.name for entry in dataset[4:].entries())
    ]


def test_fail_fast_stops_at_the_first(here, capsys):
    for name in ("c35030_434421_1", "c35030_434421_2"):
        (here / f"set/HCOCO/composite_images/{name}.jpg").write_bytes(b"no picture")
    words = ["--methods", "composite", "--workers", "1", "--shard-size", "1", "--fail-fast"]
    said = result(capsys, *words, status=1)
    assert [one["name"] for one in said["failed"]] == ["c35030_434421_1"]
    assert said["means"] == {}


def test_shards_of_several_machines_make_one_folder(here, capsys):
    words = ["--methods", "composite,mkl", "--protocol", "dovenet", "--shard-size", "2"]
    one = result(capsys, *words, out="one")
    assert evaluate(*words, "--shard", "1/2") == 0
    assert capsys.readouterr().out == ""  # no means of half of the samples
    assert evaluate(*words, "--shard", "2/2") == 0
    assert "composite" in capsys.readouterr().out
    both = result(capsys, *words)
    assert both["measured"] == 0
    assert both["means"] == one["means"]


def test_more_shares_than_shards_deserve_a_word(here, capsys):
    said = result(capsys, "--methods", "composite", "--shard", "9/20", "--shard-size", "5")
    assert said["measured"] == 0
    assert any("2 shards are shared out among 20" in one for one in said["warnings"])


def test_ctrl_c_keeps_what_is_finished(here, capsys, monkeypatch):
    from harmonia.cli._evaluation import engines

    def stopped(arguments, plan, folder, share, step):
        def until(one):
            step(one)
            if one.done == 5:
                raise KeyboardInterrupt

        return engines.local(arguments, plan, folder, share, until)

    words = ["--methods", "composite,mkl", "--workers", "1", "--shard-size", "2"]
    words += ["--engine", "local"]
    with monkeypatch.context() as patch:
        patch.setitem(engines.BY_NAME, "local", stopped)
        assert evaluate(*words) == 130
    assert capsys.readouterr().err == "harmonia evaluate: stopped\n"
    assert len(list((here / "out").rglob("*.csv"))) == 4
    assert result(capsys, *words)["measured"] == 5


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], "processes"),
        (["--workers", "1"], "local"),  # nobody to share with
        (["--shard", "1/3"], "local"),  # few
        (["--methods", "issam"], "local"),
    ],
)
def test_processes_are_chosen_where_they_pay(here, monkeypatch, words, wanted):
    from harmonia.cli._evaluation import engines

    begun = []
    for name in ("local", "processes"):
        monkeypatch.setattr(engines, name, lambda *given, name=name: begun.append(name))
    monkeypatch.setattr(engines, "MANY", 9)
    monkeypatch.setattr(harmonia, "get_num_threads", lambda: 2)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    given = ["--dataset", "iharmony4", "--root", "set", "-o", "out", "--methods", "composite"]
    arguments = parser.parse_args([*given, "--shard-size", "3", *words])
    plan = asked.planned(arguments)
    engines.auto(arguments, plan, here / "out", arguments.shard or Share(), print)
    assert begun == [wanted]


@pytest.mark.parametrize("engine", ["local", "processes"])
def test_what_jpeg_costs_is_said_whatever_carries_it_out(here, capsys, engine):
    Path("mine").mkdir()
    for entry in datasets.load("iharmony4", "set").entries():
        shutil.copy(entry.composite, f"mine/{entry.name}.jpg")
    said = result(capsys, "--methods", "mine=mine", "--engine", engine)
    assert any("9 of 9 pictures are JPEG" in one for one in said["warnings"])


def test_results_of_another_command_are_refused(here, capsys):
    assert evaluate("--methods", "composite", "--protocol", "dovenet") == 0
    err = refused(capsys, "--methods", "composite", "--protocol", "idih")
    assert "out holds an evaluation of protocol 'dovenet', not 'idih'" in err
    assert "choose another output folder" in err


def test_all_rows_go_to_one_file(here, capsys):
    assert evaluate("--methods", "composite,mkl", "--rows", "rows.csv") == 0
    lines = (here / "rows.csv").read_text().splitlines()
    assert lines[0].startswith("label,number,name,subset,foreground,mse")
    assert len(lines) == 1 + 2 * 9
    assert evaluate("--methods", "composite,mkl", "--rows", "rows.csv") == 0  # again
    (here / "mine.csv").write_text("mine")
    err = refused(capsys, "--methods", "composite", "--rows", "mine.csv")
    assert "is there already, and holds no rows" in err
    assert (here / "mine.csv").read_text() == "mine"


def test_parquet_without_pyarrow_is_refused_before_the_run(here, capsys, monkeypatch):
    from importlib import metadata

    def version(name):
        if name == "pyarrow":
            raise metadata.PackageNotFoundError(name)
        return found(name)

    found = metadata.version
    monkeypatch.setattr(metadata, "version", version)
    err = refused(capsys, "--methods", "composite", "--rows", "rows.parquet")
    assert "pip install 'harmonia[parquet]'" in err
    assert not (here / "out").exists()


def test_the_device_is_for_networks(here, capsys):
    if torch is None:
        pytest.skip("torch is not installed")
    from harmonia.nets._weights import architecture_of

    torch.manual_seed(0)
    torch.save(architecture_of("issam").variants["256"]().state_dict(), "issam256.pth")
    methods = "composite,mkl,auto,issam=issam256.pth"
    said = result(capsys, "--methods", methods, "--limit", "2", "--device", "cpu")
    assert list(said["means"]) == ["composite", "mkl", "auto", "issam"]
    for name in ("auto", "issam"):
        options = json.loads((here / f"out/rows/{name}.json").read_text())["options"]
        assert options["device"] == "cpu"
    assert json.loads((here / "out/rows/mkl.json").read_text())["options"] == {}


def test_all_methods_by_one_word(here, capsys):
    said = result(capsys, "--methods", "all", "--limit", "1", "--protocol", "dovenet")
    assert list(said["means"]) == ["composite", *list_ready()]


def test_help_names_the_ways_to_write_methods(capsys):
    with pytest.raises(SystemExit):
        cli.main(["evaluate", "--help"])
    shown = capsys.readouterr().out
    for words in ("idt:iterations=5:seed=2", "cdtnet=weights.safetensors", "ours=DIR", "--shard"):
        assert words in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_progress_shows_rate_and_time_left(here, monkeypatch, capsys):
    monkeypatch.setattr("harmonia.cli._console.chatty", lambda: True)
    monkeypatch.setattr("harmonia.cli._progress.SECONDS", 0)
    monkeypatch.setenv("TERM", "xterm")
    assert evaluate("--methods", "composite", "--shard-size", "1") == 0
    err = capsys.readouterr().err
    assert "9/9" in err
    assert re.search(r"8/9  \S+/s  0:00 left", err)
    assert f"harmonia report {os.fspath('out')}" in err


@given(st.lists(st.floats(-1e300, 1e300), min_size=1), st.sampled_from([2, 5, 4096]))
def test_sums_of_means_are_exact(values, most):
    import math

    total = Exact()
    with mock.patch.object(means, "MOST_PARTS", most):
        for value in values:
            total.add(value)
    assert total.mean == math.fsum(values) / len(values)


def test_a_sum_that_cancels_is_exact():
    total = Exact()
    for value in (1e16, 1.0, -1e16, np.nextafter(1, 2), -1.0):
        total.add(float(value))
    assert total.mean == np.nextafter(1, 2) / 5
