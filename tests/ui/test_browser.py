"""The page of `harmonia ui` in a real browser, where one is installed."""

import base64
import re
import sys

import browser
import harmonia
import pytest
from asking import pixels_of
from harmonia.lut import read_lut

pytestmark = [
    pytest.mark.skipif(browser.program() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="its pipes are those of Unix"),
]


@pytest.fixture
def page(server, files, tmp_path):
    for name, data in files.items():
        (tmp_path / f"{name}.png").write_bytes(data)
    with browser.Browser(tmp_path) as page:
        page.open(server.address)
        yield page


def test_pictures_are_chosen_compared_and_saved(page, files, tmp_path):
    image, mask = harmonia.example()
    usual = harmonia._registry.default_method()
    page.choose("#file-picture", tmp_path / "image.png")
    page.choose("#file-mask", tmp_path / "mask.png")
    page.wait_for("document.querySelector('.result .made') !== null")
    page.click("[value=mkl]")
    page.wait_for("document.querySelectorAll('.result .made').length === 2")
    assert page.run("[...document.querySelectorAll('.result')].map((one) => one.dataset.name)") == [
        usual,
        "mkl",
    ]
    assert page.run("document.getElementById('which').textContent") == "mkl"

    page.drag(".stage", (0.5, 0.5), (0.25, 0.5))  # the line follows the mouse
    at = page.run("getComputedStyle(document.querySelector('.stage')).getPropertyValue('--at')")
    assert float(at.rstrip("%")) == pytest.approx(25, abs=1)
    over = page.run("getComputedStyle(document.getElementById('over')).clipPath")
    assert 100 - float(re.fullmatch(r"inset\(0px ([\d.]+)% 0px 0px\)", over)[1]) == float(at[:-1])
    wanted = harmonia.harmonize(image, mask, "mkl")
    for name, pixels in (("over", image), ("under", image), ("made", wanted)):
        source = page.run(f"document.getElementById('{name}').src")
        assert (pixels_of(base64.b64decode(source.partition(",")[2])) == pixels).all()

    page.click("[data-name=mkl] .file")
    assert (pixels_of(page.downloaded("image_mkl.png")) == wanted).all()
    page.enter("#strength", 40)
    page.click(f"[data-name={usual}] .file")
    weak = harmonia.harmonize(image, mask, usual, strength=0.4)
    assert (pixels_of(page.downloaded(f"image_{usual}.png")) == weak).all()
    page.click("[data-name=mkl] .cube")
    (tmp_path / "copy.cube").write_bytes(page.downloaded("image_mkl.cube"))
    assert read_lut(tmp_path / "copy.cube").size == (33, 33, 33)
    assert page.messages == []


def test_a_cutout_is_dragged_to_its_place(page, files, tmp_path):
    page.click("[value=pasted]")
    page.choose("#file-cutout", tmp_path / "cutout.png")
    page.choose("#file-background", tmp_path / "image.png")
    page.wait_for("document.querySelector('.result .made') !== null")
    read = "['left', 'top', 'percent'].map((id) => Number(document.getElementById(id).value))"
    assert page.run(read) == [150, 95, 100]  # in the middle
    page.drag("#above", (0.5, 0.5), (0.75, 0.5))
    left, top, _ = page.run(read)
    assert left == pytest.approx(150 + 180 / 4, abs=1)
    assert top == 95
    page.enter("#percent", 50, "change")
    left, top, scale = page.run(read)
    page.run("document.querySelectorAll('.result').forEach((one) => one.remove())")
    page.wait_for("document.querySelector('.result .made') !== null")
    page.click(".result .file")
    usual = harmonia._registry.default_method()
    out = pixels_of(page.downloaded(f"cutout_{usual}.png"))
    given = pixels_of(files["cutout"]), pixels_of(files["image"])
    composite, mask = harmonia.composite.paste(*given, at=(left, top), scale=scale / 100)
    assert (out == harmonia.harmonize(composite, mask, usual)).all()
    assert page.messages == []


def test_an_error_is_shown_beside_its_picture(page, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    page.choose("#file-picture", tmp_path / "broken.png")
    page.wait_for("document.querySelector('#slot-picture .wrong').textContent !== ''")
    said = page.run("document.querySelector('#slot-picture .wrong').textContent")
    assert said.startswith("broken.png: must be PNG, JPEG")


@pytest.mark.parametrize(
    ("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(23, 23, 26)")]
)
def test_it_follows_day_and_night(page, scheme, paper):
    page.scheme(scheme)
    assert page.run("getComputedStyle(document.body).backgroundColor") == paper


@pytest.mark.parametrize("width", [400, 800, 1600])
def test_nothing_is_wider_than_the_window(page, tmp_path, width):
    page.size(width, 900)
    page.choose("#file-picture", tmp_path / "image.png")
    page.choose("#file-mask", tmp_path / "mask.png")
    page.wait_for("document.querySelector('.result .made') !== null")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")


def test_other_scripts_do_not_run(page):
    page.run(
        "const one = document.createElement('script');"
        "one.textContent = 'window.ran = 1';"
        "document.body.append(one);"
        "document.body.insertAdjacentHTML('beforeend', '<a id=x onclick=\"window.ran = 1\">');"
        "document.getElementById('x').click()"
    )
    assert page.run("window.ran") is None
    assert {message["source"] for message in page.messages} == {"security"}
