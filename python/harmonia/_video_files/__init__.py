"""Video files through an ffmpeg program of its own: no codec is loaded into this process."""

# By the suffix that names them: what ffmpeg calls the format.
READABLE = {
    ".mp4": "mov",
    ".m4v": "mov",
    ".mov": "mov",
    ".mkv": "matroska",
    ".webm": "matroska",
    ".avi": "avi",
}
WRITABLE = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}


class VideoFileError(ValueError):
    """A video that cannot be read or written, or no ffmpeg to do it with.

    It says the name of the file, what is wrong, and the cure.
    """

    def __init__(self, name: str, said: str) -> None:
        super().__init__(name, said)
        self.name = name

    def __str__(self) -> str:
        name, said = self.args
        return f"{name}: {said}"
