"""Photographs are in figures pixel by pixel, and figures are the same to the byte each time."""

import io
import itertools
import json
import re
import sys
import threading

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs matplotlib: pip install 'harmonia[figures]'")

import matplotlib
from harmonia.comparison import Box
from harmonia.evaluation import Results, figures
from harmonia.evaluation.figures import _charts, _grid, _matplotlib
from harmonia.evaluation.figures._shown import Shown
from images import scene, soft_disc
from PIL import Image

WIDE = {"page": 6.875, "column": 3.25}


def made(height=40, width=56, seed=0, methods=3):
    """A sample of `scene`, with a picture for each of some methods."""
    pixels, mask = scene(height, width, seed)
    composite = np.rint(255 * pixels).astype(np.uint8)
    pictures = {f"method{n}": composite // (n + 2) for n in range(methods)}
    scores = {label: {"mse": 1.5, "psnr": 30.25} for label in ("composite", *pictures)}
    return Shown(
        f"name_{seed}",
        "Small",
        composite,
        composite[:, ::-1].copy(),
        mask.astype(np.float32),
        pictures,
        scores,
    )


def arrays(figure):
    """Pictures with three channels: photographs, without contours, in the order they were drawn."""
    found = [image for axes in figure.axes for image in axes.images]
    return [np.asarray(image.get_array()) for image in found if image.get_array().shape[-1] == 3]


def places(figure):
    """Where each of these stands: left, top, width and height, in pixels."""
    found = []
    for axes in figure.axes:
        if axes.images and axes.images[0].get_array().shape[-1] == 3:
            box = axes.get_window_extent()
            top = figure.bbox.height - box.y1
            found.append(tuple(round(one) for one in (box.x0, top, box.width, box.height)))
    return found


def drawn(figure):
    room = io.BytesIO()
    with _matplotlib.settings("test"):
        figure.savefig(room, format="png", dpi="figure")
    with Image.open(room) as picture:
        return np.array(picture.convert("RGB"))


def repeated(pixels, times):
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


@pytest.mark.parametrize("width", WIDE)
@pytest.mark.parametrize("size", [(40, 56), (256, 256), (171, 300)])
def test_photographs_are_drawn_pixel_by_pixel(size, width):
    sample = made(*size)
    figure = figures.grid([sample], boxes=0, width=width)
    shown = drawn(figure)
    pixels = {"ground truth": sample.real, **sample.pictures}
    for picture, (x, y, wide, high) in zip(pixels.values(), places(figure)[1:], strict=True):
        times = wide // size[1]
        assert (high, wide) == (times * size[0], times * size[1])
        np.testing.assert_array_equal(shown[y : y + high, x : x + wide], repeated(picture, times))


def test_crops_are_drawn_pixel_by_pixel_below():
    sample = made(256, 256)
    box = Box(30, 40, 40, 30)
    figure = figures.grid([sample], boxes=[box], labels=["ground truth", "method1"])
    shown = drawn(figure)
    (x, y, wide, high) = places(figure)[-1]
    times = wide // box.width
    assert times > 1
    assert (high, wide) == (times * box.height, times * box.width)
    wanted = repeated(box.cut(sample.pictures["method1"]), times)
    np.testing.assert_array_equal(shown[y : y + high, x : x + wide], wanted)


def test_the_contour_hides_no_foreground():
    sample = made(128, 128)
    figure = figures.grid([sample], boxes=0, labels=["composite"], width="column")
    shown = drawn(figure)
    (x, y, wide, high) = places(figure)[0]
    times = wide // 128
    part = shown[y : y + high, x : x + wide]
    wanted = repeated(sample.composite, times)
    inside = repeated(sample.mask > 0.9, times)
    np.testing.assert_array_equal(part[inside], wanted[inside])
    assert (part[..., 0].astype(int) > part[..., 1].astype(int) + 100).any()  # it is red


def test_photographs_of_other_sizes_keep_their_shapes():
    samples = [made(200, 300), made(300, 200, seed=1), made(200, 300, seed=2)]
    figure = figures.grid(samples, boxes=0, labels=["ground truth"])
    sizes = [(high, wide) for _, _, wide, high in places(figure)]
    assert sizes[0] == sizes[2]
    assert sizes[0][1] % 300 == 0
    assert sizes[1][1] / sizes[1][0] == pytest.approx(200 / 300, abs=0.01)


def test_large_photographs_shrink_by_the_filter_of_sheets():
    sample = made(1400, 2100, methods=1)
    figure = figures.grid([sample], boxes=0)
    seen = arrays(figure)[1]
    assert seen.shape[1] < 2100
    np.testing.assert_array_equal(seen, _grid.scaled(sample.real, seen.shape[:2]))


@pytest.mark.parametrize("width", WIDE)
def test_figures_are_as_wide_as_papers_print_them(samples, width):
    made = [
        figures.grid(samples, width=width),
        figures.differences(samples, width=width),
        figures.triplet(samples[0], width=width),
        figures.systems(samples[0], width=width),
    ]
    for figure in made:
        assert figure.get_size_inches()[0] == pytest.approx(WIDE[width], abs=0.001)
        assert figure.dpi >= 200


@pytest.mark.parametrize("seed", range(8))
def test_chosen_boxes_lie_within_and_are_enlarged_in_whole_steps(seed):
    rng = np.random.default_rng(seed)
    size = tuple(int(side) for side in rng.integers(40, 400, 2))
    sample = made(*size, seed=seed)
    figure = figures.grid([sample], boxes=2, names=False, labels=["method0", "method1"])
    columns = _grid.columns([size], 2, WIDE["page"], names=False)
    line = max(1, round(0.9 * figure.dpi / 72))
    cell = (columns.panel - columns.gap) // 2 - 2 * line
    boxes = _grid.boxes_of(sample, 2, ["method0", "method1"], cell)
    for box, (x, _, wide, high) in zip(boxes, places(figure)[1:3], strict=True):
        assert 0 <= box.x <= box.x + box.width <= size[1]
        assert 0 <= box.y <= box.y + box.height <= size[0]
        assert (wide % box.width, high % box.height) == (0, 0)
        assert 0 <= x <= x + wide <= columns.width


def test_captions_say_names_methods_and_numbers(samples, results):
    figure = figures.grid(samples)
    said = [text.get_text() for text in figure.texts]
    assert said[:4] == ["composite", "ground truth", "fast", "reinhard"]
    assert "HAdobe5k a0002_1_1" in said
    row = results.rows("fast")[3]
    assert f"PSNR {row.values[1]:.2f}  fMSE {row.values[2]:.2f}" in said
    assert not any("PSNR" in text.get_text() for text in figures.grid(samples, numbers=False).texts)


@pytest.mark.parametrize(("methods", "lines"), [(2, 1), (12, 2)])
def test_numbers_below_pictures_are_whole_and_of_one_size(methods, lines):
    """Where they find no room beside each other they stand below each other."""
    sample = made(methods=methods)
    for label in sample.scores:
        sample.scores[label] = {"psnr": 30.25, "fmse": 12345.5}
    figure = figures.grid([sample], boxes=0)
    said = ["PSNR 30.25", "fMSE 12345.50"]
    wanted = said if lines == 2 else ["  ".join(said)]
    numbers = [
        text for text in figure.texts if "PSNR" in text.get_text() or text.get_text() in said
    ]
    assert [text.get_text() for text in numbers] == wanted * (methods + 1)
    assert len({text.get_size() for text in numbers}) == 1
    boxes = [text.get_window_extent() for text in numbers]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert min(box.y0 for box in boxes) > 0


def test_pictures_are_what_was_measured(plan, samples, results):
    for sample, number in zip(samples, [0, 3, 5], strict=True):
        apart = sample.pictures["fast"].astype(float) - sample.real
        measured = results.rows("fast")[number].values[0]
        # Shown are whole levels: 0.5 of one at most, of differences of tens of levels.
        assert (apart**2).mean() == pytest.approx(measured, rel=1e-2)
        assert sample.size == (256, 256)


def test_differences_are_of_one_scale_and_those_from_the_truth(samples):
    figure = figures.differences(samples, end=40)
    images = [image for axes in figure.axes for image in axes.images]
    maps = [image for image in images if image.get_array().ndim == 2]
    assert {image.get_clim() for image in maps} == {(0, 40)}
    assert len(maps) == len(samples) * 3
    first = samples[0]
    wanted = abs(first.composite.astype(float) - first.real).mean(axis=2)
    np.testing.assert_allclose(maps[0].get_array(), wanted, atol=1e-4)


def test_the_scale_ends_at_a_round_number_above_most_differences():
    sample = made(64, 64, methods=1)
    figure = figures.differences([sample])
    maps = [image for axes in figure.axes for image in axes.images if image.get_clim()[1] > 1]
    ends = {image.get_clim()[1] for image in maps if image.get_array().ndim == 2}
    every = [
        abs(one.astype(float) - sample.real).mean(axis=2)
        for one in (sample.composite, *sample.pictures.values())
    ]
    least = np.percentile(every, 99.5)
    assert len(ends) == 1
    assert least <= ends.pop() <= 2 * least


def test_a_triplet_is_composite_real_and_mask(samples):
    figure = figures.triplet(samples[0])
    composite, real, mask = arrays(figure)
    np.testing.assert_array_equal(composite, samples[0].composite)
    np.testing.assert_array_equal(real, samples[0].real)
    np.testing.assert_array_equal(mask[..., 1], np.rint(255 * samples[0].mask))
    assert [text.get_text() for text in figure.texts] == ["composite", "real", "mask"]


def test_four_systems_stand_two_by_two_and_may_be_pasted_on_the_real():
    sample = made(methods=5)
    figure = figures.systems(sample, pasted=True)
    lefts, tops = ({place[axis] for place in places(figure)} for axis in (0, 1))
    assert (len(lefts), len(tops), len(places(figure))) == (2, 2, 4)
    outside = soft_disc(40, 56) == 0
    np.testing.assert_array_equal(arrays(figure)[3][outside], sample.real[outside])
    np.testing.assert_array_equal(arrays(figures.systems(sample))[0], sample.pictures["method0"])


def test_a_gallery_shows_every_sample_once_on_pages_of_a_paper():
    samples = [made(120, 100, seed=seed) for seed in range(11)]
    pages = list(figures.gallery(iter(samples), labels=["ground truth"], width="column"))
    assert len(pages) > 1
    names = [t.get_text() for page in pages for t in page.texts if "name_" in t.get_text()]
    assert names == [f"Small name_{seed}" for seed in range(11)]
    assert all(page.get_size_inches()[1] <= 9.2 for page in pages)


@pytest.mark.parametrize("metric", ["psnr", "fmse"])
def test_a_scatter_has_every_sample_and_the_means_of_the_bins(results, metric):
    figure = figures.scatter(results, metric)
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() for axes in panels] == ["composite", "fast", "reinhard"]
    rows = results.rows("fast")
    offsets = np.vstack([one.get_offsets() for one in panels[1].collections])
    place = results.metrics.index(metric)
    wanted = [(100 * row.foreground, row.values[place]) for row in rows]
    np.testing.assert_allclose(sorted(map(tuple, offsets.tolist())), sorted(wanted), rtol=1e-12)
    high = [row.values[place] for row in rows if row.foreground > 0.15]
    levels = {line.get_ydata()[0] for line in panels[1].lines if len(set(line.get_ydata())) == 1}
    assert any(level == pytest.approx(np.mean(high)) for level in levels)
    assert panels[0].get_yscale() == ("log" if metric == "fmse" else "linear")
    assert {text.get_text() for text in figure.legends[0].get_texts()} == {
        "HCOCO", "HAdobe5k", "HFlickr", "Hday2night", "mean of a bin",
    }  # fmt: skip


