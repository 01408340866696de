"""Each dataset in little, laid out as its owners do: some samples of a few dozen pixels.

`MAKERS[name](root, rng)` makes a dataset in the empty folder `root` and says which samples lie
there by their names, in the order of their lists, for each split: {"train": [...], "test": [...]}.
Sets without splits have the one split "all". Composite and real differ within the mask alone, but
for the noise of JPEG.
"""

from pathlib import Path

import harmonia
import numpy as np
from images import scene, soft_disc
from PIL import Image

# Names of iHarmony4, by split and sub-dataset: of each form some, real and mask used several times.
IHARMONY4 = {
    "train": {
        "HCOCO": ["c101_1201_1", "c101_1201_2", "c101_88_1", "c9_57_1"],
        "HAdobe5k": ["a0001_1_1", "a0001_1_2", "a4999_1_5"],
        "HFlickr": ["f15_1_1", "f15_2_1"],
        "Hday2night": ["d90000009-7_1_1"],
    },
    "test": {
        "HCOCO": ["c35030_434421_1", "c35030_434421_2", "c581929_2210_3"],
        "HAdobe5k": ["a0002_1_1", "a0002_1_4"],
        "HFlickr": ["f2508_1_2"],
        "Hday2night": ["d1048-20120628-200951_1_3", "d90000004-18_1_1", "d90000004-18_1_14"],
    },
}
# (height, width) by sub-dataset: HAdobe5k is the largest of them here too.
SIZES = {"HCOCO": (40, 56), "HAdobe5k": (72, 108), "HFlickr": (56, 44), "Hday2night": (48, 60)}


def make_iharmony4(root: Path, rng: np.random.Generator | None = None) -> dict[str, list[str]]:
    """Four sub-datasets, their lists and those above; masks of HCOCO are soft, of HAdobe5k RGB."""
    rng = np.random.default_rng(4) if rng is None else rng
    made: dict[str, list[str]] = {}
    for split, subsets in IHARMONY4.items():
        lines = []
        for subset, names in subsets.items():
            _iharmony4_folder(root / subset, split, subset, names, rng)
            made[split] = made.get(split, []) + names
            lines += [f"{subset}/composite_images/{name}.jpg" for name in names]
        write_list(root / f"IHD_{split}.txt", lines)
    return made


def make_hadobe5k(root: Path, rng: np.random.Generator | None = None) -> dict[str, list[str]]:
    """The folder of the sub-dataset by itself, as it is downloaded for high resolutions."""
    rng = np.random.default_rng(5) if rng is None else rng
    made = {split: subsets["HAdobe5k"] for split, subsets in IHARMONY4.items()}
    for split, names in made.items():
        _iharmony4_folder(root, split, "HAdobe5k", names, rng)
    return made


def make_real_composites_100(
    root: Path, rng: np.random.Generator | None = None
) -> dict[str, list[str]]:
    """Composites and masks in two folders, of larger and of different sizes; no ground truth."""
    rng = np.random.default_rng(100) if rng is None else rng
    names = ["1_1", "2_1", "10_1"]
    for name, (height, width) in zip(sorted(names), [(64, 96), (90, 60), (72, 72)], strict=True):
        composite, mask, _ = triplet(rng, height, width)
        write_picture(root / "composite" / f"{name}.jpg", composite)
        write_mask(root / "mask" / f"{name.rpartition('_')[0]}.png", mask)
    return {"all": sorted(names)}


def make_real_composites_99(
    root: Path, rng: np.random.Generator | None = None
) -> dict[str, list[str]]:
    """Composites and masks of the same names in two folders, all of them PNG; no ground truth."""
    rng = np.random.default_rng(99) if rng is None else rng
    names = ["0019", "IMG_0660", "test05"]
    for name in names:
        composite, mask, _ = triplet(rng, 44, 60)
        write_picture(root / "image" / f"{name}.png", composite)
        write_mask(root / "mask" / f"{name}.png", mask)
    write_list(root / "list.txt", [f"{name}.png" for name in names])
    return {"all": names}


