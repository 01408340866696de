"""Anyone's folders of composites, masks and, where there are, reals; or a manifest of them.

Found are, in this order:

- sub-folders of usual names: `composite_images` (or composites, composite, images, inputs ...),
  `masks` (or mask ...) and `real_images` (or reals, targets, gt ...);
- the same within each sub-folder, which is a sub-dataset then: iHarmony4 without its lists;
- a folder a sample: `NAME/composite.jpg`, `NAME/mask.png`, `NAME/real.jpg`;
- files beside each other: `NAME.jpg`, `NAME_mask.png`, `NAME_real.jpg`.

A mask has its composite's name, or that with `_mask`, or that without the last `_part`, as in
iHarmony4; a real likewise, or without the last two parts. The rule that most files follow counts
for all of them, and what is missing by it is missing.
"""

import os
from pathlib import Path

from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._manifest import lines_in
from harmonia.datasets._triplets import entries_below, lines_below

FACTS = Facts(
    page="",
    paper="",
    licence="that of your files",
    layout={
        "composites/NAME.jpg": "composites, in sub-folders too",
        "masks/NAME.png": "its mask",
        "reals/NAME.jpg": "its real, where there are any",
    },
)


def read(
    root: Path,
    *,
    manifest: str | os.PathLike[str] | None = None,
    composites: str | None = None,
    masks: str | None = None,
    reals: str | None = None,
) -> Dataset:
    """The composites of a folder in the order of their names, or those of a manifest in its order.

    Parameters
    ----------
    root
        The folder.
    manifest
        A CSV file with a header, or a JSONL file, in it: the columns composite and mask and, where
        wanted, real, name and subset. Paths in it are relative to where it lies. What stands in
        other columns is in `extras`.
    composites, masks, reals
        Which sub-folders they are, where their names do not say it.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     harmonia.io.write(f"{root}/cat.png", image)
    ...     harmonia.io.write(f"{root}/cat_mask.png", np.stack([mask] * 3, axis=-1))
    ...     sample = harmonia.datasets.load("folder", root)[0]
    >>> sample.name, bool((sample.mask == mask).all()), sample.real
    ('cat', True, None)
    """
    where = "folder"
    named = {"composites": composites, "masks": masks, "reals": reals}
    if manifest is None:
        return Dataset("folder", lines_below(root, named=named, where=where), entries_below(root))
    given = [name for name, folder in named.items() if folder is not None]
    if given:
        raise ValueError(f"{where}: manifest and {given[0]} exclude each other; leave one")
    path = root / manifest
    if not path.is_file():
        raise FileNotFoundError(f"{where}: manifest: there is no file {path}")
    return Dataset("folder", lines_in(path), entries_below(path.parent))