def test_a_distribution_is_ordered_by_the_mean_and_shows_it(results):
    figure = figures.distribution(results, ["psnr", "fmse"])
    means = {
        label: np.mean([row.values[1] for row in results.rows(label)]) for label in results.labels
    }
    wanted = sorted(means, key=lambda label: -means[label])
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == wanted
    marked = [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_marker() == "D"]
    assert marked == pytest.approx([means[label] for label in wanted])


@pytest.mark.parametrize("ends", [(130, 8000), (12, 90), (1.5, 999), (0.2, 0.9), (1, 5000)])
def test_a_logarithmic_axis_has_several_numbers(ends):
    with _matplotlib.settings("test"):
        axes = matplotlib.figure.Figure().subplots()
        axes.plot(ends, [0, 1])
        axes.set_xscale("log")
        axes.set_xlim(ends)
        _charts.plain_log(axes.xaxis)
        there = [tick for tick in axes.get_xticks() if ends[0] <= tick <= ends[1]]
    assert 2 <= len(there) <= 9


COSTS = {
    "fast": {"size": 256, "ms": 0.5, "peak_mib": 3.0, "parameters": None, "macs": None},
    "reinhard": {"size": 256, "ms": 40.0, "peak_mib": 9.0, "parameters": 1e6, "macs": 1e9},
}