def make_folder(root: Path, rng: np.random.Generator | None = None) -> dict[str, list[str]]:
    """Anyone's: composites, masks and reals of the same names in three folders."""
    rng = np.random.default_rng(1) if rng is None else rng
    names = ["beach", "street/car", "street/dog"]
    for name in names:
        composite, mask, real = triplet(rng, 40, 56)
        write_picture(root / "composites" / f"{name}.jpg", composite)
        write_mask(root / "masks" / f"{name}.png", mask)
        write_picture(root / "reals" / f"{name}.jpg", real)
    return {"all": names}


# By category, some of the ninety composites that the ten styles of a scene give.
RDHARMONY = {
    "human": ["bar_3-1_2", "bar_3-2_1", "bar_3-10_1", "street-4-7_2"],
    "cow": ["forest-1_10", "forest-10_1"],
}


def make_rdharmony(root: Path, rng: np.random.Generator | None = None) -> dict[str, list[str]]:
    """Two categories with their lists; one mask for all the renderings of a scene.

    Nothing is by chance: renderings of a scene and a style are the same wherever they are shown.
    """
    for category, names in RDHARMONY.items():
        folder = root / f"S{category.capitalize()}"
        lines = []
        for name in names:
            of_real, _, foreground = name.rpartition("_")
            of_mask, _, style = of_real.rpartition("-")
            mask = np.rint(np.rint(soft_disc(36, 64)) * 255).astype(np.uint8)
            write_mask(folder / "masks" / f"{of_mask}.png", mask)
            real = rendering(of_mask, int(style))
            write_once(folder / "real_images" / f"{of_real}.jpg", real)
            inside = rendering(of_mask, int(foreground))
            composite = np.where(mask[..., None] > 0, inside, real)
            write_picture(folder / "composite_images" / f"{name}.jpg", composite)
            shares = ["0"] * 10
            shares[int(style) - 1], shares[int(foreground) - 1] = "0.75", "0.25"
            path = f"{folder.name}/composite_images/{name}.jpg"
            lines.append(f"{path}\t{'_'.join(shares)}\t{style}")
        write_list(folder / f"{folder.name}_all_labeled.txt", lines)
    return {"train": [name for names in RDHARMONY.values() for name in names]}


def rendering(of: str, style: int, *, height=36, width=64):
    """A scene in one of ten lights, always the same pixels for the same name."""
    values, _ = scene(height, width, seed=sum(of.encode()))
    light = np.random.default_rng(style).uniform(0.5, 1, 3)
    return np.rint(values * light * 255).astype(np.uint8)


# By split, foregrounds of photographs that have one or two of them.
CCHARMONY = {"train": ["8D5U5531_a", "8D5U5531_b"], "test": ["Canon1DsMkIII_0010_a"]}


def make_ccharmony(root: Path, rng: np.random.Generator | None = None) -> dict[str, list[str]]:
    """Ten composites of each foreground; lists name foregrounds, and masks are RGB."""
    rng = np.random.default_rng(12) if rng is None else rng
    made: dict[str, list[str]] = {}
    for split, foregrounds in CCHARMONY.items():
        for foreground in foregrounds:
            of_real = foreground.rpartition("_")[0]
            _, mask, _ = triplet(rng, 40, 60)
            write_mask(root / "masks" / f"{foreground}.png", mask, rgb=True)
            values, _ = scene(40, 60, seed=sum(of_real.encode()))
            real = np.rint(values * 255).astype(np.uint8)
            write_once(root / "real_images" / f"{of_real}.jpg", real)
            names = [f"{foreground}_{number}" for number in range(1, 11)]
            for name in names:
                composite = recoloured(rng, real, mask)
                write_picture(root / "composite_images" / f"{name}.jpg", composite)
            made[split] = made.get(split, []) + names
        write_list(root / f"{split}_list.txt", foregrounds)
    return made


# By split, the objects of videos and how many frames each has.
HYOUTUBE = {
    "train": {("003234408d", "object_0"): 3, ("003234408d", "object_2"): 2},
    "test": {("cce03c2a9b", "object_0"): 3},
}


