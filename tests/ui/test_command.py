"""The command `harmonia ui`: a server on this computer, and a browser."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from harmonia import cli
from harmonia._ui import Server


def test_it_listens_on_this_computer_alone(server):
    assert server.server_address[0] == "127.0.0.1"
    assert server.socket.family == socket.AF_INET


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT between processes")
def test_ctrl_c_ends_it_cleanly(files):
    words = [sys.executable, "-m", "harmonia", "ui", "--no-browser"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        address = process.stdout.readline()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", address)
        port = int(address.rstrip("/\n").rpartition(":")[2])
        with socket.create_connection(
            ("127.0.0.1", port)
        ):  # as browsers keep one that asks nothing
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
            connection.close()
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=30)
    assert (process.returncode, *rest) == (0, "", "")


def test_the_browser_is_opened_unless_it_is_told_not_to(monkeypatch, capsys):
    import webbrowser

    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

    def stopped(self):
        end = time.monotonic() + 10
        while not opened and wanted and time.monotonic() < end:
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", stopped)
    for words, wanted in ((["ui"], True), (["ui", "--no-browser"], False)):
        opened.clear()
        assert cli.main(words) == 0
        address = capsys.readouterr().out.strip()
        assert opened == ([address] if wanted else [])


def test_a_port_that_is_taken_is_an_error(server, capsys):
    assert cli.main(["ui", "--no-browser", "--port", str(server.server_port)]) == 1
    said = capsys.readouterr().err
    assert f"--port {server.server_port} cannot be had" in said
    assert "choose another" in said
    assert cli.main(["ui", "--port", "70000"]) == 2
