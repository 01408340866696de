"""A headless Chromium, driven over its DevTools protocol through two pipes."""

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from queue import Empty, Queue

from isas import plain_environment

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 120  # on a machine that does much else

FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-sandbox",  # which root has none of
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--in-process-gpu",
    "--disable-crash-reporter",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
)


def program() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page of it. `messages` are what the page has logged: errors, and what its policy forbids.

    Downloads go to a folder.
    """

    def __init__(self, folder, size=(1280, 900)):
        self.folder = folder
        self._process, self._to, self._from = _started(folder / "profile", size)
        self._numbers = itertools.count(1)
        self._answers, self.messages, self._session = Queue(), [], None
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self._attach()
        except BaseException:
            self.close()
            raise

    def _attach(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        downloads = {"behavior": "allow", "downloadPath": str(self.folder)}
        self.call("Browser.setDownloadBehavior", **downloads)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(
                self._process.pid, signal.SIGKILL
            )  # all of its processes, not the first alone
        self._process.wait()
        self._to.close()
        self._listener.join(SECONDS)  # which ends with the pipe, and closes it

    def call(self, method, **parameters):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        try:
            answer = self._answers.get(timeout=SECONDS)
        except Empty:
            raise TimeoutError(f"Chromium did not answer {method}") from None
        assert answer["id"] == number, answer
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script):
        """What a script gives."""
        wanted = {"expression": script, "returnByValue": True, "awaitPromise": True}
        answer = self.call("Runtime.evaluate", **wanted)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, condition):
        end = time.monotonic() + SECONDS
        while not self.run(condition):
            assert time.monotonic() < end, f"never: {condition}; {self.messages}"
            time.sleep(0.05)

    def choose(self, selector, file):
        """A file for an input, as a person chooses it."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(file)], nodeId=node)

    def enter(self, selector, value, event="input"):
        """A value into an input."""
        self.run(
            f"((one) => {{ one.value = {json.dumps(value)};"
            f" one.dispatchEvent(new Event({json.dumps(event)})); }})"
            f"(document.querySelector({json.dumps(selector)}))"
        )

    def drag(self, selector, start, end):
        """The mouse over an element, from one share of its width and height to another."""
        box = self.run(
            f"((one) => {{ one.scrollIntoView({{ block: 'nearest' }});"
            f" const {{ x, y, width, height }} = one.getBoundingClientRect();"
            f" return [x, y, width, height]; }})(document.querySelector({json.dumps(selector)}))"
        )
        places = [(box[0] + box[2] * x, box[1] + box[3] * y) for x, y in (start, end)]
        for kind, (x, y) in (
            ("mouseMoved", places[0]),
            ("mousePressed", places[0]),
            ("mouseMoved", places[1]),
            ("mouseReleased", places[1]),
        ):
            button = {"button": "left", "buttons": 1, "clickCount": 1}
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def click(self, selector):
        self.drag(selector, (0.5, 0.5), (0.5, 0.5))

    def downloaded(self, name):
        """The bytes of a file, once it is there as a whole."""
        end = time.monotonic() + SECONDS
        while not (self.folder / name).is_file():
            assert time.monotonic() < end, sorted(self.folder.iterdir())
            time.sleep(0.05)
        return (self.folder / name).read_bytes()

    def scheme(self, name):
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def size(self, width, height):
        sides = {"width": width, "height": height}
        self.call("Emulation.setDeviceMetricsOverride", deviceScaleFactor=1, mobile=False, **sides)

    def _listen(self):
        for message in _messages(self._from):
            if "id" in message:
                self._answers.put(message)
            elif message["method"] == "Runtime.exceptionThrown":
                self.messages.append(message["params"]["exceptionDetails"])
            elif message["method"] == "Log.entryAdded":
                self.messages.append(message["params"]["entry"])


# The process reads its file 3 and writes its file 4, whatever numbers they have here.
START = """
import fcntl, os, sys
given = [int(end) for end in sys.argv[1:3]]
ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in given]
for end in given:
    os.close(end)
for end, number in zip(ends, (3, 4)):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""


def _started(profile, size):
    read_here, write_there = os.pipe()
    read_there, write_here = os.pipe()
    words = [program(), *FLAGS, f"--user-data-dir={profile}", "--window-size={},{}".format(*size)]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", START, str(read_there), str(write_there), *words],
        pass_fds=(read_there, write_there),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=plain_environment(),
    )
    os.close(read_there)
    os.close(write_there)
    return process, os.fdopen(write_here, "wb", 0), os.fdopen(read_here, "rb")


def _messages(stream):
    held = b""
    with stream:
        while part := stream.read1(1 << 16):
            *whole, held = (held + part).split(b"\0")
            yield from map(json.loads, whole)