def make_hyoutube(root: Path, rng: np.random.Generator | None = None) -> dict[str, list[str]]:
    """Every fifth frame of some videos, from the tenth; the lines of lists end as on Windows."""
    rng = np.random.default_rng(20) if rng is None else rng
    made: dict[str, list[str]] = {}
    for split, videos in HYOUTUBE.items():
        lines = []
        for (video, thing), count in videos.items():
            folders = f"real_videos/{video}", f"foreground_mask/{video}/{thing}"
            composites = f"synthetic_composite_videos/{video}/{thing}"
            lines.append(" ".join([*folders, composites]) + "\r")
            for number in range(10, 10 + 5 * count, 5):
                frame = f"{number:05}"
                values, alpha = scene(36, 64, seed=number)
                real = np.rint(values * 255).astype(np.uint8)
                mask = np.rint(np.rint(alpha) * 255).astype(np.uint8)
                write_once(root / folders[0] / f"{frame}.jpg", real)
                write_mask(root / folders[1] / f"{frame}.png", mask)
                composite = recoloured(rng, real, mask)
                write_picture(root / composites / f"{frame}.jpg", composite)
                made[split] = [*made.get(split, []), f"{video}_{thing}_{frame}"]
        write_list(root / f"{split}_list.txt", lines)
    return made


MAKERS = {
    "ccharmony": make_ccharmony,
    "folder": make_folder,
    "hadobe5k": make_hadobe5k,
    "hyoutube": make_hyoutube,
    "iharmony4": make_iharmony4,
    "rdharmony": make_rdharmony,
    "real_composites_100": make_real_composites_100,
    "real_composites_99": make_real_composites_99,
}


def triplet(rng, height, width, *, soft=False):
    """A composite, its mask, (H, W), soft or of 0 and 255 alone, and its real; all are uint8."""
    values, alpha = scene(height, width, seed=int(rng.integers(1 << 31)))
    real = np.rint(values * 255).astype(np.uint8)
    mask = np.rint((alpha if soft else np.rint(alpha)) * 255).astype(np.uint8)
    return recoloured(rng, real, mask), mask, real


def recoloured(rng, real, mask):
    """A composite: the real with other colours where the mask is."""
    changed = np.clip(real * rng.uniform(0.7, 0.9, 3) + rng.uniform(0, 25, 3), 0, 255)
    inside = mask[..., None] / 255
    return np.rint(inside * changed + (1 - inside) * real).astype(np.uint8)


def write_picture(path: Path, pixels) -> None:
    """In the format of its suffix, folders above it made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    harmonia.io.write(path, pixels)


def write_once(path: Path, pixels) -> None:
    """What several composites share is written with the first of them."""
    if not path.exists():
        write_picture(path, pixels)


def write_mask(path: Path, mask, *, rgb=False) -> None:
    """Grey, as masks mostly are, or the same in three channels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.stack([mask] * 3, axis=2) if rgb else mask).save(path)


def write_list(path: Path, lines) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")


def _iharmony4_folder(folder, split, subset, names, rng) -> None:
    """Masks and reals of several composites are made once."""
    height, width = SIZES[subset]
    reals: dict[str, np.ndarray] = {}
    masks: dict[str, np.ndarray] = {}
    for name in names:
        of_mask = name.rpartition("_")[0]
        of_real = of_mask.rpartition("_")[0]
        _, mask, real = triplet(rng, height, width, soft=subset == "HCOCO")
        if of_real not in reals:
            reals[of_real] = real
            write_picture(folder / "real_images" / f"{of_real}.jpg", real)
        if of_mask not in masks:
            masks[of_mask] = mask
            write_mask(folder / "masks" / f"{of_mask}.png", mask, rgb=subset == "HAdobe5k")
        composite = recoloured(rng, reals[of_real], masks[of_mask])
        write_picture(folder / "composite_images" / f"{name}.jpg", composite)
    write_list(folder / f"{subset}_{split}.txt", [f"{name}.jpg" for name in names])
