"""What a manifest says of its pictures."""

import json
from pathlib import Path

import harmonia
import numpy as np
import pytest
from harmonia import cli
from harmonia.cli._batch import manifests
from harmonia.cli._batch.jobs import Job
from images import as_dtype, scene


def write(folder, text, suffix=".csv", encoding="utf-8"):
    path = folder / f"list{suffix}"
    path.write_text(text, encoding=encoding)
    return path


def test_paths_are_relative_to_the_manifest(tmp_path):
    path = write(tmp_path, "image,mask,output\na.png,m/a.png,x/y.tif\n../b.jpg,/m/b.png,\n")
    first, second = manifests.jobs(path)
    assert first == Job(str(tmp_path / "a.png"), str(tmp_path / "m" / "a.png"), "x/y.tif")
    assert second.image == str(tmp_path.parent / "b.jpg")
    assert second.mask == str(Path("/m/b.png"))
    assert second.output == "b.jpg"  # what lies outside keeps its name alone


def test_every_column(tmp_path):
    row = {
        "composite": "a.png",
        "mask": "a_mask.png",
        "reference": "r.png",
        "reference_mask": "rm.png",
        "method": "reinhard",
        "strength": 0.5,
        "options": {"space": "lab"},
    }
    expected = Job(
        str(tmp_path / "a.png"),
        str(tmp_path / "a_mask.png"),
        "a.png",
        method="reinhard",
        strength=0.5,
        options={"space": "lab"},
        reference=str(tmp_path / "r.png"),
        reference_mask=str(tmp_path / "rm.png"),
    )
    path = write(tmp_path, json.dumps(row) + "\n\n", ".jsonl")
    assert manifests.jobs(path) == [expected]
    cells = {**row, "options": "space=lab"}
    text = ",".join(cells) + "\n" + ",".join(map(str, cells.values())) + "\n"
    assert manifests.jobs(write(tmp_path, text)) == [expected]


@pytest.mark.parametrize("said", ["seed=3; space=lab", '"{""seed"": 3, ""space"": ""lab""}"'])
def test_options_in_a_cell(tmp_path, said):
    (job,) = manifests.jobs(write(tmp_path, f"image,mask,options\na.png,m.png,{said}\n"))
    assert job.options == {"seed": 3, "space": "lab"}


def test_empty_cells_say_nothing(tmp_path):
    text = "image,mask,method,strength,options,reference\na.png,m.png,,,,\n"
    (job,) = manifests.jobs(write(tmp_path, text))
    assert (job.method, job.strength, job.options, job.reference) == (None, None, None, None)


def test_a_byte_order_mark_and_spaces_are_no_names(tmp_path):
    path = write(tmp_path, "image,mask\n a.png , m.png \n", encoding="utf-8-sig")
    (job,) = manifests.jobs(path)
    assert (Path(job.image).name, Path(job.mask).name) == ("a.png", "m.png")


def test_one_mask_for_rows_without(tmp_path):
    path = write(tmp_path, "image\na.png\nb.png\n")
    assert [job.mask for job in manifests.jobs(path, mask="still.png")] == ["still.png"] * 2


