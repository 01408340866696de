"""A study made: methods run on samples, the page written, and its key kept apart."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from harmonia import _atomic, _cores, _window
from harmonia._build import get_num_threads
from harmonia.datasets import Dataset
from harmonia.evaluation._asked import candidates as asked_for
from harmonia.evaluation._candidates import Candidate
from harmonia.evaluation._study import page as pages
from harmonia.evaluation._study import pairs
from harmonia.evaluation._study.pictures import Beside, Embedded, Look, Shown, TooLarge, show
from harmonia.evaluation._votes import RESERVED

LONGEST, QUALITY = 720, 95
SMALLEST = 64
PICTURES, INDEX = "pictures", "index.html"


@dataclass(frozen=True)
class Study:
    """What was written.

    Attributes
    ----------
    page
        What voters open.
    key
        Which methods the codes in their votes stand for; not for voters.
    study
        Its identity, which votes carry.
    pairs
        Pairs of methods times samples.
    blocks
        How many votes there are to cast in each block, checks left out. Voter n gets the block
        n - 1, counted around.
    bytes
        Of pictures.
    pictures
        In which format and size they are.
    """

    page: Path
    key: Path
    study: str
    pairs: int
    blocks: tuple[int, ...]
    bytes: int
    pictures: str


def write_study(
    dataset: Dataset,
    methods: Iterable[str | Candidate],
    target: str | PathLike[str],
    *,
    title: str = "Two pictures",
    question: str = pages.QUESTION,
    consent: str = pages.CONSENT,
    votes_per_voter: int | None = None,
    ties: bool = False,
    checks: int = 0,
    longest: int = LONGEST,
    quality: int | None = QUALITY,
    seed: int = 0,
    workers: int | None = None,
    overwrite: bool = False,
    step: Callable[[], object] | None = None,
) -> Study:
    """Write the page on which people vote between methods, two pictures at a time.

    It needs neither a server nor the network, and names no method: votes are of codes, and the key
    is a file beside it. Votes stay in the voter's browser until they are saved as a CSV file, which
    `read_votes` takes. Order and sides are by chance, the same for a voter who comes back.

    Parameters
    ----------
    dataset
        The samples, from `harmonia.datasets.load`.
    methods
        As for `plan`. Where the composite is one of them, voters can ask for the outline of the
        foreground; otherwise for the composite too.
    target
        A file that ends in .html, which holds the pictures; or a folder for index.html and
        pictures beside it.
    title, question, consent
        What voters read. Empty lines part paragraphs of the consent.
    votes_per_voter
        Pairs are dealt into as many blocks as that needs, and a voter gets one. By default all.
    ties
        Whether "no difference" can be chosen.
    checks
        How often each voter is shown a picture beside one whose foreground is a negative.
    longest, quality
        Pictures have so many pixels a side at most, and are JPEG of this quality, or PNG for None.
    seed
        Of the codes and the blocks.
    workers
        Threads; by default the cores.
    overwrite
        Whether a page that is there is replaced.
    step
        Called after each sample.

    >>> study = harmonia.evaluation.write_study(dataset, ["composite", "mkl"], folder / "study.html")
    >>> study.pairs
    2
    """
    where = "write_study"
    candidates = _candidates(methods, where)
    if not len(dataset):
        raise ValueError(f"{where}: dataset {dataset.name} has no samples")
    for name, value, least in (
        ("votes_per_voter", 1 if votes_per_voter is None else votes_per_voter, 1),
        ("longest", longest, SMALLEST),
        ("checks", checks, 0),
    ):
        if value < least:
            raise ValueError(f"{where}: {name} must be at least {least}, got {value}")
    if quality is not None and not 1 <= quality <= 100:
        raise ValueError(f"{where}: quality must be 1 to 100 or None, got {quality}")
    if checks > len(dataset):
        raise ValueError(
            f"{where}: checks must be no more than the {len(dataset)} samples, got {checks}"
        )
    page, key, folder = _places(Path(target), where, overwrite=overwrite)

    codes = pairs.codes([each.label for each in candidates], seed)
    candidates.sort(key=lambda each: int(codes[each.label][1:]))
    blocks = pairs.deal(len(dataset), len(candidates), votes_per_voter, seed)
    checked = pairs.checked(len(dataset), len(candidates), checks, seed)
    look = Look(longest, quality)
    keep = Embedded() if folder is None else Beside(folder)
    samples = _shown(dataset, candidates, look, keep, dict(checked), workers, step)
    texts = pages.Texts(title, question, consent)
    sources = "data:" if folder is None else "'self' file:"

    def compose(study: str) -> str:
        return pages.compose(study, texts, samples, blocks, checked, ties=ties, sources=sources)

    names = {code: label for label, code in codes.items()}
    whole = json.dumps(names, sort_keys=True) + compose("")
    study = hashlib.sha256(whole.encode()).hexdigest()[:16]
    said = {"study": study, "methods": names}
    _atomic.write(key, (json.dumps(said, indent=2) + "\n").encode())
    _atomic.write(page, compose(study).encode())
    counts = tuple(map(len, blocks))
    return Study(page, key, study, sum(counts), counts, keep.bytes, look.sentence())


def _candidates(methods: Iterable[str | Candidate], where: str) -> list[Candidate]:
    candidates = list(asked_for(methods, where=where))
    if len(candidates) < 2:
        raise ValueError(f"{where}: methods must name at least two, got {len(candidates)}")
    for each in candidates:
        if each.label in RESERVED:
            raise ValueError(
                f"{where}: methods: {each.label!r} is no label, votes have it for something else"
            )
    return candidates


def _places(target: Path, where: str, *, overwrite: bool) -> tuple[Path, Path, Path | None]:
    """The page, its key, and the folder of pictures where they lie beside it.

    The key is never in the folder, which is given to voters as a whole.
    """
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{where}: target: there is no folder {target.parent}; make it")
    alone = target.suffix.lower() in (".html", ".htm")
    page = target if alone else target / INDEX
    key = target.with_name(f"{target.stem if alone else target.name}.key.json")
    for path in (page, key):
        if path.exists() and not overwrite:
            raise FileExistsError(f"{path} is there already; pass overwrite=True to replace it")
    if alone:
        return page, key, None
    (target / PICTURES).mkdir(parents=True, exist_ok=True)
    return page, key, target / PICTURES


def _shown(
    dataset: Dataset,
    candidates: list[Candidate],
    look: Look,
    keep: Embedded | Beside,
    spoil: dict[int, int],
    workers: int | None,
    step: Callable[[], object] | None,
) -> list[Shown]:
    computes = [each.open() for each in candidates]
    with_composite = not any(each.method is None and each.folder is None for each in candidates)
    found: dict[int, Shown] = {}

    def work(index: int) -> Shown:
        return show(
            dataset[index],
            computes,
            look,
            keep,
            with_composite=with_composite,
            spoil=spoil.get(index),
        )

    workers = workers or get_num_threads()
    outcomes = _window.outcomes(work, range(len(dataset)), threads=workers)
    with _cores.shared(workers), contextlib.closing(outcomes):
        for outcome in outcomes:
            if isinstance(outcome.error, TooLarge):
                raise outcome.error
            if outcome.error is not None:
                name = dataset.entry(outcome.item).name
                raise ValueError(f"{name}: {outcome.error}") from outcome.error
            if outcome.result is not None:
                found[outcome.item] = outcome.result
            if step is not None:
                step()
    return [found[index] for index in range(len(dataset))]