def test_quality_stands_above_its_time(results):
    figure = figures.tradeoff(results, costs=COSTS)
    (axes,) = figure.axes
    found = sorted(tuple(one.get_offsets()[0]) for one in axes.collections)
    means = [
        (COSTS[label]["ms"], np.mean([row.values[1] for row in results.rows(label)]))
        for label in ("fast", "reinhard")
    ]
    assert found == [pytest.approx(one) for one in means]
    assert {text.get_text() for text in axes.texts} == {"fast", "reinhard", "composite"}
    figure = figures.tradeoff(results, costs=COSTS, against="parameters")
    assert len(figure.axes[0].collections) == 1  # fast has none


def test_of_several_costs_those_of_the_size_on_the_fewest_threads_are_shown(results):
    several = [
        {"size": 1024, "threads": 1, "ms": 9.0},
        {"size": 256, "threads": 2, "ms": 3.0},
        {"size": 256, "threads": 1, "ms": 5.0},
    ]
    figure = figures.tradeoff(results, costs={"fast": several})
    assert figure.axes[0].collections[0].get_offsets()[0][0] == 5.0


def test_costs_are_read_beside_the_rows(results, folder, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no .*cost\.json.*--timing"):
        figures.tradeoff(results)
    (tmp_path / "run.json").write_bytes((folder / "run.json").read_bytes())
    (tmp_path / "rows").symlink_to(folder / "rows")
    (tmp_path / "cost.json").write_text(json.dumps(COSTS))
    assert len(figures.tradeoff(Results(tmp_path)).axes[0].collections) == 2


def every_kind(samples, results):
    return {
        "grid": lambda: figures.grid(samples[:1], width="column"),
        "differences": lambda: figures.differences(samples[:1], width="column"),
        "triplet": lambda: figures.triplet(samples[0], width="column"),
        "systems": lambda: figures.systems(samples[0]),
        "scatter": lambda: figures.scatter(results),
        "distribution": lambda: figures.distribution(results),
        "tradeoff": lambda: figures.tradeoff(results, costs=COSTS),
    }


KINDS = ("grid", "differences", "triplet", "systems", "scatter", "distribution", "tradeoff")


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
@pytest.mark.parametrize("kind", KINDS)
def test_files_are_the_same_to_the_byte_and_say_no_date(samples, results, tmp_path, kind, suffix):
    draw = every_kind(samples, results)[kind]
    files = [tmp_path / f"{number}{suffix}" for number in range(2)]
    for file in files:
        figures.save(draw(), file)
    first, second = (file.read_bytes() for file in files)
    assert first == second
    assert not re.search(rb"CreationDate|ModDate|tIME|Matplotlib|Software", first)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_has_its_fonts_in_it_and_none_of_type_3(samples, results, tmp_path, kind):
    figures.save(every_kind(samples, results)[kind](), tmp_path / "one.pdf")
    data = (tmp_path / "one.pdf").read_bytes()
    assert b"/Type3" not in data
    assert b"/FontFile2" in data
    assert b"/CIDFontType2" in data or b"/TrueType" in data


def test_a_pdf_holds_photographs_as_they_are(tmp_path):
    figures.save(figures.grid([made(100, 130)], boxes=0), tmp_path / "one.pdf")
    data = (tmp_path / "one.pdf").read_bytes()
    sizes = re.findall(rb"/Height (\d+).*?/Width (\d+)|/Width (\d+).*?/Height (\d+)", data)
    found = {(int(h or h2), int(w or w2)) for h, w, w2, h2 in sizes}
    assert (100, 130) in found


def test_the_users_own_settings_neither_show_nor_change(samples, results, tmp_path):
    figures.save(figures.grid(samples[:1], width="column"), tmp_path / "one.png")
    figures.save(figures.scatter(results), tmp_path / "two.png")
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "pdf.fonttype": 3}):
        before = matplotlib.rcParams.copy()
        figures.save(figures.grid(samples[:1], width="column"), tmp_path / "three.png")
        figures.save(figures.scatter(results), tmp_path / "four.png")
        assert matplotlib.rcParams.copy() == before
    for one, other in (("one", "three"), ("two", "four")):
        first, second = ((tmp_path / f"{name}.png").read_bytes() for name in (one, other))
        assert first == second
    assert "matplotlib.pyplot" not in sys.modules


