"""A report as a reader of HTML sees it."""

import base64
import io
import json
from html.parser import HTMLParser

import numpy as np
from PIL import Image


class Page(HTMLParser):
    """Elements with their attributes in order, the text of each, and the data of the script."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.source = text
        self.raw: list[str] = []
        self.feed(text)
        self.close()
        [data] = [raw for kind, raw in self.raw if kind == "application/json"]
        self.data = json.loads(data)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def handle_data(self, data):
        tag, attributes = self.elements[-1] if self.elements else ("", {})
        if self.cdata_elem:  # within a script or a style, which are the last that were opened
            self.raw.append((attributes.get("type", tag), data))
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def pictures(self) -> dict[str, str]:
        """Addresses by what the pictures are said to be."""
        return {image["alt"]: image["src"] for image in self.all("img") if "src" in image}

    def picture(self, said: str):
        address = self.pictures()[said]
        head, _, data = address.partition(",")
        assert head == "data:image/jpeg;base64"
        with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
            return np.array(picture.convert("RGB"))

    def value(self, label: str, metric: str, place: int) -> float | None:
        """As the script reads it."""
        value = self.data["values"][label][metric][place]
        return float(value) if isinstance(value, str) else value
