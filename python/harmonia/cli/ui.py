"""Open a page in the browser on which pictures are dropped and come back harmonized.

harmonia ui                   opens it, and runs until Ctrl-C
harmonia ui --no-browser      prints its address only

Nothing leaves this computer: the page is served on 127.0.0.1, to its own browsers alone, and loads
nothing from elsewhere. Pictures are kept in memory for a while, and written to no file.
"""

import argparse
from typing import TYPE_CHECKING

from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia._ui import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=_arguments.whole(0, 65535),
        default=0,
        metavar="N",
        help="where to listen (default: a port that is free)",
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="open no browser, and print the address only"
    )


def run(arguments: argparse.Namespace) -> None:
    server = _opened(arguments)
    _console.show(server.address)
    _console.flush()
    _console.say("Ctrl-C ends it")
    if not arguments.no_browser:
        _browse(server.address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        _console.say("stopped")
    finally:
        server.close()


def _opened(arguments: argparse.Namespace) -> "Server":
    from harmonia._ui import Server

    def told(error: BaseException) -> None:
        import traceback

        lines = traceback.format_exception(error) if arguments.debug else [repr(error)]
        _console.warn("".join(lines).rstrip())

    try:
        return Server(arguments.port, defect=told)
    except OSError as error:
        raise OSError(
            f"--port {arguments.port} cannot be had ({error.strerror}); choose another, or leave "
            "--port out"
        ) from error


def _browse(address: str) -> None:
    """Beside the server, as a browser in the terminal returns only when it ends."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
