"""Videos in and out: pixels, times, colours and sound arrive, and nothing is left half written."""

import gc
from fractions import Fraction

import harmonia
import numpy as np
import pytest
from harmonia._video_files import encoding, matroska, program, riff
from harmonia.io import VideoFileError, open_video, video_writer
from video_files import clip, ffmpeg, needs_ffmpeg, noise, raw, sound_of, waves

pytestmark = needs_ffmpeg

# Rows of a matrix from Y, Cb, Cr of -0.5..0.5 to R, G, B, by the weights of red and blue in Y.
WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
SPOKEN = {"bt601": "smpte170m", "bt709": "bt709", "bt2020": "bt2020nc"}


def copy(clip, target, **options):
    """Through reader and writer, frame by frame."""
    reader = open_video(clip)
    with video_writer(target, reader, **options) as writer:
        for frame in reader:
            writer.write(frame)
    return reader, writer


@pytest.mark.parametrize("suffix", [".mkv", ".avi", ".mov"])
def test_frames_of_a_lossless_video_are_read_to_the_bit(tmp_path, suffix):
    frames = noise()
    form = "bgr0" if suffix == ".mkv" else "rgb24"
    codec = "ffv1" if suffix == ".mkv" else "png"
    path = clip(tmp_path / f"clip{suffix}", frames, "-c:v", codec, "-pix_fmt", form)
    reader = open_video(path)
    assert (reader.size, reader.rate, reader.codec, reader.audio) == ((32, 48), 25, codec, 0)
    assert np.array_equal(list(reader), frames)
    assert np.array_equal(list(reader), frames)  # again, from the start


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("size", [(32, 48), (31, 47), (4, 4), (4, 200)])
def test_quality_100_keeps_every_bit(tmp_path, dtype, size):
    top = np.iinfo(dtype).max + 1
    frames = np.random.default_rng(1).integers(0, top, (4, *size, 3), dtype)
    with video_writer(tmp_path / "out.mkv", rate=25, quality=100) as writer:
        for frame in frames:
            writer.write(frame)
    reader = open_video(tmp_path / "out.mkv")
    found = list(reader)
    assert found[0].dtype == dtype
    assert np.array_equal(found, frames)
    assert writer.notes == ("FFV1, lossless",)


