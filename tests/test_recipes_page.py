"""docs/recipes.md runs: its Python and its commands, section by section, on pictures made here."""

from pathlib import Path

import doc_pages
import harmonia
import numpy as np
import pytest
import video_files
from PIL import Image
from video_files import needs_ffmpeg

PAGE = doc_pages.DOCS / "recipes.md"
if not PAGE.is_file():
    pytest.skip("there is no docs folder beside the tests", allow_module_level=True)

SECTIONS = doc_pages.sections(PAGE)
WITH_BLOCKS = [title for title, blocks in SECTIONS.items() if blocks]
COUNT = 4  # frames


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """The files that the page names, in the current folder."""
    monkeypatch.chdir(tmp_path)
    image, mask = (array[::2, ::2].copy() for array in harmonia.example())
    Image.fromarray(np.dstack([image, 255 - mask // 2])).save("composite.png")
    Image.fromarray(mask).save("mask.png")
    Path("photos").mkdir()
    for name in ("a", "b"):
        Image.fromarray(image).save(f"photos/{name}.jpg", quality=95)
        Image.fromarray(mask).save(f"photos/{name}_mask.png")
    if video_files.ffmpeg_is_there():
        frames = np.stack([np.roll(image, 2 * i, axis=1) for i in range(COUNT)])
        masks = np.stack([np.roll(np.dstack([mask] * 3), 2 * i, axis=1) for i in range(COUNT)])
        video_files.clip("clip.mkv", frames)
        video_files.clip("masks.mkv", masks)
        write_video("clip.mp4", frames)
    return tmp_path


def write_video(path, frames):
    with harmonia.io.video_writer(path, rate=25) as writer:
        for frame in frames:
            writer.write(frame)


def run(title):
    """The blocks of a section in their order; the names that its Python leaves."""
    names = {}
    for language, text in SECTIONS[title]:
        if language == "python":
            doc_pages.run_python(text, names, f"{PAGE.name}: {title}")
        else:
            doc_pages.run_command(text)
    return names


def test_every_section_with_blocks_is_run_here():
    assert WITH_BLOCKS == [
        "Pillow, with alpha",
        "A look as a .cube",
        "ffmpeg",
        "A folder",
        "A video",
    ]


def test_every_block_is_python_or_a_command():
    languages = {language for blocks in SECTIONS.values() for language, _ in blocks}
    assert languages == {"python", ""}


def test_pillow_with_alpha(folder):
    run("Pillow, with alpha")
    before, after = (np.asarray(Image.open(n)) for n in ("composite.png", "harmonized.png"))
    mask = np.asarray(Image.open("mask.png"))
    assert np.array_equal(after[mask == 0], before[mask == 0])
    assert np.array_equal(after[..., 3], before[..., 3])
    cutout = np.asarray(Image.open("cutout.png"))
    assert np.array_equal(cutout, np.dstack([after[..., :3], mask]))


def test_a_look_as_a_cube(folder):
    look = run("A look as a .cube")["look"]
    nodes = harmonia.lut.read_lut("look.cube").nodes
    assert nodes.shape == (17, 17, 17, 3)
    assert np.array_equal(nodes, look.to_lut(17).nodes)


@needs_ffmpeg
def test_ffmpeg_does_what_the_look_does(folder):
    run("A look as a .cube")
    run("ffmpeg")
    look, mask = harmonia.lut.read_lut("look.cube"), np.asarray(Image.open("mask.png"))
    for name, most, mean in (("mkv", 1, 1), ("mp4", 255, 6)):  # H.264 halves the colours' size
        before = list(harmonia.io.open_video(f"clip.{name}"))
        after = list(harmonia.io.open_video(f"graded.{name}"))
        assert len(after) == len(before) == COUNT
        for old, new in zip(before, after, strict=True):
            error = np.abs(new.astype(int) - look.apply(old, mask))
            assert error.max() <= most
            assert error.mean() < mean
            if name == "mkv":
                assert np.array_equal(new[mask == 0], old[mask == 0])


def test_a_folder(folder):
    run("A folder")
    for name in ("a", "b"):
        picture = harmonia.io.read(f"photos/{name}.jpg").pixels
        mask = harmonia.io.read_mask(f"photos/{name}_mask.png").mask
        assert np.array_equal(
            harmonia.io.read(f"out/{name}.png").pixels, harmonia.harmonize(picture, mask)
        )
    assert len(list(Path("done").glob("[ab].*"))) == 2


@needs_ffmpeg
def test_a_video(folder):
    run("A video")
    for name in ("done.mp4", "out.mp4"):
        assert len(list(harmonia.io.open_video(name))) == COUNT
