"""Write errors/: every message of the sources by what one was doing, and what each kind means.

conf.py calls this at each build.
"""

import functools
import textwrap
from pathlib import Path

import harmonia
import messages
from messages import Message

PACKAGE = Path(harmonia.__file__).parent
ROOT = Path(__file__).parents[1]

# Pages, and the files whose messages they have: the first page whose beginning a file has.
AREAS = {
    "videos": ("Videos", ("_video_files/", "io/video_", "cli/_video")),
    "images": ("Image files and masks", ("io/", "_image_files/", "_png/", "_cutouts", "_pairs")),
    "luts": ("Tables of colours", ("lut/", "_lut_files/")),
    "metrics": ("Metrics and protocols", ("metrics/",)),
    "networks": ("Networks and weights", ("nets/", "models/", "_onnx", "_session")),
    "datasets": ("Datasets", ("datasets/",)),
    "synthesis": ("Making sets", ("synthesis/",)),
    "evaluation": ("Evaluation", ("evaluation/",)),
    "training": ("Training", ("training/",)),
    "page": ("The page of harmonia ui", ("_ui/",)),
    "commands": ("The command line", ("cli/",)),
    "compiled": ("The compiled module", ("bindings/", "cpp/")),
    "calls": ("Calls: pictures, masks, methods and options", ("",)),
}

# What a kind of error is to the one who meets it, and what to do.
KINDS = {
    "ValueError": (
        "An argument has the right type and a value that cannot be meant.",
        "The sentence names the argument, says what it was, and what it may be.",
    ),
    "TypeError": (
        "An argument has a type, dtype or name that is not known.",
        "Convert it as the sentence says; nothing is converted unasked.",
    ),
    "NoTransformError": (
        "``fit`` was asked for a method whose change depends on the place of each pixel.",
        "Call ``harmonize`` on each frame, or fit a table to its result with ``lut.fit_lut``.",
    ),
    "ImageFileError": (
        "A picture or mask file is damaged, of a format that is not read, too large or unfit.",
        "Look at the file that is named; convert it as the sentence says, or install the extra.",
    ),
    "VideoFileError": (
        "A video cannot be read or written to the bit, or ends within a frame.",
        "Convert it with ffmpeg as the sentence says.",
    ),
    "LutFileError": (
        "A .cube, .3dl or Hald file breaks its format; the line is named.",
        "Mend that line, or export the table anew.",
    ),
    "ProfileError": (
        "A colour profile cannot be converted to sRGB.",
        "Convert the picture in the program that made it, or leave ``to_srgb`` out.",
    ),
    "WeightsError": (
        "A file of weights is damaged, of another network or variant, or not whole.",
        "Take the file that ``harmonia weights list`` names, of the variant that is said.",
    ),
    "OtherRun": (
        "A folder has the results or the run of other settings.",
        "Take another folder, or the settings that it was begun with; ``overwrite`` begins anew.",
    ),
    "Diverged": (
        "A loss of a training is no longer finite.",
        "A lower ``rate``, float32, or going on from the last checkpoint.",
    ),
    "ProcessDied": (
        "One of the processes of a training died too often.",
        "The log of that process says why; with fewer processes it may fit into memory.",
    ),
    "Unusable": (
        "A photograph or an annotation gives no composite.",
        "Nothing: it is left out and counted. Its reason stands in the report of the set.",
    ),
    "FileNotFoundError": ("A file or folder is not there.", "Mind the path, or make the folder."),
    "FileExistsError": (
        "A file is there already, and nothing is replaced unasked.",
        "``overwrite=True``, ``--overwrite``, or another name.",
    ),
    "NotADirectoryError": ("A file is where a folder is needed.", "Give the folder."),
    "IsADirectoryError": ("A folder is where a file is needed.", "Give the file."),
    "PermissionError": ("A folder may not be written to.", "Take another, or change its rights."),
    "BlockingIOError": (
        "Another process works in the same folder.",
        "Wait for its end; two would mix what they write.",
    ),
    "OSError": ("The system refuses, such as a full disk.", "As the sentence says."),
    "ModuleNotFoundError": (
        "What was asked for needs a package that is not installed.",
        "The command that installs it is in the sentence.",
    ),
    "ImportError": (
        "A package is there and cannot be loaded, or is too old.",
        "Install it anew, or the version that the sentence says.",
    ),
    "RuntimeError": ("A program or a library beside harmonia failed.", "As the sentence says."),
    "KeyError": ("A name is asked for that is not there.", "Take one of those that are listed."),
    "AttributeError": ("The module has no such name.", "See the API reference."),
    "NotImplementedError": ("Something is not possible for this kind.", "As the sentence says."),
    "BufferError": ("A tensor comes in a way that is not known.", "Update torch or harmonia."),
    "exit status 2": (
        "The command line has wrong arguments.",
        "``harmonia COMMAND --help`` shows the right ones.",
    ),
    "exit status 1": ("A command failed.", "As the sentence says; ``--debug`` shows where."),
    "on the page": (
        "``harmonia ui`` could not do what was asked; the page stays.",
        "Drop another file, or change what the sentence names.",
    ),
    "MaskWarning": (
        "A mask from a file is probably not the one that was meant.",
        "Look at it; ``invert=True`` where white is the background.",
    ),
    "LossWarning": (
        "The format that is written cannot hold all that the picture has.",
        "Write a format that can, as the sentence says.",
    ),
    "EvaluationWarning": (
        "Numbers of an evaluation may not mean what they seem to.",
        "As the sentence says.",
    ),
    "RuntimeWarning": ("Something runs in place of what is usual.", "As the sentence says."),
    "UserWarning": ("Something was done that may not be wanted.", "As the sentence says."),
}

