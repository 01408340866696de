"""Harmonize many pictures: a folder, or a manifest that names them.

harmonia batch DIR -o OUT              NAME.jpg with NAME_mask.png beside it, or DIR/images and
                                       DIR/masks; sub-folders are kept
harmonia batch LIST.csv -o OUT         columns image, mask and, where wanted, output, method,
                                       strength, options, reference, reference_mask; or .jsonl
harmonia batch FRAMES --fit 0 -o OUT   one transform for all, so that frames do not flicker
harmonia batch CLIP.mp4 --masks MASKS -o OUT.mp4
                                       a video, by one transform: that of the first frame with
                                       foreground, or of --fit N; MASKS is a video, a folder of
                                       masks in order, or one mask. --quality 100 and OUT.mkv keep
                                       the bits of the background, else it is encoded anew

The same command again goes on where an earlier one ended, however that was.
"""

import argparse
import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia.cli._batch.jobs import Job
    from harmonia.cli._batch.report import Row
    from harmonia.cli._batch.work import Work


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", metavar="SOURCE", help="a folder, a .csv or .jsonl manifest, or a video"
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="DIR",
        help="folder to write to; made if missing; or a video",
    )
    masks = parser.add_mutually_exclusive_group()
    masks.add_argument("--mask", metavar="FILE", help="one mask for all pictures")
    masks.add_argument(
        "--masks",
        metavar="DIR",
        help="folder of masks that are named as their pictures, or as in iHarmony4; for a video, "
        "masks in order or a video of them",
    )
    parser.add_argument(
        "--fit",
        metavar="FRAME",
        help="fit to this picture only, a file name or a number from 0, and apply that to all; "
        "each, for a video, fits every frame anew",
    )
    parser.add_argument(
        "--smooth",
        type=_arguments.number(1, float("inf")),
        metavar="FRAMES",
        help="with --fit each: colours follow a change within about so many frames, not at once",
    )
    parser.add_argument(
        "--workers",
        type=_arguments.whole(1),
        metavar="N",
        help="pictures under way at a time (default: the cores)",
    )
    parser.add_argument(
        "--fail-fast", action="store_true", help="stop at the first picture that fails"
    )
    _arguments.add_method(parser)
    _arguments.add_reference(parser)
    _arguments.add_mask(parser)
    _arguments.add_profile(parser)
    _arguments.add_output(parser)
    parser.add_argument(
        "--suffix",
        metavar=".EXT",
        help="format of the outputs (default: each as its picture; JPEG, WebP and AVIF encode the "
        "background anew, .png keeps its bits)",
    )
    parser.add_argument(
        "--report", metavar="FILE", help="write a .csv or .jsonl with a row for each picture"
    )
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    from harmonia.cli._batch import manifests

    source = Path(arguments.source)
    if not source.exists():
        raise FileNotFoundError(f"{source}: there is no such folder or file")
    if not source.is_dir() and source.suffix.lower() not in manifests.SUFFIXES:
        from harmonia.cli import _video

        if _video.is_video(arguments.source):
            return int(_video.run(arguments) or 0)
        raise ValueError(f"{source}: SOURCE must be a folder, a .csv or .jsonl, or a video")
    return _pictures(arguments, source)


