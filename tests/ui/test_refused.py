"""What the server of `harmonia ui` refuses, and in which words."""

import json
import socket
import subprocess
import sys

import harmonia
import numpy as np
import pytest
from asking import ask, found, masked, png, upload, wrong
from harmonia._ui.shelf import Shelf


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1:{0}.evil.example", "[::1]:{0}", None],
)
@pytest.mark.parametrize("body", [None, b"{}"])
def test_another_host_is_refused(server, host, body):
    host = host and host.format(server.server_port)
    answer, data = ask(server, "/" if body is None else "/scenes", body, Host=host)
    assert answer.status == 403
    assert server.token.encode() not in data


def test_the_name_localhost_serves_too(server):
    name = f"localhost:{server.server_port}"
    assert ask(server, "/", Host=name)[0].status == 200
    answer, _ = ask(server, "/scenes", b"{}", Host=name, Origin=f"http://{name}")
    assert answer.status == 400  # looked into


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{0}", "http://127.0.0.1:1"]
)
def test_another_origin_is_refused(server, files, origin):
    origin = origin.format(server.server_port)
    answer, data = ask(server, "/pictures", files["image"], Origin=origin)
    assert answer.status == 403
    assert json.loads(data)["error"] == "another page asked"


@pytest.mark.parametrize("token", [None, "", "guessed", "\xe9"])
@pytest.mark.parametrize(
    "path", ["/pictures", "/scenes", "/results", "/files", "/looks", "/nothing"]
)
def test_without_the_token_nothing_is_done(server, files, path, token):
    answer, data = ask(server, path, files["image"], X_Harmonia_Token=token)
    assert answer.status == 403
    assert "load it again" in json.loads(data)["error"]


def test_every_run_has_its_own_token(serve):
    assert serve().token != serve().token


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/page.js",
        "/?file=/etc/passwd",
        "/index.html",
        "http://evil.example/",
        "/pictures/../",
    ],
)
def test_no_other_path_has_anything(server, path):
    for body in (None, b"{}"):
        answer, data = ask(server, path, body)
        assert answer.status == 404
        assert json.loads(data)["error"] == "there is nothing here"


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_not_known(server, method):
    answer, _ = ask(server, "/", method=method)
    assert answer.status == 501
    assert answer.headers["Access-Control-Allow-Origin"] is None


def test_no_file_is_opened_for_a_request(files, tmp_path):
    """Whatever it says: a second run of all requests, when all modules are there, opens none."""
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


WATCHED = """
import http.client, json, sys, threading
from pathlib import Path
from harmonia._ui import Server

opened = None
def watch(event, arguments):
    if opened is not None and event in ("open", "os.listdir", "os.scandir"):
        opened.append(str(arguments))

files = {path.name: path.read_bytes() for path in Path(sys.argv[1]).iterdir()}
server = Server()
threading.Thread(target=server.serve_forever, daemon=True).start()

def ask(path, body):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    body = body if isinstance(body, bytes) else json.dumps(body)
    connection.request("POST", path, body, {"X-Harmonia-Token": server.token})
    return connection.getresponse().read()

def everything():
    ids = {name: json.loads(ask("/pictures", data))["id"] for name, data in files.items()}
    scene = json.loads(ask("/scenes", {"picture": ids["image"], "mask": ids["mask"]}))["id"]
    place = {"left": 0, "top": 0, "scale": 0.5}
    ask("/scenes", {"cutout": ids["cutout"], "background": ids["image"], **place})
    for path in ("/results", "/files", "/looks"):
        ask(path, {"scene": scene, "method": "mkl", "strength": 1})
    ask("/scenes", {"picture": "/etc/passwd", "mask": "../mask.png"})
    ask("/results", {"scene": scene, "method": "../../etc/passwd", "strength": 1})
    ask("/pictures", b"/etc/passwd")

everything()
sys.addaudithook(watch)
opened = []
everything()
found, opened = opened, None
print(found)
server.shutdown()
server.close()
"""


def test_what_is_too_large_is_refused_before_it_is_read(serve, files):
    server = serve(most_bytes=1000)
    answer, data = ask(server, "/pictures", files["image"])
    assert answer.status == 413
    assert "larger than" in json.loads(data)["error"]
    answer, _ = ask(server, "/pictures", b"", Content_Length="9" * 30)
    assert answer.status == 413
    answer, _ = ask(server, "/scenes", b"{" + b" " * (1 << 16))
    assert answer.status == 413


def test_a_picture_of_too_many_pixels_is_refused_by_its_header(server, files, monkeypatch):
    monkeypatch.setenv("HARMONIA_MAX_PIXELS", "1000")
    said = wrong(server, "/pictures", files["image"])
    assert said["kind"] == "ImageFileError"
    assert "480 x 320 pixels, the limit is 1000" in said["error"]


@pytest.mark.parametrize(
    ("length", "status"), [(None, 411), ("-1", 411), ("many", 411), ("1e3", 411), ("\xb2", 411)]
)
def test_a_request_says_how_long_it_is(server, length, status):
    answer, _ = ask(server, "/pictures", b"", Content_Length=length)
    assert answer.status == status


def test_a_request_in_chunks_is_refused(server):
    answer, _ = ask(server, "/pictures", b"", Transfer_Encoding="chunked")
    assert answer.status == 411


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"no picture", "must be PNG, JPEG, WebP, TIFF, AVIF or EXR"),
        (b"\x89PNG\r\n\x1a\n", "begins with the chunk IHDR"),
    ],
)
def test_a_broken_picture_is_told_in_words(server, data, said):
    told = wrong(server, "/pictures", data)
    assert said in told["error"]
    assert (told["kind"], told["about"]) == ("ImageFileError", "file")