# What the sources call an error, where those who call harmonia meet it as another one.
MET_AS = {
    "Refused": "ImageFileError",
    "Misused": "exit status 2",
    "ArgumentTypeError": "exit status 2",
    "ArgumentError": "exit status 2",
    "error": "exit status 1",
    "CocoError": "ValueError",
    "TooLarge": "ValueError",
    "Unfit": "ValueError",
    "Unreadable": "ValueError",
    "WrongFolder": "ValueError",
    "buffer_error": "BufferError",
}

INTRODUCTION = """Errors
======

Every error says what was wrong with which argument, and what to do. This lists all messages of the
sources, to be found by the search of this site: search for some words of yours. What changes from
case to case stands as ‹name› or …; ‹where› is the function and the argument, as in
``harmonize: mask``.

.. toctree::
   :maxdepth: 1

   {pages}

Kinds
-----

{kinds}
"""


def write(folder: Path) -> None:
    """All pages; one that is the same already keeps its time, so that Sphinx leaves it out."""
    folder.mkdir(exist_ok=True)
    for name, text in pages().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


@functools.cache
def all_messages() -> list[Message]:
    return [*messages.messages(PACKAGE), *messages.messages_of_cpp(ROOT)]


def pages() -> dict[str, str]:
    grouped: dict[str, dict[tuple[str, str], None]] = {area: {} for area in AREAS}
    for message in all_messages():
        grouped[area_of(message.file)][message.text, met_as(message)] = None
    found = {
        f"{area}.rst": page(AREAS[area][0], sorted(rows, key=sort_key))
        for area, rows in grouped.items()
    }
    order = sorted(AREAS, key=lambda area: area != "calls")
    kinds = [("kind", "when", "what to do")]
    kinds += [(f"``{kind}``", when, cure) for kind, (when, cure) in KINDS.items()]
    found["index.rst"] = INTRODUCTION.format(pages="\n   ".join(order), kinds=table(kinds))
    return found


def area_of(file: str) -> str:
    return next(area for area, (_, starts) in AREAS.items() if file.startswith(starts))


def met_as(message: Message) -> str:
    if message.file.startswith("_ui/"):
        return "on the page"
    return MET_AS.get(message.kind, message.kind)


def sort_key(row: tuple[str, str]) -> tuple[str, str]:
    """By their first words, leaving out what changes."""
    return messages.bare(row[0]).lstrip(" :,").casefold(), row[1]


def page(title: str, rows: list[tuple[str, str]]) -> str:
    """The messages of an area."""
    cells = [("message", "kind"), *((f"``{text}``", kind) for text, kind in rows)]
    return f"{title}\n{'=' * len(title)}\n\n{table(cells, widths='80 20')}\n"


def table(rows: list[tuple[str, ...]], widths: str = "auto") -> str:
    lines = []
    for row in rows:
        lines += [f"{'  -' if i else '* -'} {cell}" for i, cell in enumerate(row)]
    head = f".. list-table::\n   :header-rows: 1\n   :class: errors\n   :widths: {widths}\n\n"
    return head + textwrap.indent("\n".join(lines), "   ")
