"""What can be wrong with a dataset: each kind by its name, how bad it is, and what to do."""

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "note"]


class Kind(NamedTuple):
    """A kind of finding.

    Attributes
    ----------
    severity
        An "error" makes a sample useless or a score wrong; a "warning" is read, but seldom meant; a
        "note" does no harm.
    meaning
        What it is, and what to do.
    """

    severity: Severity
    meaning: str


KINDS: dict[str, Kind] = {
    # Lists.
    "missing-list": Kind("error", "the list of a split is not there; get it, or choose a split"),
    "bad-list": Kind("error", "a list is no UTF-8 text, or cannot be read; get it anew"),
    "bad-name": Kind("error", "a line is no name of this dataset; correct it or take it out"),
    "wrong-folder": Kind("error", "a line names another sub-dataset than its file does"),
    "duplicate": Kind("error", "a list holds a composite twice; it would count twice in means"),
    "both-splits": Kind("error", "a composite is in two splits; take it out of one"),
    "shared-real": Kind("warning", "composites of one real are in two splits: the test is known"),
    "count": Kind("error", "another number of composites than published; compare list and files"),
    "list-blanks": Kind("note", "blank lines or blanks around names, which are passed over"),
    "list-line-ends": Kind("note", "line ends of Windows, which are passed over"),
    "list-mark": Kind("note", "a byte-order mark at the start, which is passed over"),
    # Files.
    "missing": Kind("error", "a file is not there; unpack or download that part again"),
    "other-case": Kind("error", "a name is there in other letters, A for a; rename the file"),
    "other-suffix": Kind("error", "a name is there with another suffix; convert the file"),
    "unlisted": Kind("warning", "a composite that no list names; it is never read"),
    "unused-mask": Kind("warning", "a mask that no composite has; a composite may be missing"),
    "unused-real": Kind("warning", "a real that no composite has; a composite may be missing"),
    "stray": Kind("note", "a picture where the dataset has none; it is never read"),
    "empty-file": Kind("error", "a file of no bytes; download it again"),
    "unreadable": Kind("error", "a file that is damaged or no picture; download it again"),
    "other-format": Kind("warning", "a file in another format than its suffix says; rename it"),
    # Pictures.
    "orientation": Kind(
        "warning", "EXIF turns it, which some loaders do and some do not; save it upright"
    ),
    "deep": Kind("warning", "more than 8 bits a channel, which most loaders cut off or refuse"),
    "grey": Kind("warning", "a picture without colours; networks see three equal channels"),
    "cmyk": Kind("warning", "inks, which every loader converts in a way of its own; save as RGB"),
    "transparent": Kind("warning", "a picture with alpha, which is not looked at; save it without"),
    "profile": Kind("warning", "a profile that is not sRGB: loaders take its numbers for sRGB"),
    "real-size": Kind("error", "composite and real are of two sizes; neither can be measured"),
    "mask-size": Kind("warning", "a mask of another size, which is resized when it is read"),
    "mask-shape": Kind("error", "a mask of other proportions: it cannot lie where it should"),
    # Masks.
    "mask-empty": Kind("error", "a mask that is black; there is nothing to harmonize"),
    "mask-full": Kind("error", "a mask that is white; there is no background to go by"),
    "mask-inverted": Kind("error", "the change is where the mask is black; invert it"),
    "mask-large": Kind("note", "more than 80 % is foreground; look whether it is inverted"),
    "mask-01": Kind("error", "a mask of 0 and 1, which reads as black; multiply it by 255"),
    "mask-colour": Kind("error", "a mask in colours; save one channel as a grey PNG"),
    "mask-jpeg": Kind("warning", "a mask saved as JPEG, whose edges are noise; cut it at 128"),
    # Composite beside real.
    "identical": Kind("error", "composite and real are the same in the mask; nothing to learn"),
    "faint": Kind("warning", "inside the mask composite and real differ less than outside it"),
    "background": Kind(
        "error", "outside the mask composite and real differ by more than JPEG does"
    ),
    "background-patch": Kind(
        "warning",
        "a patch outside the mask differs by more than JPEG does;"
        " the mask may miss a part of what was pasted",
    ),
}
