"""The command `batch` with a video: one look for all frames, and a whole file or none."""

import json

import harmonia
import numpy as np
import pytest
from harmonia import cli
from harmonia.io import open_video, video_writer
from video_files import clip, ffmpeg, needs_ffmpeg

pytestmark = needs_ffmpeg

FRAMES, HEIGHT, WIDTH = 6, 40, 56


def batch(*words):
    return cli.main(["batch", *map(str, words)])


def scene(foreground=slice(0, FRAMES)):
    """A still patch of few colours before a background that changes; and the masks."""
    rng = np.random.default_rng(4)
    frames = rng.integers(0, 256, (FRAMES, HEIGHT, WIDTH, 3)).astype(float)
    frames *= np.linspace(0.3, 1, FRAMES)[:, None, None, None]  # the light goes on
    masks = np.zeros((FRAMES, HEIGHT, WIDTH), np.uint8)
    masks[foreground, 10:30, 12:40] = 255
    patch = rng.integers(60, 200, (20, 28, 3))
    frames[:, 10:30, 12:40] = patch
    return frames.astype(np.uint8), masks


def save_masks(folder, masks):
    folder.mkdir()
    for number, mask in enumerate(masks):
        harmonia.io.write(folder / f"mask{number + 6}.png", np.stack([mask] * 3, axis=-1))


@pytest.fixture
def videos(tmp_path):
    """A clip and a video of its masks, both lossless."""
    frames, masks = scene()
    clip(tmp_path / "clip.mkv", frames)
    clip(tmp_path / "masks.mkv", np.stack([masks] * 3, axis=-1))
    return tmp_path


def lossless(folder, *words, masks="masks.mkv"):
    """The frames that come out."""
    words = ("--masks", folder / masks, "-o", folder / "out.mkv", "--quality", 100, *words)
    assert batch(folder / "clip.mkv", *words) == 0
    return np.stack(list(open_video(folder / "out.mkv")))


def flicker(outs, frames, still):
    """The mean change from frame to frame where the source stands still, beyond the source's."""
    change = [np.abs(np.diff(np.float64(x)[:, still], axis=0)).mean() for x in (outs, frames)]
    return change[0] - change[1]


def test_one_transform_serves_all_frames_and_nothing_flickers(videos):
    frames, masks = scene()
    outs = lossless(videos)
    look = harmonia.fit(frames[0], masks[0])
    for frame, mask, out in zip(frames, masks, outs, strict=True):
        assert np.array_equal(out, look.apply(frame, mask))
        assert np.array_equal(out[mask == 0], frame[mask == 0])
    assert not np.array_equal(outs, frames)
    assert flicker(outs, frames, masks[0] == 255) == 0  # the same colour becomes the same colour
    each = lossless(videos, "--fit", "each", "--overwrite", "-m", "mkl")
    assert flicker(each, frames, masks[0] == 255) > 1  # grey levels


def test_a_smoothed_transform_is_a_running_mean(videos):
    frames, masks = scene()
    each = lossless(videos, "--fit", "each", "-m", "mkl")
    outs = lossless(videos, "--fit", "each", "--smooth", "4", "--overwrite", "-m", "mkl")
    looks = [
        harmonia.fit(frame, mask, "mkl").to_lut(33)
        for frame, mask in zip(frames, masks, strict=True)
    ]
    mean = looks[0]
    for frame, mask, look, out in zip(frames[1:], masks[1:], looks[1:], outs[1:], strict=True):
        mean = harmonia.lut.combine([mean, look], [0.75, 0.25])
        assert np.array_equal(out, mean.apply(frame, mask))
    here = masks[0] == 255
    assert flicker(outs, frames, here) < 0.6 * flicker(each, frames, here)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--smooth", "4"), "--smooth is for --fit each"),
        (("--fit", "each", "--smooth", "4", "-m", "poisson"), "leave out --smooth"),
    ],
)
def test_what_cannot_be_smoothed_is_refused(videos, capsys, words, said):
    clips = (videos / "clip.mkv", "--masks", videos / "masks.mkv", "-o", videos / "out.mkv")
    assert batch(*clips, *words) != 0
    assert said in capsys.readouterr().err


def test_a_lossy_output_hardly_flickers(tmp_path):
    """A tenth of a grey level beyond the source, as it is decoded, where that stands still."""
    frames, masks = scene()
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    frames[:] = np.stack([x * 2 + 60, y * 3 + 40, (x + y) + 50], axis=-1)  # smooth, and all still
    with video_writer(tmp_path / "clip.mp4", rate=25) as writer:
        for frame in frames:
            writer.write(frame)
    clip(tmp_path / "masks.mkv", np.stack([masks] * 3, axis=-1))
    words = ("--masks", tmp_path / "masks.mkv", "-o", tmp_path / "out.mp4", "-m", "mkl")
    assert batch(tmp_path / "clip.mp4", *words) == 0
    source, outs = (np.stack(list(open_video(tmp_path / name))) for name in ("clip.mp4", "out.mp4"))
    assert flicker(outs, source, masks[0] == 255) <= 0.1