def _pictures(arguments: argparse.Namespace, source: Path) -> int:
    import harmonia
    from harmonia import _folder_lock
    from harmonia.cli._batch import record, report
    from harmonia.cli._batch.jobs import check_outputs, chosen

    folder = Path(arguments.output)
    if arguments.smooth is not None:
        raise _arguments.Misused("--smooth is for a video; leave it out for pictures")
    if arguments.report:
        report.check(Path(arguments.report))
    jobs = _listed(arguments, source, folder)
    check_outputs(jobs, folder)
    frame = None if arguments.fit is None else chosen(jobs, arguments.fit, source)
    workers = arguments.workers or harmonia.get_num_threads()
    work = _work(arguments, folder, workers)
    _check(work, jobs, fitted=frame is not None)
    settings = record.plain(_settings(arguments, frame))
    shared = [*work.shared_files, *(frame.inputs if frame else [])]
    _say_what_is_lossy(jobs, arguments.quality)
    folder.mkdir(parents=True, exist_ok=True)
    with _folder_lock.locked(folder / record.LOCK):
        record.sweep(folder, jobs)
        if arguments.overwrite:
            record.start_over(folder, jobs)
        left = record.left_to_do(folder, jobs, settings, shared=shared)
        if left:
            work = work.prepared(frame)
            record.begin(folder, jobs, settings)
        tally = _Tally(total=len(jobs), skipped=len(jobs) - len(left))
        if arguments.report:
            wanted = set(map(id, left))
            tally.rows = {
                job.output: report.Row(
                    job.image, job.output, "left" if id(job) in wanted else "skipped"
                )
                for job in jobs
            }
        try:
            _harmonize_all(work, left, workers, tally, fail_fast=arguments.fail_fast)
        except KeyboardInterrupt:
            _console.say(f"{folder}: {tally.sentence()}; the same command again goes on from here")
            raise
        finally:
            if arguments.report:
                report.write(Path(arguments.report), tally.rows.values())
    _show(arguments, folder, tally)
    return 1 if tally.failures else 0


@dataclass
class _Tally:
    """What became of the pictures so far."""

    total: int
    skipped: int = 0
    written: int = 0
    failures: "list[tuple[Job, str]]" = field(default_factory=list)
    rows: "dict[str, Row]" = field(default_factory=dict)  # where there is to be a report
    started: float = field(default_factory=time.perf_counter)

    def sentence(self) -> str:
        parts = [f"{self.written} written"]
        if self.skipped:
            parts.append(f"{self.skipped} were there")
        if self.failures:
            parts.append(f"{len(self.failures)} failed")
        left = self.total - self.skipped - self.written - len(self.failures)
        if left:
            parts.append(f"{left} left")
        return ", ".join(parts)


def _harmonize_all(
    work: "Work", left: "list[Job]", workers: int, tally: _Tally, *, fail_fast: bool
) -> None:
    from harmonia import _cores, _window
    from harmonia.cli._progress import Progress

    outcomes = _window.outcomes(work, left, threads=workers, stop=work.stop)
    with (
        _cores.shared(min(workers, max(1, len(left)))),
        contextlib.closing(outcomes),
        Progress(tally.total, done=tally.skipped) as progress,
    ):
        for outcome in outcomes:
            job, error, made = outcome.item, outcome.error, outcome.result
            said = "" if error is None else _failure(error)
            if error is None:
                tally.written += 1
            else:
                tally.failures.append((job, said))
            if tally.rows:
                tally.rows[job.output] = tally.rows[job.output]._replace(
                    status="failed" if said else "written",
                    seconds=round(outcome.seconds, 4),
                    foreground=None if made is None else round(made.foreground, 6),
                    notes=() if made is None else made.notes,
                    error=said,
                )
            progress.step(failed=error is not None)
            if error is not None and fail_fast:
                return


def _failure(error: Exception) -> str:
    return _arguments.in_words_of_flags(_console.sentence(error))


def _listed(arguments: argparse.Namespace, source: Path, folder: Path) -> "list[Job]":
    from harmonia.cli._batch import folders, manifests

    suffix = _suffix(arguments.suffix)
    if source.is_dir():
        jobs, unused = folders.jobs(
            source,
            mask=arguments.mask,
            masks=arguments.masks,
            leave_out=folder,
            suffix=suffix,
        )
        if unused:
            more = f" and {len(unused) - 1} more" if len(unused) > 1 else ""
            _console.warn(f"harmonia batch: warning: no picture for the mask {unused[0]}{more}")
        return jobs
    if arguments.masks:
        raise _arguments.Misused("--masks goes with a folder; a manifest names the masks itself")
    return manifests.jobs(source, mask=arguments.mask, suffix=suffix)


