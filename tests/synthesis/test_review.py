"""The manual pass: what the page holds, and what becomes of decisions."""

import contextlib
import json
import re
import shutil
from pathlib import Path

import pytest
from harmonia import synthesis
from harmonia.synthesis._review import applying


class Stopped(Exception):
    """What a test stops the work with."""


NAMES = ["c1_1_1", "c1_1_2", "c2_1_1", "c3_1_1"]


@pytest.fixture
def root(tmp_path):
    """A set of four composites, two of them of one photograph."""
    root = tmp_path / "set"
    rows = []
    for name in NAMES:
        real, mask, _ = name.split("_")
        files = {
            "composite": f"HCOCO/composite_images/{name}.jpg",
            "mask": f"HCOCO/masks/{real}_{mask}.png",
            "real": f"HCOCO/real_images/{real}.jpg",
        }
        for kind, file in files.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(f"{kind} {file}")
        split = "test" if real == "c3" else "train"
        scores = {"identity": 0.5, "plausible_hue": 1.0}
        rows.append(
            {"name": name, "subset": "HCOCO", "split": split, **files, "method": "idt"}
            | {"recipe": "hcoco", "seed": 3, "scores": scores, "psnr": 31.25}
        )
    write_texts(root, rows)
    return root


def write_texts(root, rows):
    (root / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for split in ("train", "test"):
        listed = [row for row in rows if row["split"] == split]
        (root / f"IHD_{split}.txt").write_text("".join(f"{row['composite']}\n" for row in listed))
        own = "".join(f"{row['name']}.jpg\n" for row in listed)
        (root / "HCOCO" / f"HCOCO_{split}.txt").write_text(own)


def decided(root, **decisions):
    file = root.parent / "decisions.csv"
    lines = [f'{name},{decision},"a, note"\r\n' for name, decision in decisions.items()]
    file.write_bytes("".join(["name,decision,note\r\n", *lines]).encode("utf-8-sig"))
    return file


def contents(root):
    """Every file outside `rejected`, with what is in it."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] != "rejected"
    }


def everything(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def data_of(page):
    text = Path(page).read_text(encoding="utf-8")
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*)</script>', text)[1]
    )


def test_rejected_samples_leave_lists_manifest_and_folders(root):
    before = contents(root)
    applied = synthesis.apply_decisions(root, decided(root, c1_1_1="reject", c3_1_1="reject"))
    assert applied == synthesis.Applied(0, 2, 2, 2, 0)
    after = contents(root)
    gone = {name for name in before if name not in after}
    # c1 is needed by another composite yet.
    assert gone == {
        "HCOCO/composite_images/c1_1_1.jpg",
        "HCOCO/composite_images/c3_1_1.jpg",
        "HCOCO/masks/c3_1.png",
        "HCOCO/real_images/c3.jpg",
    }
    assert all((root / "rejected" / name).read_bytes() == before[name] for name in gone)
    assert after["IHD_train.txt"].decode().split() == [
        "HCOCO/composite_images/c1_1_2.jpg",
        "HCOCO/composite_images/c2_1_1.jpg",
    ]
    assert after["IHD_test.txt"] == after["HCOCO/HCOCO_test.txt"] == b""
    assert after["HCOCO/HCOCO_train.txt"].split() == [b"c1_1_2.jpg", b"c2_1_1.jpg"]
    rows = map(json.loads, after["manifest.jsonl"].splitlines())
    assert [row["name"] for row in rows] == ["c1_1_2", "c2_1_1"]


def test_a_later_file_puts_everything_back_in_its_place(root):
    before = contents(root)
    synthesis.apply_decisions(root, decided(root, **dict.fromkeys(NAMES, "reject")))
    assert not any(name.endswith((".jpg", ".png")) for name in contents(root))
    applied = synthesis.apply_decisions(root, decided(root, **dict.fromkeys(NAMES, "keep")))
    assert applied == synthesis.Applied(4, 0, 0, 0, 4)
    assert contents(root) == before


def test_the_same_call_again_changes_nothing(root):
    file = decided(root, c1_1_1="reject", c1_1_2="keep")
    assert synthesis.apply_decisions(root, file).removed == 1
    after = everything(root)
    assert synthesis.apply_decisions(root, file) == synthesis.Applied(1, 1, 2, 0, 0)
    assert everything(root) == after


def test_a_sample_that_is_not_named_stays_where_it_is(root):
    synthesis.apply_decisions(root, decided(root, c1_1_1="reject"))
    applied = synthesis.apply_decisions(root, decided(root, c2_1_1="reject"))
    assert (applied.rejected, applied.removed, applied.restored) == (2, 1, 0)


@pytest.mark.parametrize("stop", range(12))
def test_stopped_anywhere_it_lists_what_is_there_and_goes_on(root, monkeypatch, stop):
    synthesis.apply_decisions(root, decided(root, c3_1_1="reject", c1_1_1="reject"))
    wanted = root.parent / "wanted"
    shutil.copytree(root, wanted)
    file = decided(root, c3_1_1="keep", c2_1_1="reject", c1_1_2="reject")
    synthesis.apply_decisions(wanted, file)
    done = 0

    def stopping(function):
        def run(*arguments):
            nonlocal done
            done += 1
            if done > stop:
                raise Stopped
            return function(*arguments)

        return run

    with monkeypatch.context() as patch:
        patch.setattr(applying._atomic, "write", stopping(applying._atomic.write))
        patch.setattr(applying, "_rename", stopping(applying._rename))
        with contextlib.suppress(Stopped):
            synthesis.apply_decisions(root, file)
    for split in ("train", "test"):
        for name in (root / f"IHD_{split}.txt").read_text().split():
            assert (root / name).is_file()
    for row in map(json.loads, (root / "manifest.jsonl").read_text().splitlines()):
        assert all((root / row[kind]).is_file() for kind in ("composite", "mask", "real"))
    synthesis.apply_decisions(root, file)
    assert everything(root) == everything(wanted)


def test_what_synthesis_adds_later_is_not_lost(root):
    rows = [json.loads(line) for line in (root / "manifest.jsonl").read_text().splitlines()]
    file = decided(root, c1_1_1="reject")
    synthesis.apply_decisions(root, file)
    added = rows[0] | {"name": "c1_1_3", "composite": "HCOCO/composite_images/c1_1_3.jpg"}
    for row in (rows[0], added):
        (root / row["composite"]).write_text("made anew")
    write_texts(root, [*rows, added])
    applied = synthesis.apply_decisions(root, file)
    assert (applied.rejected, applied.removed, applied.undecided) == (1, 1, 4)
    listed = (root / "IHD_train.txt").read_text()
    assert "c1_1_3" in listed
    assert "c1_1_1" not in listed


def test_require_all_changes_nothing_where_decisions_are_missing(root):
    before = everything(root)
    with pytest.raises(ValueError, match="2 of 4 samples have no decision, c2_1_1 first"):
        synthesis.apply_decisions(
            root, decided(root, c1_1_1="reject", c1_1_2="keep", c2_1_1=""), require_all=True
        )
    assert everything(root) == before
    whole = decided(root, **dict.fromkeys(NAMES, "keep"))
    assert synthesis.apply_decisions(root, whole, require_all=True).kept == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,verdict\nc1_1_1,keep\n", "has no column decision; the review page exports"),
        ("name,decision\nc1_1_1,maybe\n", "line 2: decision must be keep, reject or empty"),
        ("name,decision\nc9_1_1,keep\n", "the set has no c9_1_1; it may be that of another"),
        ("name,decision\nc1_1_1,keep\nc1_1_1,reject\n", "c1_1_1 is kept on one line and"),
    ],
)
def test_wrong_decisions_change_nothing(root, text, message):
    before = everything(root)
    (root.parent / "wrong.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        synthesis.apply_decisions(root, root.parent / "wrong.csv")
    assert everything(root) == before


def test_the_page_names_files_scores_and_what_is_rejected(root):
    synthesis.apply_decisions(root, decided(root, c3_1_1="reject"))
    assert synthesis.write_review_page(root) == 4
    data = data_of(root / "review.html")
    assert data["start"] == ""
    assert data["numbers"] == ["identity", "plausible_hue", "psnr"]
    assert data["samples"][0] == [
        "c1_1_1",
        "HCOCO",
        "train",
        "idt",
        "HCOCO/composite_images/c1_1_1.jpg",
        "HCOCO/masks/c1_1.png",
        "HCOCO/real_images/c1.jpg",
        0,
        0.5,
        1.0,
        31.25,
    ]
    assert data["samples"][3][4] == "rejected/HCOCO/composite_images/c3_1_1.jpg"
    assert data["samples"][3][7] == 1


def test_a_page_elsewhere_points_to_the_set(root):
    elsewhere = root.parent / "pages" / "mine.html"
    elsewhere.parent.mkdir()
    synthesis.write_review_page(root, elsewhere)
    data = data_of(elsewhere)
    assert (elsewhere.parent / data["start"] / data["samples"][0][4]).is_file()


def test_names_cannot_break_out_of_the_page(root):
    rows = [json.loads(line) for line in (root / "manifest.jsonl").read_text().splitlines()]
    rows[0]["method"] = "</script><script>alert(1)</script>"
    write_texts(root, rows)
    synthesis.write_review_page(root)
    assert "</script><script>alert" not in (root / "review.html").read_text()
    assert data_of(root / "review.html")["samples"][0][3] == rows[0]["method"]


def test_a_page_is_replaced_and_nothing_else(root):
    synthesis.write_review_page(root)
    synthesis.write_review_page(root)
    other = root.parent / "thesis.html"
    other.write_text("<p>mine</p>")
    with pytest.raises(FileExistsError, match="no review page"):
        synthesis.write_review_page(root, other)
    assert other.read_text() == "<p>mine</p>"


def test_a_set_without_a_manifest_is_read_from_its_lists(root):
    with_manifest = [row[:7] for row in _samples(root)]
    (root / "manifest.jsonl").unlink()
    found = [row[:7] for row in _samples(root)]
    for row in with_manifest:
        row[3] = ""  # only the manifest knows methods
    assert found == with_manifest
    assert synthesis.apply_decisions(root, decided(root, c1_1_1="reject")).removed == 1


def _samples(root):
    synthesis.write_review_page(root)
    return data_of(root / "review.html")["samples"]


def test_a_folder_that_is_no_set_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"neither manifest\.jsonl nor IHD_train\.txt"):
        synthesis.write_review_page(tmp_path)
    with pytest.raises(NotADirectoryError, match="there is no folder"):
        synthesis.apply_decisions(tmp_path / "none", tmp_path / "decisions.csv")
    assert list(tmp_path.iterdir()) == []