def test_a_picture_that_is_cut_short_is_told_in_words(server, files):
    told = wrong(server, "/pictures", files["image"][:-2000])
    assert told["kind"] == "ImageFileError"


def test_what_is_wrong_with_a_mask_is_told_of_the_mask(server, files):
    _, mask = harmonia.example()
    image = upload(server, files["image"])
    cases = {
        'the mask holds only 0 and 1; tick "Take 1 for white"': mask // 255,
        'must be 480 x 320 pixels as the picture, is 240 x 320; tick "Resize the mask"': mask[
            :, ::2
        ],
    }
    for said, pixels in cases.items():
        given = upload(server, png(np.stack([pixels] * 3, axis=-1)))
        told = wrong(server, "/scenes", {"picture": image, "mask": given})
        assert (told["kind"], told["about"]) == ("ImageFileError", "mask")
        assert said in told["error"]
    told = wrong(server, "/scenes", {"picture": image, "mask": image})
    assert "this is a picture in colour" in told["error"]


def test_a_mask_that_is_doubtful_is_told_of(server, files):
    _, mask = harmonia.example()
    image = upload(server, files["image"])
    most = upload(
        server, png(np.stack([np.where(np.arange(480) < 400, 255, mask)] * 3, -1).astype(np.uint8))
    )
    told = found(server, "/scenes", {"picture": image, "mask": most})
    assert 'tick "Invert the mask"' in told["doubt"]
    assert (
        found(server, "/scenes", {"picture": image, "mask": upload(server, files["mask"])})["doubt"]
        == ""
    )


def test_a_cutout_without_transparency_or_outside_is_told_in_words(server, files):
    image, cutout = upload(server, files["image"]), upload(server, files["cutout"])
    place = {"left": 0, "top": 0, "scale": 1}
    told = wrong(server, "/scenes", {"cutout": image, "background": image} | place)
    assert told["about"] == "cutout"
    assert "no part of it is transparent" in told["error"]
    outside = {"cutout": cutout, "background": image} | place | {"left": 5000}
    assert wrong(server, "/scenes", outside)["error"] == (
        "the cut-out, 180 x 130, lies outside of the background, 480 x 320; move it back"
    )


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/scenes", b"no JSON"),
        ("/scenes", b"[]"),
        ("/scenes", b"[" * 5000),
        ("/scenes", {"picture": 1, "mask": None}),
        ("/scenes", {"cutout": "{id}", "background": "{id}", "left": "0", "top": 0, "scale": 1}),
        ("/scenes", {"cutout": "{id}", "background": "{id}", "left": 0, "top": 0, "scale": 1e8}),
        ("/scenes", {"cutout": "{id}", "background": "{id}", "left": 0, "top": 0, "scale": 0}),
        ("/scenes", b'{"cutout": "{id}", "background": "{id}", "left": NaN, "top": 0, "scale": 1}'),
        ("/results", {"scene": "{id}", "method": "no_method", "strength": 1}),
        ("/results", {"scene": "{id}", "method": "../mkl", "strength": 1}),
        ("/results", {"scene": "{id}", "method": "issam", "strength": 1}),
        ("/results", {"scene": "{id}", "method": "mkl", "strength": 2}),
        ("/looks", {"scene": "{id}", "method": "mkl", "strength": True}),
        ("/files", {"scene": "{id}", "method": ["mkl"], "strength": 1}),
    ],
)
def test_requests_that_make_no_sense_are_refused(server, files, path, asked):
    name = upload(server, files["cutout"]) if path == "/scenes" else masked(server, files)
    text = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    told = wrong(server, path, text.replace(b"{id}", name.encode()), status=400)
    assert told["kind"] == "Malformed"


def test_what_is_no_longer_kept_is_told_in_words(server, files):
    scene = masked(server, files)
    for _ in range(4):
        masked(server, files)
    asked = {"scene": scene, "method": "mkl", "strength": 1}
    for path in ("/results", "/files", "/looks"):
        assert "choose them again" in wrong(server, path, asked, status=410)["error"]


def test_the_shelf_keeps_the_few_that_were_used_last():
    shelf = Shelf(2, 100)
    shelf.put("a", 1, 10)
    shelf.put("b", 2, 10)
    assert shelf.get("a") == 1
    shelf.put("c", 3, 10)
    assert [shelf.get(key) for key in "abc"] == [1, None, 3]
    shelf.put("d", 4, 95)  # and no more bytes than so many
    assert [shelf.get(key) for key in "acd"] == [None, None, 4]
    shelf.put("e", 5, 500)
    assert [shelf.get(key) for key in "de"] == [None, 5]


def test_a_defect_is_told_here_and_there(serve, files, monkeypatch):
    seen = []
    server = serve(defect=seen.append)
    scene = masked(server, files)

    def broken(*_, **__):
        raise KeyError("a defect")

    monkeypatch.setattr(harmonia, "harmonize", broken)
    asked = {"scene": scene, "method": "mkl", "strength": 1}
    told = wrong(server, "/results", asked, status=500)
    assert "this is a defect of harmonia" in told["error"]
    assert [type(error) for error in seen] == [KeyError]


def test_who_leaves_in_the_middle_disturbs_nobody(serve, files):
    seen = []
    server = serve(defect=seen.append)
    head = f"POST /pictures HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n"
    head += f"X-Harmonia-Token: {server.token}\r\nContent-Length: 100000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
        connection.sendall(head.encode() + b"half")
    assert ask(server, "/")[0].status == 200
    assert seen == []
