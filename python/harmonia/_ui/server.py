"""The server of the page, for this computer alone.

It listens on 127.0.0.1, answers those who call it by a name of this computer, as a page elsewhere
whose name was made to lead here does not, and does work only for the page that it gave: that one
knows the token. Requests name neither files nor pictures by paths; a path is looked up as a whole.
"""

import json
import os
import secrets
import socketserver
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from harmonia import _json
from harmonia._ui import page
from harmonia._ui.desk import Desk
from harmonia._ui.problems import EXPECTED, Gone, Malformed, Problem, in_words

LOOPBACK = "127.0.0.1"
MOST_BYTES = 1 << 28  # of one picture's file
MOST_WORDS = 1 << 16  # bytes of what is asked about them
DRAINED = 1 << 20  # bytes that are read of a request that was refused, so that the answer arrives
SECONDS = 60  # without a byte, after which a connection ends
TOKEN = "X-Harmonia-Token"

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Answer(NamedTuple):
    kind: str
    data: bytes
    status: int = 200


class Refused(Exception):
    """A request that is not looked into."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


class Server(ThreadingHTTPServer):
    """`serve_forever` until it is interrupted; then `close`.

    Parameters
    ----------
    port
        0 takes one that is free.
    most_bytes
        Of the file of one picture.
    defect
        Is told of errors that are none of the pictures'.
    """

    daemon_threads = True  # a browser may keep one open that asks nothing
    allow_reuse_address = os.name != "nt"  # where it would share the port
    allow_reuse_port = False

    def __init__(
        self,
        port: int = 0,
        *,
        most_bytes: int = MOST_BYTES,
        defect: Callable[[BaseException], None] | None = None,
    ) -> None:
        self.desk = Desk()
        self.token = secrets.token_urlsafe(32)
        self.most_bytes = most_bytes
        self.defect = defect or (lambda error: None)
        self.text = page.compose(self.token, most_bytes).encode("utf-8")
        self.policy = f"{page.policy()}; frame-ancestors 'none'"
        super().__init__((LOOPBACK, port), _Handler)

    def server_bind(self) -> None:
        """Without asking the network for a name, as `HTTPServer` does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]
        names = [f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost")]
        if self.server_port == 80:  # which browsers leave out
            names += [LOOPBACK, "localhost"]
        self.names = tuple(names)

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}/"

    def close(self) -> None:
        """Listen no longer, and wait for the work that is under way."""
        self.server_close()
        self.desk.finish()

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):  # the browser went away
            self.defect(error)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "harmonia", ""
    timeout = SECONDS
    read = False  # the body of the request

    def do_GET(self) -> None:
        self._answer(self._page)

    def do_POST(self) -> None:
        self._answer(self._work)

    def log_message(self, *_: Any) -> None:
        """Only the command line prints."""

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", self.server.policy)
        super().end_headers()

    def _page(self) -> Answer:
        self._check_host()
        if self.path != "/":
            raise Refused(404, "there is nothing here")
        return Answer("text/html; charset=utf-8", self.server.text)

    def _work(self) -> Answer:
        self._check_host()
        self._check_sender()
        desk = self.server.desk
        if self.path == "/pictures":
            return _told(desk.take(self._body(self.server.most_bytes)))
        if self.path == "/files":
            return Answer("application/octet-stream", desk.file(self._words()))
        works = {"/scenes": desk.lay, "/results": desk.harmonize, "/looks": desk.look}
        if self.path not in works:
            raise Refused(404, "there is nothing here")
        return _told(works[self.path](self._words()))

    def _check_host(self) -> None:
        if self.headers.get_all("Host", []) not in [[name] for name in self.server.names]:
            raise Refused(403, f"this page is at {self.server.address} only")

    def _check_sender(self) -> None:
        origins = self.headers.get_all("Origin", [])
        if any(one not in [f"http://{name}" for name in self.server.names] for one in origins):
            raise Refused(403, "another page asked")
        token = self.headers.get(TOKEN, "").encode("utf-8", "replace")
        if not secrets.compare_digest(token, self.server.token.encode()):
            raise Refused(403, "this page is of an earlier run; load it again")

    def _body(self, most: int) -> bytes:
        said = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (said.isascii() and said.isdecimal()):
            raise Refused(411, "a request says how long it is")
        if len(said) > 15 or int(said) > most:
            raise Refused(
                413, f"the file is larger than {most / (1 << 20):g} MB, the most there can be"
            )
        data = self.rfile.read(int(said))
        if len(data) < int(said):
            raise Refused(400, "the request ends too early")
        self.read = True
        return data

    def _words(self) -> dict[str, Any]:
        try:
            asked = _json.parse(self._body(MOST_WORDS))
        except ValueError as error:
            raise Malformed(f"the request is no JSON: {error}") from None
        if not isinstance(asked, dict):
            raise Malformed("the request must be a JSON object")
        return asked

    def _answer(self, work: Callable[[], Answer]) -> None:
        try:
            answer = work()
        except Refused as error:
            answer = _error(error.status, str(error), "Refused")
        except Malformed as error:
            answer = _error(400, str(error), "Malformed")
        except Gone as error:
            answer = _error(410, str(error), "Gone")
        except Problem as error:
            answer = _error(422, str(error), error.kind, error.about)
        except (ConnectionError, TimeoutError):
            raise
        except EXPECTED as error:
            answer = _error(422, in_words(error), type(error).__name__)
        except Exception as error:
            self.server.defect(error)
            said = f"{type(error).__name__}: {in_words(error)}; this is a defect of harmonia"
            answer = _error(500, said, type(error).__name__)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.data)))
        self.end_headers()
        self.wfile.write(answer.data)
        if answer.status >= 400 and self.command == "POST" and not self.read:
            self._drain()

    def _drain(self) -> None:
        """A connection that is closed over unread bytes may take the answer with it."""
        self.wfile.flush()
        said = self.headers.get("Content-Length", "")
        left = min(int(said), DRAINED) if said.isascii() and said.isdecimal() else 0
        self.connection.settimeout(1)
        while left > 0:
            try:
                part = self.connection.recv(min(left, 1 << 16))
            except OSError:
                return
            if not part:
                return
            left -= len(part)


def _told(data: dict[str, Any]) -> Answer:
    return Answer("application/json", json.dumps(data).encode("utf-8"))


def _error(status: int, said: str, kind: str, about: str = "") -> Answer:
    data = {"error": said, "kind": kind, "about": about}
    return _told(data)._replace(status=status)