def _suffix(said: str | None) -> str | None:
    from harmonia import _image_files

    if said is None:
        return None
    suffix = said if said.startswith(".") else f".{said}"
    if suffix.lower() not in _image_files.SUFFIXES:
        known = ", ".join(_image_files.SUFFIXES)
        raise _arguments.Misused(f"--suffix must be one of {known}, got {said!r}")
    return suffix


def _work(arguments: argparse.Namespace, folder: Path, workers: int) -> "Work":
    from harmonia._window import Budget
    from harmonia.cli._batch.work import PIXELS_EACH, Work

    return Work(
        folder=folder,
        method=arguments.method,
        strength=arguments.strength,
        options=dict(arguments.options),
        reference=arguments.reference,
        reference_mask=arguments.reference_mask,
        masks=_arguments.MaskWays.of(arguments),
        to_srgb=arguments.to_srgb,
        quality=arguments.quality,
        budget=Budget(workers * PIXELS_EACH),
    )


def _check(work: "Work", jobs: "list[Job]", *, fitted: bool) -> None:
    """What would fail for every picture fails before the first."""
    from harmonia._registry import check_options, find_method, is_network, method_name

    def check(method: str, options: Mapping[str, Any], where: str) -> None:
        if is_network(method_name(method, where=where)):
            work.methods(method, options)  # its weights may be missing
        else:
            check_options(find_method(method, where=where), options, where=where)

    if work.reference_mask and not work.reference:
        raise _arguments.Misused("--reference-mask needs --reference")
    check(work.method, work.options, "--method")
    for job in jobs:
        if fitted and (job.method or job.options or job.reference):
            raise ValueError(
                f"{job.image}: has a method, options or reference of its own in the manifest, and "
                "--fit has one transform for all; leave one of the two out"
            )
        if job.method or job.options:
            check(job.method or work.method, work.options_of(job), job.image)


def _settings(arguments: argparse.Namespace, frame: "Job | None") -> dict[str, Any]:
    import harmonia

    files = {
        name: value and os.fspath(Path(value).absolute())
        for name, value in (
            ("reference", arguments.reference),
            ("reference_mask", arguments.reference_mask),
            ("fit", frame and frame.image),
        )
    }
    names = (
        "method",
        "strength",
        "invert_mask",
        "resize_mask",
        "ones_mask",
        "to_srgb",
        "quality",
    )
    return {
        "harmonia": harmonia.__version__,
        **{name: getattr(arguments, name) for name in names},
        "options": dict(sorted(arguments.options)),
        **files,
    }


def _say_what_is_lossy(jobs: "list[Job]", quality: int) -> None:
    from harmonia import _image_files

    suffixes = {Path(job.output).suffix.lower() for job in jobs}
    kinds = {_image_files.SUFFIXES.get(suffix, "") for suffix in suffixes}
    lossy = sorted(kinds & {*_image_files.LOSSY, *(["WEBP"] if quality < 100 else [])})
    if lossy:
        _console.say(
            f"{' and '.join(lossy)} encode the whole picture anew, background and all; "
            "--suffix .png keeps every bit of it"
        )


def _show(arguments: argparse.Namespace, folder: Path, tally: _Tally) -> None:
    seconds = time.perf_counter() - tally.started
    if arguments.json:
        _console.show_json(
            {
                "output": os.fspath(folder),
                "total": tally.total,
                "written": tally.written,
                "skipped": tally.skipped,
                "failed": [
                    {"image": job.image, "output": job.output, "error": said}
                    for job, said in tally.failures
                ],
                "seconds": round(seconds, 3),
            }
        )
    elif tally.failures:
        _console.error(f"harmonia batch: {len(tally.failures)} of {tally.total} failed:")
        for job, said in sorted(tally.failures, key=lambda failure: failure[0].image):
            named = any(name in said for name in job.inputs)
            _console.error(f"  {said}" if named else f"  {job.image}: {said}")
    _console.say(f"{folder}: {tally.sentence()}, {seconds:.1f} s")
