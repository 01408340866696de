"""The sheet as one HTML file: whole in itself, well-formed, and safe with any name."""

import base64
import io
import re
from html.parser import HTMLParser

import harmonia
import numpy as np
import pytest
from PIL import Image

VOID = {"img", "input", "meta", "link", "br", "hr"}
NASTY = '</script><script>alert("x")</script> & {{panels}} <img src=x onerror=y>'


class Document(HTMLParser):
    """The elements of a page; one that is not closed in order is an error."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag, kind=None):
        found = [attributes for name, attributes in self.elements if name == tag]
        return [a for a in found if kind is None or kind in a.get("class", "").split()]


def image_of(address):
    kind, _, data = address.partition(";base64,")
    assert kind in ("data:image/png", "data:image/jpeg")
    return np.array(Image.open(io.BytesIO(base64.b64decode(data, validate=True))))


def fails(image, mask):
    raise RuntimeError(f"no weights {NASTY}")


@pytest.fixture(scope="module")
def comparison():
    image, mask = harmonia.example()
    methods = {"mkl": "mkl", NASTY: lambda image, mask: image.copy(), "broken": fails}
    return harmonia.compare(image, mask, methods, real=image[::-1].copy(), title=NASTY)


@pytest.fixture(scope="module")
def page(comparison):
    return comparison.to_html()


def test_elements_are_closed_in_order(page):
    document = Document(page)
    assert page.startswith("<!DOCTYPE html>")
    assert len(document.all("html")) == 1


def test_nothing_is_loaded_from_elsewhere(page):
    document = Document(page)
    for _, attributes in document.elements:
        for name in ("src", "href", "srcset", "action", "poster"):
            assert attributes.get(name, "data:").startswith("data:")
    assert document.all("link") == []
    assert "src" not in document.all("script")[0]
    assert not re.search(r"https?://|@import|url\(|fetch\(|XMLHttpRequest|eval\(", page)
    policy = next(m["content"] for m in document.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'")


def test_names_and_titles_are_text(page):
    document = Document(page)
    assert len(document.all("script")) == 1
    assert not any("onerror" in attributes for _, attributes in document.elements)
    text = "".join(document.text)
    assert text.count(NASTY) >= 4  # title, heading, name and reason
    assert NASTY in [figure.get("data-name") for figure in document.all("figure")]


def test_every_picture_is_there_once_and_bit_by_bit(comparison, page):
    pictures = [image_of(image["src"]) for image in Document(page).all("img", "picture")]
    wanted = [comparison.image, comparison.real, *comparison.pictures.values()]
    assert len(pictures) == len(wanted)
    for picture, one in zip(pictures, wanted, strict=True):
        np.testing.assert_array_equal(picture, one)


def test_every_picture_has_its_boxes_and_crops(comparison, page):
    document = Document(page)
    count = 2 + len(comparison.pictures)
    assert len(document.all("span", "box")) == count * len(comparison.boxes)
    crops = [i for i in document.all("img") if ", part" in i.get("alt", "")]
    assert len(crops) == count * len(comparison.boxes)
    box = comparison.boxes[0]
    np.testing.assert_array_equal(image_of(crops[0]["src"]), box.cut(comparison.image))


def test_large_pictures_are_scaled_and_crops_are_not():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (1200, 2000, 3), np.uint8)
    mask = np.zeros((1200, 2000), bool)
    mask[300:800, 500:900] = True
    comparison = harmonia.compare(image, mask, ["mean_shift"], boxes=[(600, 300, 200, 150)])
    document = Document(comparison.to_html())
    assert image_of(document.all("img", "picture")[0]["src"]).shape == (960, 1600, 3)
    crops = [i for i in document.all("img") if ", part" in i.get("alt", "")]
    np.testing.assert_array_equal(image_of(crops[0]["src"]), comparison.boxes[0].cut(image))


@pytest.mark.parametrize(("metric", "best"), [("fmse", min), ("psnr", max)])
def test_the_best_number_is_strong(comparison, page, metric, best):
    cells = re.findall(r'<td data-value="([^"]*)">(<strong>)?', page)
    columns = len(comparison.scores["composite"]) + 1  # and the time
    place = list(comparison.scores["mkl"]).index(metric)
    found = [(float(value), bool(strong)) for value, strong in cells[place::columns]]
    wanted = best(value for value, _ in found)
    assert [strong for _, strong in found] == [value == wanted for value, _ in found]


def test_notebooks_get_a_frame_of_its_own(comparison, page):
    frame = Document(comparison._repr_html_())
    assert [tag for tag, _ in frame.elements] == ["iframe"]
    assert frame.all("iframe")[0]["srcdoc"] == page
