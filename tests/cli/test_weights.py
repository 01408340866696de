"""`harmonia weights`: what there is, converted, verified, and nothing downloaded unasked."""

import http.server
import json
import threading
from functools import partial

import pytest
from harmonia import cli
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

from harmonia.nets import issam
from harmonia.nets._network import Architecture, Published
from harmonia.nets._weights import architecture_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of weights, which is made when something comes into it."""
    place = tmp_path / "here"
    monkeypatch.setenv("HARMONIA_WEIGHTS", str(place))
    return place


@pytest.fixture
def checkpoint(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "issam256.pth"
    torch.save(architecture_of("issam").variants["256"]().state_dict(), path)
    return path


def test_a_checkpoint_is_recognised_and_found(folder, checkpoint, capsys):
    assert cli.main(["weights", "convert", str(checkpoint)]) == 0
    assert capsys.readouterr().out == (
        f"{folder / 'issam.256.safetensors'}: issam.256, licence MPL-2.0\n"
    )
    assert cli.main(["weights", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["weights"]
    here = {row["weights"] for row in rows if row["here"]}
    assert here == {"issam.256", "harmonia.quadratic"}  # which ships
    assert cli.main(["weights", "convert", str(checkpoint)]) == 1
    assert "--overwrite" in capsys.readouterr().err


def test_every_published_checkpoint_is_listed(folder, capsys):
    assert cli.main(["weights", "list"]) == 0
    shown = capsys.readouterr().out
    for one in architecture_of("issam").published:
        assert one.file in shown
        assert one.page in shown


def test_what_is_no_weights_is_found_out(folder, checkpoint, capsys):
    folder.mkdir()
    (folder / "issam.256.safetensors").write_bytes(b"nothing of the kind")
    (folder / "issam256.pth").write_bytes(checkpoint.read_bytes())
    assert cli.main(["weights", "verify", "--json"]) == 1
    good = {row["file"]: row["is"] for row in json.loads(capsys.readouterr().out)}
    assert good == {
        str(folder / "issam.256.safetensors"): None,
        str(folder / "issam256.pth"): "issam.256",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["convert"], "convert needs a FILE"),
        (["pull"], "pull needs a NAME"),
    ],
)
def test_what_is_missing_is_said(arguments, said, folder, capsys):
    assert cli.main(["weights", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A page of weights on this machine, instead of the authors'."""
    pytest.importorskip("pooch", reason="needs pooch (harmonia[hub])")
    served = tmp_path / "served"
    served.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    listener = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(served))
    )
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    page = f"http://127.0.0.1:{listener.server_port}"
    published = Published("256", "issam256.pth", page, "MPL-2.0", f"{page}/issam256.pth")
    changed = Architecture(issam.ARCHITECTURE.variants, (published,))
    monkeypatch.setattr(issam, "ARCHITECTURE", changed)
    yield served
    listener.shutdown()
    listener.server_close()
    thread.join()


def test_nothing_is_downloaded_without_consent(server, folder, checkpoint, capsys):
    (server / "issam256.pth").write_bytes(checkpoint.read_bytes())
    assert cli.main(["weights", "pull", "issam.256"]) == 1
    said = capsys.readouterr().err
    assert "licence MPL-2.0" in said
    assert "--yes" in said
    assert not folder.exists()


def test_a_download_is_verified_and_found(server, folder, checkpoint, capsys):
    (server / "issam256.pth").write_bytes(checkpoint.read_bytes())
    assert cli.main(["weights", "pull", "issam.256", "--yes"]) == 0
    assert (folder / "issam256.pth").read_bytes() == checkpoint.read_bytes()
    assert capsys.readouterr().out == f"{folder / 'issam256.pth'}\n"


@pytest.mark.parametrize("served", [None, b"<html>moved</html>"])
def test_what_came_wrong_is_not_kept(served, server, folder, capsys):
    if served is not None:
        (server / "issam256.pth").write_bytes(served)
    assert cli.main(["weights", "pull", "issam.256", "--yes"]) == 1
    assert not folder.exists() or list(folder.iterdir()) == []
    assert capsys.readouterr().err.count("\n") >= 2
