"""What comes back from the server of `harmonia ui`: the same as from the library."""

import base64
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor

import harmonia
import numpy as np
import pytest
from asking import ask, downloaded, found, masked, pixels_of, png, upload
from harmonia import cli
from harmonia._image_files import icc
from harmonia.lut import read_lut


@pytest.mark.parametrize("method", ["harmonia", "mkl", "poisson"])
@pytest.mark.parametrize("strength", [1, 0.4])
def test_a_result_is_what_harmonize_gives(server, files, method, strength):
    if method not in harmonia._registry.list_ready():
        pytest.skip(f"{method} needs onnxruntime")
    image, mask = harmonia.example()
    out = downloaded(server, masked(server, files), method, strength)
    assert (out == harmonia.harmonize(image, mask, method, strength=strength)).all()
    assert (out != image).any()
    assert (out[mask == 0] == image[mask == 0]).all()


def test_a_result_is_shown_before_it_is_saved(server, files):
    image, mask = harmonia.example()
    asked = {"scene": masked(server, files), "method": "mkl", "strength": 1}
    shown = found(server, "/results", asked)
    kind, _, data = shown["shown"].partition(",")
    assert kind == "data:image/png;base64"  # which small pictures are shown as, to the bit
    seen = pixels_of(base64.b64decode(data))
    assert (seen == harmonia.harmonize(image, mask, "mkl")).all()
    assert shown["seconds"] >= 0


def test_16_bits_and_what_stands_beside_the_pixels_are_kept(server, files):
    image, mask = harmonia.example()
    deep = image.astype(np.uint16) * np.uint16(257)
    picture = harmonia.io.Picture(deep, "PNG", icc=icc.srgb(), resolution=(300.0, 300.0))
    file = io.BytesIO()
    harmonia.io.write(file, deep, like=picture, format="PNG")
    scene = masked(server, files | {"image": file.getvalue()})
    body = json.dumps({"scene": scene, "method": "mkl", "strength": 1}).encode()
    out = harmonia.io.read(ask(server, "/files", body)[1])
    assert (out.pixels == harmonia.harmonize(deep, mask, "mkl")).all()
    assert out.icc == icc.srgb()


def test_a_mask_is_inverted_and_resized_where_it_is_asked_for(server, files):
    image, mask = harmonia.example()
    scene = masked(server, files, invert=True)
    wanted = harmonia.harmonize(image, 255 - mask, "mkl")
    assert (downloaded(server, scene, "mkl") == wanted).all()

    half = png(np.stack([mask[::2, ::2]] * 3, axis=-1))
    resized = harmonia.io.read_mask(half, image_size=mask.shape, resize=True).mask
    scene = masked(server, files | {"mask": half}, resize=True)
    assert (downloaded(server, scene, "mkl") == harmonia.harmonize(image, resized, "mkl")).all()


def test_a_mask_of_zeros_and_ones_is_taken_where_it_is_asked_for(server, files):
    image, mask = harmonia.example()
    hard = np.where(mask == 255, np.uint8(255), np.uint8(0))
    ones = png(np.stack([hard // 255] * 3, axis=-1))
    scene = masked(server, files | {"mask": ones}, ones=True)
    assert (downloaded(server, scene, "mkl") == harmonia.harmonize(image, hard, "mkl")).all()


def test_the_mask_may_be_the_alpha_of_a_picture(server, files):
    image, mask = harmonia.example()
    scene = masked(server, files | {"mask": png(np.dstack([image, mask]))})
    assert (downloaded(server, scene, "mkl") == harmonia.harmonize(image, mask, "mkl")).all()


def test_a_cutout_lies_where_it_was_put(server, files):
    below = pixels_of(files["image"])[:, ::-1].copy()
    names = {"cutout": upload(server, files["cutout"]), "background": upload(server, png(below))}
    scene = found(server, "/scenes", names | {"left": 100, "top": -20, "scale": 0.75})
    composite, mask = harmonia.composite.paste(
        pixels_of(files["cutout"]), below, at=(100, -20), scale=0.75
    )
    out = downloaded(server, scene["id"], "mkl")
    assert (out == harmonia.harmonize(composite, mask, "mkl")).all()
    assert (out[mask == 0] == below[mask == 0]).all()
    assert (downloaded(server, scene["id"], "mkl", 0) == composite).all()


def test_a_cutout_of_8_bits_is_widened_to_the_background(server, files):
    deep = pixels_of(files["image"]).astype(np.uint16) * np.uint16(257)
    names = {"cutout": upload(server, files["cutout"]), "background": upload(server, png(deep))}
    scene = found(server, "/scenes", names | {"left": 0, "top": 0, "scale": 1})
    assert scene["notes"] == ["the cut-out: 8 bits widened to 16"]
    assert downloaded(server, scene["id"], "mkl").dtype == np.uint16


@pytest.mark.parametrize("strength", [1, 0.25])
def test_the_look_is_the_table_of_the_fit(server, files, tmp_path, strength):
    asked = {"scene": masked(server, files), "method": "mkl", "strength": strength}
    look = found(server, "/looks", asked)
    assert look["remark"] == ""
    table = harmonia.fit(*harmonia.example(), "mkl").to_lut(33)
    if strength != 1:
        table = harmonia.lut.combine([table, harmonia.lut.identity(33)], [strength, 1 - strength])
    harmonia.lut.write_lut(table, tmp_path / "wanted.cube")
    assert look["text"].encode() == (tmp_path / "wanted.cube").read_bytes()


def test_a_method_that_is_no_change_of_colours_says_how_far_its_table_is_off(
    server, files, tmp_path, monkeypatch, capsys
):
    asked = {"scene": masked(server, files), "method": "poisson", "strength": 1}
    look = found(server, "/looks", asked)
    assert "poisson is no change of colours alone" in look["remark"]
    assert re.search(r"off by [\d.]+ levels of 255 on average", look["remark"])

    monkeypatch.chdir(tmp_path)  # the command says and writes the same
    for name in ("image", "mask"):
        (tmp_path / f"{name}.png").write_bytes(files[name])
    words = ["lut", "image.png", "mask.png", "-m", "poisson", "-o", "look.cube"]
    assert cli.main(words) == 0
    assert look["remark"].rpartition("off by")[2] in capsys.readouterr().err
    assert look["text"].encode() == (tmp_path / "look.cube").read_bytes()
    assert read_lut("look.cube").size == (33, 33, 33)


@pytest.mark.threads
def test_many_at_once_get_their_own(server, files):
    image, mask = harmonia.example()
    pictures = [np.ascontiguousarray(np.roll(image, turn, axis=2)) for turn in range(3)]

    def lay(picture):
        return masked(server, files | {"image": png(picture)})

    def work(asked):
        number, method = asked
        wanted = harmonia.harmonize(pictures[number], mask, method)
        return (downloaded(server, scenes[number], method) == wanted).all()

    with ThreadPoolExecutor(12) as pool:
        scenes = list(pool.map(lay, pictures))
        every = [(number, method) for method in ("mkl", "xiao") for number in range(3)]
        assert all(pool.map(work, every * 4))
