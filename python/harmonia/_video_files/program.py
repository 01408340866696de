"""The ffmpeg program: where it is, and how it is started, listened to and stopped."""

import functools
import io
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from harmonia._video_files import VideoFileError

QUIETLY = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info")
PIPE_BYTES = 1 << 20  # where the system lets one say; frames are larger than its usual pipes

# The program colours what it says: errors are red, warnings yellow, and nothing else is either.
_RED = re.compile(r"\x1b\[\d;31m([^\x1b]*)")
_YELLOW = re.compile(r"\x1b\[\d;33m[^\x1b]*")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_LEVEL = re.compile(r"^(?:\[[^]]* @ [^]]*\] )*\[(?:error|fatal|panic)\] ")


def find(name: str) -> str:
    """The program that HARMONIA_FFMPEG names, the one on PATH, or that of imageio-ffmpeg."""
    said = os.environ.get("HARMONIA_FFMPEG")
    if said:
        found = shutil.which(said)
        if found is None:
            raise VideoFileError(name, f"HARMONIA_FFMPEG is {said!r}, which is no program")
        return found
    found = shutil.which("ffmpeg")
    if found is not None:
        return found
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        raise VideoFileError(
            name,
            "video needs the program ffmpeg, on PATH or where HARMONIA_FFMPEG says; "
            "pip install 'harmonia[video]' brings one",
        ) from None


@functools.cache
def encoders(program: str) -> frozenset[str]:
    """The video encoders that a program holds."""
    listed = subprocess.run(
        [program, "-hide_banner", "-nostdin", "-encoders"],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        **_apart(),
    )
    return frozenset(re.findall(r"^ V\S{5} (\S+)", listed.stdout, re.MULTILINE))


class Running:
    """A started ffmpeg. What it says goes to `heard`, line by line, as it comes."""

    def __init__(
        self,
        name: str,
        arguments: list[str],
        *,
        writes: bool = False,
        heard: Callable[[str], Any] | None = None,
    ) -> None:
        self.name = name
        self.complaints: list[str] = []
        self._heard = heard
        try:
            self._process = subprocess.Popen(
                [find(name), *QUIETLY, *arguments],
                stdin=subprocess.DEVNULL if not writes else subprocess.PIPE,
                stdout=subprocess.DEVNULL if writes else subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                pipesize=PIPE_BYTES,
                env=_coloured(),
                **_apart(),
            )
        except OSError as error:
            raise VideoFileError(name, f"ffmpeg does not start: {error}") from error
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def pipe(self) -> IO[bytes]:
        """Where frames come from, or go to."""
        process = self._process
        pipe: Any = process.stdout if process.stdin is None else process.stdin
        return pipe  # type: ignore[no-any-return]

    def wait(self) -> int:
        """Its exit status, once it has ended and all it said is heard."""
        self._process.wait()
        self._listener.join()
        return self._process.returncode

    def stop(self) -> None:
        """End it now, whatever it does."""
        self._process.kill()
        self.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def error(self, said: str) -> VideoFileError:
        """An error that ends with what the program complained of first, without its addresses."""
        if self.complaints:
            said = f"{said}: ffmpeg says {self.complaints[0]!r}"
            if "Unrecognized option" in self.complaints[0]:
                said += "; it must be ffmpeg 5.1 or later"
        return VideoFileError(self.name, said)

    def _listen(self) -> None:
        said: Any = self._process.stderr
        with io.BufferedReader(said) as lines:
            for raw in lines:
                complaint, rest = parted(raw.decode("utf-8", "replace").rstrip())
                if complaint is not None and len(self.complaints) < 10:
                    self.complaints.append(complaint)
                if rest and self._heard is not None:
                    self._heard(rest)


def parted(line: str) -> tuple[str | None, str]:
    """What a line complains of, if it does, and what it says besides, without warnings.

    The program's threads share its lines. What goes on where another thread's line has not ended
    says neither its level nor whose it is: only its colour tells that it is a complaint.
    """
    red = _RED.findall(line)
    if red:
        return _LEVEL.sub("", "".join(red)), _plain(line)
    if _LEVEL.match(line):  # of a program that was kept from colours
        return _LEVEL.sub("", line), ""
    return None, _plain(line)


def _plain(line: str) -> str:
    return _COLOUR.sub("", _YELLOW.sub("", _RED.sub("", line)))


def local(path: str) -> str:
    """A path as ffmpeg takes it, never for an option or the address of a machine."""
    return f"file:{Path(path)}"


def _coloured() -> dict[str, str]:
    """The environment, and in it that 8 colours are wanted."""
    others = ("NO_COLOR", "AV_LOG_FORCE_NOCOLOR", "AV_LOG_FORCE_256COLOR")
    kept = {key: value for key, value in os.environ.items() if key not in others}
    return {**kept, "AV_LOG_FORCE_COLOR": "1", "TERM": "dumb"}


def _apart() -> dict[str, Any]:
    """A group of processes of its own, so that Ctrl-C reaches us alone, and no window."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