def test_threads_may_draw_at_once(samples, tmp_path):
    def draw(number):
        figures.save(figures.triplet(samples[0], width="column"), tmp_path / f"{number}.png")

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(tmp_path / f"{number}.png").read_bytes() for number in range(4)}) == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda s, r: figures.grid(s, width="wide"), "width must be one of column, page"),
        (lambda s, r: figures.grid([]), "samples must hold at least one"),
        (lambda s, r: figures.grid(s, labels=["mkl"]), "no picture of 'mkl', only of composite"),
        (lambda s, r: figures.grid(s, boxes=5), "boxes must be 4 at most, got 5"),
        (lambda s, r: figures.grid(s, boxes=[(0, 0, 999, 9)]), "must lie inside of the picture"),
        (lambda s, r: figures.differences(s, end=0), "end must be above 0"),
        (lambda s, r: figures.scatter(r, "ssim"), "metric must be one that was measured"),
        (lambda s, r: figures.scatter(r, labels=["mkl"]), "labels: there is no 'mkl'"),
        (lambda s, r: figures.tradeoff(r, costs={}), "no method has ms among its costs"),
        (lambda s, r: figures.tradeoff(r, against="euros"), "against must be one of ms"),
        (lambda s, r: figures.save(figures.triplet(s[0]), "a.svg"), "must end in .png or .pdf"),
    ],
)
def test_what_makes_no_sense_is_told(samples, results, call, said):
    with pytest.raises(ValueError, match=said):
        call(samples, results)