def test_the_transform_is_that_of_the_first_frame_with_foreground(tmp_path):
    frames, masks = scene(slice(3, FRAMES))
    clip(tmp_path / "clip.mkv", frames)
    clip(tmp_path / "masks.mkv", np.stack([masks] * 3, axis=-1))
    outs = lossless(tmp_path)
    look = harmonia.fit(frames[3], masks[3])
    assert np.array_equal(outs[:3], frames[:3])
    assert np.array_equal(outs[5], look.apply(frames[5], masks[5]))


def test_the_transform_may_be_that_of_any_frame(videos, capsys):
    frames, masks = scene()
    outs = lossless(videos, "--fit", 4, "--method", "mkl", "--strength", 0.5, "--json")
    look = harmonia.fit(frames[4], masks[4], "mkl")
    assert np.array_equal(outs[0], look.apply(frames[0], masks[0], strength=0.5))
    said = json.loads(capsys.readouterr().out)
    assert (said["frames"], said["fit"]) == (FRAMES, 4)
    assert "FFV1, lossless" in said["notes"]


def test_masks_come_from_a_folder_in_the_order_of_their_numbers(videos):
    frames, masks = scene()
    moving = np.stack([np.roll(mask, 3 * n, axis=1) for n, mask in enumerate(masks)])
    save_masks(videos / "masks", moving)  # mask6.png .. mask11.png
    outs = lossless(videos, masks="masks")
    for frame, mask, out in zip(frames, moving, outs, strict=True):
        assert np.array_equal(out[mask == 0], frame[mask == 0])
        assert not np.array_equal(out[mask > 0], frame[mask > 0])


def test_one_mask_serves_all_frames(videos):
    _, masks = scene()
    outs = lossless(videos)
    harmonia.io.write(videos / "mask.png", np.stack([masks[0]] * 3, axis=-1))
    for flag in ("--mask", "--masks"):
        words = (flag, videos / "mask.png", "-o", videos / f"{flag}.mkv", "--quality", 100)
        assert batch(videos / "clip.mkv", *words) == 0
        assert np.array_equal(list(open_video(videos / f"{flag}.mkv")), outs)
    inverted = 255 - np.stack([masks[0]] * 3, axis=-1)
    harmonia.io.write(videos / "other.png", inverted)
    again = lossless(videos, "--invert-mask", "--overwrite", masks="other.png")
    assert np.array_equal(again, outs)