@pytest.mark.parametrize("size", [(3, 200), (200, 3), (1, 1)])
def test_frames_too_small_for_ffv1_are_refused(tmp_path, size):
    writer = video_writer(tmp_path / "out.mkv", rate=25, quality=100)
    with pytest.raises(VideoFileError, match="must be 4 x 4 pixels or more"), writer:
        writer.write(np.zeros((*size, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_every_layout_in_memory_is_written_alike(tmp_path):
    frames = noise()[:, ::-1, :, ::-1]  # strides below 0
    with video_writer(tmp_path / "out.mkv", rate=25, quality=100) as writer:
        for frame in frames:
            writer.write(frame)
    assert np.array_equal(list(open_video(tmp_path / "out.mkv")), frames)


def test_the_background_keeps_its_bits_in_a_lossless_video(tmp_path):
    image, mask = harmonia.example()
    image, mask = image[::4, ::4].copy(), mask[::4, ::4].copy()
    frames = np.stack([np.roll(image, n, axis=1) for n in range(4)])
    source = clip(tmp_path / "clip.mkv", frames)
    reader = open_video(source)
    look = harmonia.fit(image, mask)
    with video_writer(tmp_path / "out.mkv", reader, quality=100) as writer:
        for frame in reader:
            writer.write(look.apply(frame, mask))
    outs = list(open_video(tmp_path / "out.mkv"))
    for frame, out in zip(frames, outs, strict=True):
        assert np.array_equal(frame[mask == 0], out[mask == 0])
        assert not np.array_equal(frame, out)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", WEIGHTS)
def test_colours_are_read_by_the_matrix_and_range_that_the_file_says(tmp_path, matrix, full):
    """Within one level: ffmpeg's conversion rounds in fixed-point steps."""
    codes = np.random.default_rng(2).integers(60, 190, (1, 8, 8, 3))
    planes = np.moveaxis(codes, -1, 1).astype(np.uint8)
    inputs, _ = raw(codes.astype(np.uint8), "yuv444p")
    spread = "pc" if full else "tv"
    marks = f"setparams=colorspace={SPOKEN[matrix]}:range={spread}"
    path = tmp_path / "clip.mkv"
    output = ("-vf", marks, "-color_range", spread, "-c:v", "ffv1", "-pix_fmt", "yuv444p", path)
    ffmpeg(*inputs, *output, data=planes.tobytes())

    red, blue = WEIGHTS[matrix]
    luma = codes[..., 0] / 255 if full else (codes[..., 0] - 16) / 219
    cb, cr = ((codes[..., n] - 128) / (255 if full else 224) for n in (1, 2))
    r, b = luma + 2 * (1 - red) * cr, luma + 2 * (1 - blue) * cb
    g = (luma - red * r - blue * b) / (1 - red - blue)
    expected = np.clip(255 * np.stack([r, g, b], axis=-1), 0, 255)

    reader = open_video(path)
    assert np.abs(next(iter(reader)) - expected[0]).max() <= 1.5  # half of it is rounding
    assert reader.notes == (f"YCbCr {matrix}, {'full' if full else 'limited'} range, to RGB",)


def test_the_matrix_that_a_size_suggests_is_said(tmp_path):
    path = clip(tmp_path / "clip.avi", waves(1), "-c:v", "ffv1", "-pix_fmt", "yuv420p")
    assert "no matrix stated, bt601 taken by its size" in open_video(path).notes
    path = clip(tmp_path / "hd.avi", noise(1, 720, 64), "-c:v", "ffv1", "-pix_fmt", "yuv420p")
    assert "no matrix stated, bt709 taken by its size" in open_video(path).notes


def test_ten_bits_are_read_as_sixteen(tmp_path):
    ramp = np.arange(1024, dtype="<u2").reshape(1, 32, 32)
    planes = np.repeat(ramp, 3, axis=0)[None]
    inputs = ("-f", "rawvideo", "-pix_fmt", "gbrp10le", "-s", "32x32", "-i", "pipe:0")
    path = tmp_path / "clip.mkv"
    ffmpeg(*inputs, "-c:v", "ffv1", "-pix_fmt", "gbrp10le", path, data=planes.tobytes())
    reader = open_video(path)
    (frame,) = list(reader)
    assert frame.dtype == reader.dtype == np.uint16
    # 10 bits repeated into 16, or times 64: 64 levels at most from the exact value.
    assert np.abs(frame[..., 0] / 65535 - ramp[0] / 1023).max() <= 64 / 65535


TIMES = [0, 7, 10, 24, 25, 60, 61, 90]  # of 600 ticks a second, after the first frame


def uneven(path, sound=False):
    """Eight frames at uneven times."""
    when = "+".join(f"eq(N\\,{n})*{tick}" for n, tick in enumerate(TIMES))
    output = ["-vf", f"settb=1/600,setpts={when}", "-fps_mode", "passthrough"]
    output += ["-enc_time_base", "1:600", "-video_track_timescale", "600"]
    return clip(path, waves(), *output, "-c:v", "mpeg4", "-q:v", "2", sound=sound)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_uneven_times_are_kept(tmp_path, suffix):
    source = uneven(tmp_path / "clip.mp4")
    reader, writer = copy(source, tmp_path / f"out{suffix}")
    assert [time - reader.times[0] for time in reader.times] == TIMES
    assert reader.time_base == Fraction(1, 600)
    out = open_video(tmp_path / f"out{suffix}")
    assert len(list(out)) == len(TIMES) == writer.frames
    seconds = [[time * clip.time_base for time in clip.times] for clip in (reader, out)]
    if suffix == ".mkv":  # which counts milliseconds
        assert max(abs(a - b) for a, b in zip(*seconds, strict=True)) <= Fraction(1, 2000)
        assert "times rounded to milliseconds" in writer.notes
    else:
        assert seconds[0] == seconds[1]


def test_the_odd_rates_of_television_are_kept(tmp_path):
    source = clip(tmp_path / "clip.mp4", waves(), "-c:v", "mpeg4", rate="30000/1001")
    reader, _ = copy(source, tmp_path / "out.mp4")
    out = open_video(tmp_path / "out.mp4")
    list(out)
    assert reader.rate == out.rate == Fraction(30000, 1001)
    assert reader.times == out.times
    assert reader.expected == len(waves())


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_sound_is_copied_and_stays_in_step(tmp_path, suffix):
    source = uneven(tmp_path / "clip.mp4", sound=True)
    reader, _ = copy(source, tmp_path / f"out{suffix}")
    before, begins = sound_of(source)
    after, later = sound_of(tmp_path / f"out{suffix}")
    assert before == after
    out = open_video(tmp_path / f"out{suffix}")
    list(out)
    assert reader.audio == out.audio == 1
    step = begins - float(reader.times[0] * reader.time_base)
    assert abs(later - float(out.times[0] * out.time_base) - step) <= 0.001


def test_sound_can_be_left_out(tmp_path):
    copy(uneven(tmp_path / "clip.mp4", sound=True), tmp_path / "out.mp4", audio=False)
    assert open_video(tmp_path / "out.mp4").audio == 0


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
def test_a_lossy_video_keeps_its_tags_and_nearly_its_colours(tmp_path, matrix, full):
    spread = "pc" if full else "tv"
    marks = f"scale=out_color_matrix={matrix}:out_range={spread},format=yuv420p"
    marks += f",setparams=colorspace={SPOKEN[matrix]}:range={spread}"
    marks += ":color_primaries=bt709:color_trc=bt709"
    output = ("-vf", marks, "-color_range", spread, "-c:v", "ffv1")
    source = clip(tmp_path / "clip.mkv", waves(), *output)
    reader, writer = copy(source, tmp_path / "out.mp4")
    out = open_video(tmp_path / "out.mp4")
    assert out.facts.tags == reader.facts.tags
    assert (out.facts.matrix, out.facts.full_range) == (matrix, full)
    assert "lossy: the background changes too" in writer.notes[0]
    for before, after in zip(reader, out, strict=True):
        difference = before.astype(float) - after
        assert abs(difference.mean()) < 1  # a wrong matrix or range moves colours by ten levels
        assert np.abs(difference).mean() < 4


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_applied_once(tmp_path, degrees):
    frames = waves(2)
    flat = clip(tmp_path / "flat.mov", frames, "-c:v", "png", "-pix_fmt", "rgb24")
    turned = tmp_path / "turned.mov"
    try:
        ffmpeg("-display_rotation:v", -degrees, "-i", flat, "-c", "copy", turned)
    except RuntimeError:
        pytest.skip("this ffmpeg cannot mark a rotation")
    reader = open_video(turned)
    assert reader.rotation == degrees
    assert f"rotation by {degrees} degrees applied" in reader.notes
    upright = np.rot90(frames, -degrees // 90, axes=(1, 2))
    assert reader.size == upright.shape[1:3]
    assert np.array_equal(list(reader), upright)
    copy(turned, tmp_path / "out.mkv", quality=100)
    out = open_video(tmp_path / "out.mkv")
    assert out.rotation == 0
    assert np.array_equal(list(out), upright)


@pytest.mark.parametrize("encoder", ["libx264", "libopenh264", "libsvtav1", "libvpx-vp9", "mpeg4"])
def test_every_encoder_that_may_be_chosen_works(tmp_path, encoder, monkeypatch):
    if encoder not in program.encoders(program.find("test")):
        pytest.skip(f"this ffmpeg has no {encoder}")
    monkeypatch.setattr(program, "encoders", lambda _: frozenset([encoder]))
    frames = waves(8, 96, 128)
    source = clip(tmp_path / "clip.mkv", frames, "-c:v", "ffv1", "-pix_fmt", "yuv420p")
    target = tmp_path / ("out.webm" if encoder == "libvpx-vp9" else "out.mp4")
    _, writer = copy(source, target)
    assert writer.notes[0].startswith(f"{encoder}, lossy")
    found = list(open_video(target))
    assert len(found) == len(frames)
    assert np.abs(np.float32(found) - list(open_video(source))).mean() < 6


def test_an_odd_size_is_written_with_whole_colours(tmp_path):
    source = clip(tmp_path / "clip.mkv", noise(2, 31, 45))
    pixels = encoding.Pixels(45, 31, 8)
    held = program.encoders(program.find("test"))
    if "libx264" not in held:
        with pytest.raises(VideoFileError, match="odd size 45 x 31"):
            encoding.lossy("out.mp4", "mp4", held, pixels, {}, 95, Fraction(25))
        return
    copy(source, tmp_path / "out.mp4")
    assert open_video(tmp_path / "out.mp4").size == (31, 45)


def test_an_encoder_that_is_missing_is_said():
    with pytest.raises(VideoFileError, match=r"none of libvpx-vp9, libsvtav1; .* quality=100"):
        encoding.lossy("o", "webm", frozenset(), encoding.Pixels(8, 8, 8), {}, 95, Fraction(25))


def damaged(whole, kind):
    rng = np.random.default_rng(3)
    if kind.startswith("cut"):
        return whole[: int(len(whole) * float(kind.split()[1]))]
    flipped = np.frombuffer(whole, np.uint8).copy()
    places = rng.integers(len(flipped) // 4, 3 * len(flipped) // 4, 40)
    flipped[places] ^= 0xFF
    return flipped.tobytes()


@pytest.mark.parametrize("kind", ["cut 0.0", "cut 0.01", "cut 0.3", "cut 0.6", "cut 0.9", "flips"])
@pytest.mark.parametrize("suffix", [".mp4", "fast.mp4", ".mkv", ".avi"])
def test_a_damaged_video_is_a_typed_error_and_leaves_no_output(tmp_path, suffix, kind):
    if suffix == ".mkv":
        output = ["-c:v", "ffv1", "-level", "3", "-slicecrc", "1"]
    else:
        output = ["-c:v", "mpeg4", "-q:v", "2"]
    if suffix == "fast.mp4":
        output += ["-movflags", "+faststart"]
    whole = clip(tmp_path / f"whole{suffix}", noise(8), *output).read_bytes()
    source = tmp_path / f"broken{suffix}"
    source.write_bytes(damaged(whole, kind))
    (tmp_path / "out").mkdir()
    with pytest.raises(VideoFileError, match="broken"):
        copy(source, tmp_path / "out" / "out.mkv", quality=100)
    assert list((tmp_path / "out").iterdir()) == []


SHOWN = "\x1b[1;32m[Parsed_showinfo_0 @ 0x7f] \x1b[0m[info] color_space:unknown"
PLAIN = "[Parsed_showinfo_0 @ 0x7f] [info] color_space:unknown"


@pytest.mark.parametrize(
    ("line", "complaint", "rest"),
    [
        (SHOWN, None, PLAIN),
        (f"{SHOWN}\x1b[1;31mac-tex damaged", "ac-tex damaged", PLAIN),
        (f"{SHOWN}\x1b[4;31mout of memory", "out of memory", PLAIN),
        (f"{SHOWN}\x1b[0;33mPacket corrupt", None, PLAIN),
        (
            "\x1b[0m\x1b[0;36m[mpeg4 @ 5] \x1b[0m\x1b[1;31m[error] \x1b[0m\x1b[1;31mError at MB: 5",
            "Error at MB: 5",
            "[mpeg4 @ 5] ",
        ),
        ("[in#0/avi @ 0x5] [mpeg4 @ 0x6] [fatal] no frame", "no frame", ""),
        (
            "[info]     title           : [error] 404",
            None,
            "[info]     title           : [error] 404",
        ),
        ("\x1b[0m", None, ""),
    ],
)
def test_a_complaint_is_heard_wherever_a_line_holds_it(line, complaint, rest):
    assert program.parted(line) == (complaint, rest)


@pytest.mark.parametrize("setting", ["NO_COLOR", "AV_LOG_FORCE_NOCOLOR", "AV_LOG_FORCE_256COLOR"])
def test_a_complaint_is_heard_without_its_level(tmp_path, monkeypatch, setting):
    """As it stands where threads share a line, whatever the environment says of colours."""
    monkeypatch.setenv(setting, "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    whole = clip(tmp_path / "whole.avi", noise(8), "-c:v", "mpeg4", "-q:v", "2").read_bytes()
    source = tmp_path / "broken.avi"
    source.write_bytes(damaged(whole, "cut 0.6"))
    reader = open_video(source)
    assert "level+info" in program.QUIETLY
    bare = tuple(word.replace("level+info", "info") for word in program.QUIETLY)
    monkeypatch.setattr(program, "QUIETLY", bare)
    with pytest.raises(VideoFileError, match=r"broken.*ffmpeg says 'ac-tex damaged at"):
        list(reader)


def test_a_title_may_speak_of_errors(tmp_path):
    path = clip(tmp_path / "clip.mkv", noise(2), "-c:v", "ffv1", "-metadata", "title=[error] 404")
    assert len(list(open_video(path))) == 2


@pytest.mark.parametrize("kept", [1, 4, 7])
def test_an_avi_cut_between_frames_is_a_typed_error(tmp_path, kept):
    whole = clip(tmp_path / "clip.avi", noise(8), "-c:v", "mpeg4", "-q:v", "2").read_bytes()
    starts = [whole.index(b"movi") + 4]
    while whole[starts[-1] :][:4] == b"00dc":
        size = int.from_bytes(whole[starts[-1] + 4 :][:4], "little")
        starts.append(starts[-1] + 8 + size + size % 2)
    assert len(starts) == 9
    source = tmp_path / "broken.avi"
    source.write_bytes(whole[: starts[kept]])
    with pytest.raises(VideoFileError, match=r"broken.*is damaged or incomplete"):
        list(open_video(source))


def test_an_avi_written_as_a_stream_is_read(tmp_path):
    inputs, data = raw(noise(8))
    path = tmp_path / "clip.avi"
    path.write_bytes(ffmpeg(*inputs, "-c:v", "mpeg4", "-f", "avi", "pipe:1", data=data))
    assert len(list(open_video(path))) == 8


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (b"RIFF\4\0\0\0AVI ", True),
        (b"RIFF\4\0\0\0AVI", True),
        (b"RIFF\4\0\0\0AV", False),
        (b"RIFF\4\0\0\0AVI RIFF\4\0\0\0AVIX", True),
        (b"RIFF\4\0\0\0AVI RIFF\4\0\0\0AV", False),
        (b"RIFF\4\0\0\0AVI RIFF\4", False),
        (b"RIFF\4\0\0\0AVI TAG", True),
        (b"RIFF\xff\xff\xff\xffAVI ", True),
        (b"RIFF\0\0\0\0AVI ", True),
    ],
)
def test_an_avi_is_as_long_as_it_says(tmp_path, content, whole):
    path = tmp_path / "clip.avi"
    path.write_bytes(content)
    assert riff.whole(str(path)) is whole


@pytest.mark.parametrize(
    "content", [b"no video", b"#EXTM3U\n#EXTINF:1,\nclip.mkv\n", b"ffconcat version 1.0\nfile x\n"]
)
def test_what_only_has_the_name_of_a_video_is_refused(tmp_path, content):
    clip(tmp_path / "clip.mkv", noise(1))
    for suffix in (".mp4", ".mkv", ".avi"):
        path = tmp_path / f"other{suffix}"
        path.write_bytes(content)
        with pytest.raises(VideoFileError, match="no frame of video can be read"):
            open_video(path)


def test_other_names_and_missing_files_are_said(tmp_path):
    with pytest.raises(VideoFileError, match=r"must end in one of \.mp4, .* got '\.gif'"):
        open_video(tmp_path / "clip.gif")
    with pytest.raises(FileNotFoundError):
        open_video(tmp_path / "clip.mp4")
    with pytest.raises(TypeError, match="open_video: path"):
        open_video(3)


def test_a_name_is_never_an_option_or_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frames = noise(2)
    for name in ("-y.mkv", "http:clip.mkv", "50%d.mkv", "a b'ü.mkv"):
        with video_writer(name, rate=25, quality=100) as writer:
            writer.write(frames[0])
        assert np.array_equal(list(open_video(name)), frames[:1])


def test_the_pixel_limit_holds(tmp_path, monkeypatch):
    path = clip(tmp_path / "clip.mkv", noise(1))
    monkeypatch.setenv("HARMONIA_MAX_PIXELS", "1535")
    with pytest.raises(VideoFileError, match="1536 pixels are beyond the limit of 1535"):
        open_video(path)


def test_without_ffmpeg_the_cure_is_said(monkeypatch, tmp_path):
    path = clip(tmp_path / "clip.mkv", noise(1))
    monkeypatch.delenv("HARMONIA_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    with pytest.raises(VideoFileError, match=r"pip install 'harmonia\[video\]'"):
        open_video(path)
    with pytest.raises(VideoFileError, match=r"pip install 'harmonia\[video\]'"):
        video_writer(tmp_path / "out.mkv", rate=25)
    monkeypatch.setenv("HARMONIA_FFMPEG", "no-such-program")
    with pytest.raises(VideoFileError, match="HARMONIA_FFMPEG is 'no-such-program'"):
        open_video(path)


def test_an_ffmpeg_too_old_is_said():
    running = program.Running("clip.mkv", ["-no_such_option", "1"])
    running.wait()
    running.stop()
    assert str(running.error("cannot be read")).endswith("it must be ffmpeg 5.1 or later")


def test_a_file_that_is_there_stays_unless_it_may_go(tmp_path):
    target = tmp_path / "out.mkv"
    target.write_bytes(b"old")
    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        video_writer(target, rate=25)
    writer = video_writer(target, rate=25, quality=100, overwrite=True)
    writer.write(noise(1)[0])
    assert target.read_bytes() == b"old"
    writer.close()
    writer.close()
    assert np.array_equal(list(open_video(target)), noise(1))
    assert [path.name for path in tmp_path.iterdir()] == ["out.mkv"]


def test_a_file_that_comes_meanwhile_stays(tmp_path):
    writer = video_writer(tmp_path / "out.mkv", rate=25, quality=100)
    writer.write(noise(1)[0])
    (tmp_path / "out.mkv").write_bytes(b"new")
    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        writer.close()
    assert (tmp_path / "out.mkv").read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 1


def interrupted(path, after):
    with video_writer(path, rate=25, quality=100) as writer:
        for frame in noise(after):
            writer.write(frame)
        raise KeyboardInterrupt


def test_whatever_stops_a_writer_leaves_nothing(tmp_path):
    for written in (0, 3):
        with pytest.raises(KeyboardInterrupt):
            interrupted(tmp_path / "out.mkv", written)
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(VideoFileError, match="no frame was written"):
        video_writer(tmp_path / "out.mkv", rate=25).close()
    assert list(tmp_path.iterdir()) == []


def test_a_video_is_not_written_over_itself(tmp_path):
    path = clip(tmp_path / "clip.mkv", noise(1))
    with pytest.raises(VideoFileError, match="is the video that is read"):
        video_writer(path, open_video(path), overwrite=True)


def test_reading_may_stop_anywhere(tmp_path):
    path = clip(tmp_path / "clip.mkv", noise(40, 120, 160))
    for frame in open_video(path):
        assert frame.shape == (120, 160, 3)
        break
    gc.collect()  # an unclosed pipe would warn, and warnings are errors


def test_sound_that_a_format_does_not_take_is_said(tmp_path):
    source = clip(tmp_path / "clip.mkv", waves(), "-c:v", "ffv1", "-c:a", "pcm_s16le", sound=True)
    held = program.encoders(program.find("test"))
    if not held & {"libvpx-vp9", "libsvtav1"}:
        pytest.skip("this ffmpeg has no encoder for .webm")
    with pytest.raises(VideoFileError, match=r"does not take the sound .* a \.mkv takes any"):
        copy(source, tmp_path / "out.webm")
    assert not (tmp_path / "out.webm").exists()


def test_wrong_arguments_are_said(tmp_path):
    path = clip(tmp_path / "clip.mkv", noise(2))
    reader, out = open_video(path), tmp_path / "out.mkv"
    for options, error, said in (
        ({}, ValueError, "pass like, or else rate"),
        ({"like": reader, "rate": 25}, ValueError, "pass like, or else rate"),
        ({"like": path}, TypeError, "like must be a VideoReader, got"),
        ({"rate": 0}, ValueError, "rate must be frames a second, got 0"),
        ({"rate": 25, "quality": 0}, ValueError, "quality must be an integer of 1..100, got 0"),
    ):
        with pytest.raises(error, match=said):
            video_writer(out, **options)
    with pytest.raises(VideoFileError, match=r"only a \.mkv takes quality=100"):
        video_writer(tmp_path / "out.mp4", rate=25, quality=100)
    with pytest.raises(VideoFileError, match="must end in one of"):
        video_writer(tmp_path / "out.avi", rate=25)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        video_writer(tmp_path / "none" / "out.mkv", rate=25)
    with video_writer(out, reader, quality=100) as writer:
        for frame, error, said in (
            ([1], TypeError, "must be a NumPy array"),
            (noise(1), ValueError, r"must have shape \(H, W, 3\)"),
            (noise(1)[0].astype(np.float32), TypeError, "must be uint8 or uint16"),
            (noise(1)[0], ValueError, "write a frame after it was read"),
        ):
            with pytest.raises(error, match=said):
                writer.write(frame)
        frames = iter(reader)
        writer.write(next(frames))
        with pytest.raises(ValueError, match="as those before"):
            writer.write(noise(1)[0][1:])
        frames.close()
    with pytest.raises(ValueError, match="the writer is closed"):
        writer.write(noise(1)[0])


def test_a_stream_of_raw_frames_is_matroska():
    head = matroska.head(3, 2, bits=8, rate=Fraction(25))
    assert head.startswith(bytes.fromhex("1A45DFA3"))
    assert b"V_UNCOMPRESSED" in head
    assert b"RGB\x18" in head
    before = matroska.before_frame(Fraction(1, 3), 18)
    assert (333_333_333).to_bytes(8, "big") in before