def test_a_suffix_is_for_outputs_that_are_not_named(tmp_path):
    path = write(tmp_path, "image,mask,output\na.jpg,m.png,\nb.jpg,m.png,x.tif\n")
    assert [job.output for job in manifests.jobs(path, suffix=".png")] == ["a.png", "x.tif"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("image,mask,colour\na.png,m.png,red\n", "line 2: unknown column 'colour'; the columns"),
        ("image,composite,mask\na.png,b.png,m.png\n", "image and composite are two names"),
        ("mask\nm.png\n", "line 2: names no image"),
        ('image,mask\n" ",m.png\n', "line 2: names no image"),
        ("image,mask\n.,m.png\n", r"line 2: image must name a file, got '\.'"),
        ("image,mask\na/..,m.png\n", r"image must name a file, got 'a/\.\.'"),
        ("image,mask\n/,m.png\n", "image must name a file, got '/'"),
        ("image,mask\na.png,\n", "line 2: names no mask; .* --mask FILE"),
        ("image,mask,strength\na.png,m.png,2\n", "strength must be a number from 0 to 1, got '2'"),
        ("image,mask,strength\na.png,m.png,much\n", "strength must be .* got 'much'"),
        ("image,mask,options\na.png,m.png,lab\n", "options must be NAME=VALUE"),
        ("image,mask,reference_mask\na.png,m.png,r.png\n", "reference_mask needs a reference"),
        ("image,mask\na.png,m.png,x.png\n", "more cells than the first line"),
        ("image,mask\n", "names no pictures"),
        ("", "names no pictures"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        manifests.jobs(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]\n", "line 1: must be an object"),
        ('{"image": "a.png"\n', "line 1: is no JSON"),
        ('\n{"image": 3, "mask": "m.png"}\n', "line 2: image must be text, got 3"),
        ('{"image": "a.png", "mask": "m.png", "strength": [1]}', "strength must be a number"),
        ('{"image": "a.png", "mask": "m.png", "options": 3}', "options must be NAME=VALUE"),
        ('{"image": "a.png", "mask": "m.png", "size": 3}', "unknown column 'size'"),
    ],
)
def test_lines_of_json_that_are_wrong(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        manifests.jobs(write(tmp_path, text, ".jsonl"))


@pytest.mark.parametrize("suffix", manifests.SUFFIXES)
def test_bytes_that_are_no_text(tmp_path, suffix):
    path = tmp_path / f"list{suffix}"
    path.write_bytes(b"image,mask\n\xff\xfe,b\n")
    with pytest.raises(ValueError, match=r"UTF-8|CSV"):
        manifests.jobs(path)


@pytest.fixture
def folder(tmp_path):
    for seed, name in enumerate("ab"):
        image, mask = scene(24, 30, seed)
        harmonia.io.write(tmp_path / f"{name}.png", as_dtype(image, np.uint8))
        mask = np.stack([as_dtype(mask, np.uint8)] * 3, axis=-1)
        harmonia.io.write(tmp_path / f"{name}_mask.png", mask)
    return tmp_path


def batch(*words):
    return cli.main(["batch", *map(str, words)])


def test_rows_have_settings_of_their_own(folder):
    path = write(
        folder,
        "image,mask,output,method,strength,options,reference\n"
        "a.png,a_mask.png,one.png,,,,\n"
        "a.png,a_mask.png,two.png,mkl,0.5,,\n"
        "a.png,a_mask.png,three.png,,,space=lab,\n"
        "a.png,a_mask.png,four.png,,,,b.png\n",
    )
    out = folder / "out"
    words = ("-m", "reinhard", "--set", "space=lalphabeta")
    assert batch(path, "-o", out, *words) == 0
    image, mask = (as_dtype(part, np.uint8) for part in scene(24, 30, 0))
    other = as_dtype(scene(24, 30, 1)[0], np.uint8)
    expected = {
        "one": harmonia.harmonize(image, mask, "reinhard"),
        "two": harmonia.harmonize(image, mask, "mkl", strength=0.5),
        "three": harmonia.harmonize(image, mask, "reinhard", space="lab"),
        "four": harmonia.harmonize(image, mask, "reinhard", reference=other),
    }
    for name, wanted in expected.items():
        assert np.array_equal(harmonia.io.read(out / f"{name}.png").pixels, wanted), name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.png,a_mask.png,x.png\nb.png,b_mask.png,x.png", "would both be written to"),
        ("a.png,a_mask.png,x.png\nb.png,b_mask.png,./y/../x.png", "would both be written to"),
        ("a.png,a_mask.png,../x.png", "would lie outside"),
        ("a.png,a_mask.png,y/../../x.png", "would lie outside"),
        ("a.png,a_mask.png,/x.png", "would lie outside"),
        ("a.png,a_mask.png,link/x.png", "would lie outside"),
    ],
)
def test_outputs_are_told_apart_and_stay_in_their_folder(folder, capsys, text, said):
    out = folder / "out"
    out.mkdir()
    (out / "link").symlink_to(folder, target_is_directory=True)
    path = write(folder, f"image,mask,output\n{text}\n")
    assert batch(path, "-o", out) == 1
    assert said in capsys.readouterr().err
    assert sorted(one.name for one in out.iterdir()) == ["link"]
    assert not list(folder.rglob("x.png"))


def test_a_method_of_a_row_is_looked_up_before_any_work(folder, capsys):
    path = write(folder, "image,mask,method\na.png,a_mask.png,\nb.png,b_mask.png,mlk\n")
    assert batch(path, "-o", folder / "out") == 1
    assert "b.png: unknown method 'mlk'" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_row_of_its_own_method_does_not_go_with_one_fit(folder, capsys):
    path = write(folder, "image,mask,method\na.png,a_mask.png,\nb.png,b_mask.png,mkl\n")
    assert batch(path, "-o", folder / "out", "--fit", 0) == 1
    assert "--fit has one transform for all" in capsys.readouterr().err


def test_a_folder_of_masks_does_not_go_with_a_manifest(folder, capsys):
    path = write(folder, "image,mask\na.png,a_mask.png\n")
    assert batch(path, "-o", folder / "out", "--masks", folder) == 2
    assert "a manifest names the masks itself" in capsys.readouterr().err