def test_masks_of_0_and_1_are_refused_or_meant_so(videos, capsys):
    _, masks = scene(slice(1, FRAMES))  # the first is black
    clip(videos / "masks.mkv", np.stack([masks] * 3, axis=-1))
    clip(videos / "ones.mkv", np.stack([masks // 255] * 3, axis=-1))
    outs = lossless(videos)
    assert np.array_equal(lossless(videos, "--ones-mask", "--overwrite", masks="ones.mkv"), outs)
    for masks, words, said in (
        ("ones.mkv", [], "white must be 255, the mask holds only 0 and 1; pass --ones-mask"),
        ("masks.mkv", ["--ones-mask"], "must hold only 0 and 1 where 1 is to be white, holds 255"),
    ):
        output = videos / f"of_{masks}"
        clips = (videos / "clip.mkv", "--masks", videos / masks, "-o", output)
        assert batch(*clips, *words) == 1
        assert f"{masks}: {said}" in capsys.readouterr().err
        assert not output.exists()


def test_lossy_masks_are_black_where_they_were_meant_to_be(videos):
    frames, masks = scene()
    output = ("-c:v", "mpeg4", "-q:v", "2")
    clip(videos / "masks.mp4", np.stack([masks] * 3, axis=-1), *output)
    outs = lossless(videos, masks="masks.mp4")
    far = np.ones((HEIGHT, WIDTH), bool)
    far[8:32, 8:48] = False  # blocks of 16 x 16 hold the ripples
    assert np.array_equal(outs[:, far], frames[:, far])


def test_masks_of_another_size_are_refused_or_resized(videos, capsys):
    small = np.zeros((FRAMES, HEIGHT // 2, WIDTH // 2, 3), np.uint8)
    small[:, 5:15, 6:20] = 255
    clip(videos / "small.mkv", small)
    words = ("--masks", videos / "small.mkv", "-o", videos / "out.mkv", "--quality", 100)
    assert batch(videos / "clip.mkv", *words) == 1
    assert "must be 56 x 40 pixels as the video, is 28 x 20; pass --resize-mask" in said(capsys)
    assert batch(videos / "clip.mkv", *words, "--resize-mask") == 0


def said(capsys):
    return capsys.readouterr().err


@pytest.mark.parametrize("fit", [[], ["--fit", "0"]])
def test_too_few_masks_are_an_error_and_leave_no_output(videos, capsys, fit):
    _, masks = scene()
    clip(videos / "few.mkv", np.stack([masks[:4]] * 3, axis=-1))
    words = ("--masks", videos / "few.mkv", "-o", videos / "out.mp4", *fit)
    assert batch(videos / "clip.mkv", *words) == 1
    assert "the masks end before frame 4" in said(capsys)
    assert sorted(path.name for path in videos.iterdir()) == ["clip.mkv", "few.mkv", "masks.mkv"]


def test_masks_that_are_left_over_are_told_of(videos, capsys):
    frames, _ = scene()
    clip(videos / "clip.mkv", frames[:4])
    assert len(lossless(videos)) == 4
    assert "has masks beyond the 4 frames" in said(capsys)


def test_masks_in_colour_are_refused(videos, capsys):
    frames, _ = scene()
    clip(videos / "masks.mkv", frames)
    words = ("--masks", videos / "masks.mkv", "-o", videos / "out.mp4")
    assert batch(videos / "clip.mkv", *words) == 1
    assert "masks must be grey" in said(capsys)


def test_a_damaged_video_leaves_no_output(videos, capsys):
    whole = (videos / "clip.mkv").read_bytes()
    (videos / "clip.mkv").write_bytes(whole[: len(whole) * 2 // 3])
    words = ("--masks", videos / "masks.mkv", "-o", videos / "out.mp4")
    assert batch(videos / "clip.mkv", *words) == 1
    assert "clip.mkv: is damaged or incomplete" in said(capsys)
    assert sorted(path.name for path in videos.iterdir()) == ["clip.mkv", "masks.mkv"]


def test_stopping_leaves_no_half_video(videos, monkeypatch):
    from harmonia.io import VideoWriter

    write = VideoWriter.write

    def stopped(self, frame):
        if self.frames == 2:
            raise KeyboardInterrupt
        write(self, frame)

    monkeypatch.setattr(VideoWriter, "write", stopped)
    words = ("--masks", videos / "masks.mkv", "-o", videos / "out.mp4")
    assert batch(videos / "clip.mkv", *words) == 130
    assert sorted(path.name for path in videos.iterdir()) == ["clip.mkv", "masks.mkv"]


def test_an_output_that_is_there_stays(videos, capsys):
    (videos / "out.mp4").write_bytes(b"mine")
    words = ("--masks", videos / "masks.mkv", "-o", videos / "out.mp4")
    assert batch(videos / "clip.mkv", *words) == 1
    assert "out.mp4 is there already; pass --overwrite to replace it" in said(capsys)
    assert (videos / "out.mp4").read_bytes() == b"mine"


def test_a_folder_as_output_takes_the_name_of_the_clip(videos):
    (videos / "made").mkdir()
    words = ("--masks", videos / "masks.mkv", "-o", videos / "made", "--quality", 100)
    assert batch(videos / "clip.mkv", *words) == 0
    assert len(list(open_video(videos / "made" / "clip.mkv"))) == FRAMES


def test_a_reference_gives_the_colours(videos):
    frames, masks = scene()
    harmonia.io.write(videos / "reference.png", frames[5])
    outs = lossless(videos, "--reference", videos / "reference.png")
    look = harmonia.fit(frames[0], masks[0], reference=frames[5])
    assert np.array_equal(outs[1], look.apply(frames[1], masks[1]))


def test_sound_comes_along(tmp_path):
    frames, masks = scene()
    output = ("-c:v", "mpeg4", "-c:a", "aac")
    clip(tmp_path / "clip.mp4", frames, *output, sound=True)
    harmonia.io.write(tmp_path / "mask.png", np.stack([masks[0]] * 3, axis=-1))
    words = ("--mask", tmp_path / "mask.png", "-o", tmp_path / "out.mp4")
    assert batch(tmp_path / "clip.mp4", *words) == 0
    digests = [
        ffmpeg("-i", tmp_path / name, "-map", "0:a", "-c", "copy", "-f", "md5", "-")
        for name in ("clip.mp4", "out.mp4")
    ]
    assert digests[0] == digests[1]


def test_what_cannot_be_asked_of_a_video_is_said(videos, capsys):
    words = (videos / "clip.mkv", "-o", videos / "out.mp4")
    masks = ("--masks", videos / "masks.mkv")
    for more, status, sentence in (
        ((), 2, "--masks is missing"),
        ((*masks, "--workers", "2"), 2, "--workers is for pictures"),
        ((*masks, "--fit", "first"), 2, "--fit must be the number of a frame, from 0, or each"),
        ((*masks, "--fit", "99"), 1, f"--fit 99: {videos / 'clip.mkv'} has 6 frames, from 0"),
        ((*masks, "-m", "poisson"), 1, "no one transform for a video; pass --fit each"),
        ((*masks, "--quality", "100"), 1, "only a .mkv takes --quality 100"),
        (("--masks", videos / "none"), 1, "none"),
    ):
        assert batch(*words, *more) == status, more
        assert sentence in said(capsys)
    assert not (videos / "out.mp4").exists()
    assert batch(*words, *masks, "-m", "poisson", "--fit", "each") == 0
