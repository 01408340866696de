"""The guide runs: the blocks of each page in their order, in a folder with the files it names."""

from pathlib import Path

import harmonia
import numpy as np
import page_blocks
import pytest
import video_files
from PIL import Image

GUIDE = page_blocks.DOCS / "guide"
if not GUIDE.is_dir():
    pytest.skip("there is no docs folder beside the tests", allow_module_level=True)

RUN_ELSEWHERE = {"extending.md"}  # tests/test_docs_extending.py
PAGES = sorted(path for path in GUIDE.glob("*.md") if path.name not in RUN_ELSEWHERE)
NOT_RUN = {"sh", "py"}  # installs, servers, pipes; what takes weights, data or a device
SHOWN = {"toctree"}
NEEDS_MATPLOTLIB = {"evaluation.md"}
NEEDS_FFMPEG = {"files.md"}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """The files that the pages name, in the current folder."""
    monkeypatch.chdir(tmp_path)
    image, mask = harmonia.example()
    Image.fromarray(image).save("photo.png")
    Image.fromarray(mask).save("mask.png")
    Image.fromarray(np.dstack([image, mask])).save("cutout.png")
    Image.fromarray(image[::-1].copy()).save("room.png")
    real = harmonia.harmonize(image, mask, "mkl", strength=0.5)
    Image.fromarray(real).save("real.png")
    for sub, picture in (("composites", image), ("masks", mask), ("reals", real)):
        Path("set", sub).mkdir(parents=True)
        for name, turned in (("a", picture), ("b", picture[:, ::-1].copy())):
            Image.fromarray(turned).save(f"set/{sub}/{name}.png")
    page_blocks.write_photos(Path("photos"))
    if video_files.ffmpeg_is_there():
        video_files.clip("clip.mp4", np.stack([image] * 3), "-c:v", "mpeg4")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_blocks_of_a_page_run(page, folder):
    if page.name in NEEDS_MATPLOTLIB:
        pytest.importorskip("matplotlib")
    if page.name in NEEDS_FFMPEG and not video_files.ffmpeg_is_there():
        pytest.skip("no ffmpeg; the extra `video` brings one")
    if page.name == "metrics.md":  # scores what the first page writes
        Image.open("photo.png").save("out.png")
    names = {}
    for block in page_blocks.blocks(page):
        if block.language == "python":
            page_blocks.run_python(block.text, page.name, names)
        elif block.language not in NOT_RUN | SHOWN:
            assert not block.language, f"{page.name}: what is a block of {block.language}?"
            for words in page_blocks.commands(block.text):
                page_blocks.run_command(words)


def test_every_page_is_in_the_guide():
    listed = (GUIDE / "index.md").read_text("utf-8")
    assert [path.stem for path in GUIDE.glob("*.md") if f"\n{path.stem}\n" not in listed] == [
        "index"
    ]
