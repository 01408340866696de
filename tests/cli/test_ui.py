"""harmonia ui: real requests to a server, and a real browser where one is installed."""

import base64
import http.client
import io
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import browser
import harmonia
import numpy as np
import pytest
from harmonia import cli
from harmonia._image_files import icc
from harmonia._ui import Server
from harmonia._ui.shelf import Shelf
from harmonia.lut import read_lut


@pytest.fixture
def serve():
    """Starts servers, and ends them."""
    running = []

    def start(**options):
        server = Server(**options)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.close()


@pytest.fixture
def server(serve):
    return serve()


@pytest.fixture(scope="module")
def files():
    image, mask = harmonia.example()
    cutout = np.dstack([image, mask])[40:300:2, 60:420:2]
    grey = np.stack([mask] * 3, axis=-1)
    return {
        name: png(pixels) for name, pixels in [("image", image), ("mask", grey), ("cutout", cutout)]
    }


def png(pixels):
    file = io.BytesIO()
    harmonia.io.write(file, np.ascontiguousarray(pixels), format="PNG")
    return file.getvalue()


def ask(server, path, body=None, method=None, **headers):
    """The status and what was answered; None as a header leaves it out."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    method = method or ("GET" if body is None else "POST")
    given = {"Host": f"127.0.0.1:{server.server_port}"}
    if body is not None:
        given |= {"X-Harmonia-Token": server.token, "Content-Length": str(len(body))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in given.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders()
    connection.send(body or b"")
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data


def found(server, path, asked):
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    answer, data = ask(server, path, body)
    assert answer.status == 200, data
    return json.loads(data)


def wrong(server, path, asked, status=422):
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    answer, data = ask(server, path, body)
    assert answer.status == status, data
    return json.loads(data)


def upload(server, data):
    return found(server, "/pictures", data)["id"]


def masked(server, files, **more):
    names = {"picture": upload(server, files["image"]), "mask": upload(server, files["mask"])}
    return found(server, "/scenes", names | more)["id"]


def pixels_of(data):
    return harmonia.io.read(data).pixels


def downloaded(server, scene, method, strength=1):
    asked = {"scene": scene, "method": method, "strength": strength}
    answer, data = ask(server, "/files", json.dumps(asked).encode())
    assert answer.status == 200, data
    return pixels_of(data)


# What is served.


def test_the_page_is_served_with_its_methods_and_loads_nothing_from_elsewhere(server):
    answer, data = ask(server, "/")
    text = data.decode()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    for name in harmonia._registry.list_ready():
        assert f'"{name}"' in text
    assert server.token in text
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", text)
    assert re.findall(r"https?://[^\s\"'<>]+", text) == []


def test_the_policy_lets_the_script_and_the_style_of_the_page_run_alone(server):
    answer, data = ask(server, "/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'")
    assert policy.endswith("frame-ancestors 'none'")
    assert (
        f'content="{policy.removesuffix("; frame-ancestors " + chr(39) + "none" + chr(39))}"'
        in data.decode()
    )
    assert not re.search(r"<[^>]+\s(?:on\w+|style)=", data.decode())


@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_every_answer_has_the_headers_that_keep_others_out(server, path):
    answer, _ = ask(server, path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] is None
    assert "Python" not in answer.headers["Server"]


# What comes back.


@pytest.mark.parametrize("method", ["harmonia", "mkl", "poisson"])
@pytest.mark.parametrize("strength", [1, 0.4])
def test_a_result_is_what_harmonize_gives(server, files, method, strength):
    if method not in harmonia._registry.list_ready():
        pytest.skip(f"{method} needs onnxruntime")
    image, mask = harmonia.example()
    out = downloaded(server, masked(server, files), method, strength)
    assert (out == harmonia.harmonize(image, mask, method, strength=strength)).all()
    assert (out != image).any()
    assert (out[mask == 0] == image[mask == 0]).all()


def test_a_result_is_shown_before_it_is_saved(server, files):
    image, mask = harmonia.example()
    asked = {"scene": masked(server, files), "method": "mkl", "strength": 1}
    shown = found(server, "/results", asked)
    kind, _, data = shown["shown"].partition(",")
    assert kind == "data:image/png;base64"  # which small pictures are shown as, to the bit
    seen = pixels_of(base64.b64decode(data))
    assert (seen == harmonia.harmonize(image, mask, "mkl")).all()
    assert shown["seconds"] >= 0


def test_16_bits_and_what_stands_beside_the_pixels_are_kept(server, files):
    image, mask = harmonia.example()
    deep = image.astype(np.uint16) * np.uint16(257)
    picture = harmonia.io.Picture(deep, "PNG", icc=icc.srgb(), resolution=(300.0, 300.0))
    file = io.BytesIO()
    harmonia.io.write(file, deep, like=picture, format="PNG")
    scene = masked(server, files | {"image": file.getvalue()})
    body = json.dumps({"scene": scene, "method": "mkl", "strength": 1}).encode()
    out = harmonia.io.read(ask(server, "/files", body)[1])
    assert (out.pixels == harmonia.harmonize(deep, mask, "mkl")).all()
    assert out.icc == icc.srgb()


def test_a_mask_is_inverted_and_resized_where_it_is_asked_for(server, files):
    image, mask = harmonia.example()
    scene = masked(server, files, invert=True)
    wanted = harmonia.harmonize(image, 255 - mask, "mkl")
    assert (downloaded(server, scene, "mkl") == wanted).all()

    half = png(np.stack([mask[::2, ::2]] * 3, axis=-1))
    resized = harmonia.io.read_mask(half, image_size=mask.shape, resize=True).mask
    scene = masked(server, files | {"mask": half}, resize=True)
    assert (downloaded(server, scene, "mkl") == harmonia.harmonize(image, resized, "mkl")).all()
    hard = np.where(mask == 255, np.uint8(255), np.uint8(0))
    ones = png(np.stack([hard // 255] * 3, axis=-1))
    scene = masked(server, files | {"mask": ones}, ones=True)
    assert (downloaded(server, scene, "mkl") == harmonia.harmonize(image, hard, "mkl")).all()


def test_the_mask_may_be_the_alpha_of_a_picture(server, files):
    image, mask = harmonia.example()
    scene = masked(server, files | {"mask": png(np.dstack([image, mask]))})
    assert (downloaded(server, scene, "mkl") == harmonia.harmonize(image, mask, "mkl")).all()


def test_a_cutout_lies_where_it_was_put(server, files):
    below = pixels_of(files["image"])[:, ::-1].copy()
    names = {"cutout": upload(server, files["cutout"]), "background": upload(server, png(below))}
    scene = found(server, "/scenes", names | {"left": 100, "top": -20, "scale": 0.75})
    composite, mask = harmonia.composite.paste(
        pixels_of(files["cutout"]), below, at=(100, -20), scale=0.75
    )
    out = downloaded(server, scene["id"], "mkl")
    assert (out == harmonia.harmonize(composite, mask, "mkl")).all()
    assert (out[mask == 0] == below[mask == 0]).all()
    assert (downloaded(server, scene["id"], "mkl", 0) == composite).all()


def test_a_cutout_of_8_bits_is_widened_to_the_background(server, files):
    deep = pixels_of(files["image"]).astype(np.uint16) * np.uint16(257)
    names = {"cutout": upload(server, files["cutout"]), "background": upload(server, png(deep))}
    scene = found(server, "/scenes", names | {"left": 0, "top": 0, "scale": 1})
    assert scene["notes"] == ["the cut-out: 8 bits widened to 16"]
    assert downloaded(server, scene["id"], "mkl").dtype == np.uint16


@pytest.mark.parametrize("strength", [1, 0.25])
def test_the_look_is_the_table_of_the_fit(server, files, tmp_path, strength):
    asked = {"scene": masked(server, files), "method": "mkl", "strength": strength}
    look = found(server, "/looks", asked)
    assert look["remark"] == ""
    table = harmonia.fit(*harmonia.example(), "mkl").to_lut(33)
    if strength != 1:
        table = harmonia.lut.combine([table, harmonia.lut.identity(33)], [strength, 1 - strength])
    harmonia.lut.write_lut(table, tmp_path / "wanted.cube")
    assert look["text"].encode() == (tmp_path / "wanted.cube").read_bytes()


def test_a_method_that_is_no_change_of_colours_says_how_far_its_table_is_off(
    server, files, tmp_path, monkeypatch, capsys
):
    asked = {"scene": masked(server, files), "method": "poisson", "strength": 1}
    look = found(server, "/looks", asked)
    assert "poisson is no change of colours alone" in look["remark"]
    assert re.search(r"off by [\d.]+ levels of 255 on average", look["remark"])

    monkeypatch.chdir(tmp_path)  # the command says and writes the same
    for name in ("image", "mask"):
        (tmp_path / f"{name}.png").write_bytes(files[name])
    words = ["lut", "image.png", "mask.png", "-m", "poisson", "-o", "look.cube"]
    assert cli.main(words) == 0
    assert look["remark"].rpartition("off by")[2] in capsys.readouterr().err
    assert look["text"].encode() == (tmp_path / "look.cube").read_bytes()
    assert read_lut("look.cube").size == (33, 33, 33)


@pytest.mark.threads
def test_many_at_once_get_their_own(server, files):
    image, mask = harmonia.example()
    pictures = [np.ascontiguousarray(np.roll(image, turn, axis=2)) for turn in range(3)]

    def lay(picture):
        return masked(server, files | {"image": png(picture)})

    def work(asked):
        number, method = asked
        wanted = harmonia.harmonize(pictures[number], mask, method)
        return (downloaded(server, scenes[number], method) == wanted).all()

    with ThreadPoolExecutor(12) as pool:
        scenes = list(pool.map(lay, pictures))
        every = [(number, method) for method in ("mkl", "xiao") for number in range(3)]
        assert all(pool.map(work, every * 4))


# What is refused.


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


# The command.


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


# A browser.


@pytest.mark.skipif(browser.program() is None, reason="Chromium is not installed")
@pytest.mark.skipif(sys.platform == "win32", reason="its pipes are those of Unix")
class TestInABrowser:
    @pytest.fixture
    def page(self, server, files, tmp_path):
        for name, data in files.items():
            (tmp_path / f"{name}.png").write_bytes(data)
        with browser.Browser(tmp_path) as page:
            page.open(server.address)
            yield page

    def test_pictures_are_chosen_compared_and_saved(self, page, files, tmp_path):
        image, mask = harmonia.example()
        usual = harmonia._registry.default_method()
        page.choose("#file-picture", tmp_path / "image.png")
        page.choose("#file-mask", tmp_path / "mask.png")
        page.wait_for("document.querySelector('.result .made') !== null")
        page.click("[value=mkl]")
        page.wait_for("document.querySelectorAll('.result .made').length === 2")
        assert page.run(
            "[...document.querySelectorAll('.result')].map((one) => one.dataset.name)"
        ) == [usual, "mkl"]
        assert page.run("document.getElementById('which').textContent") == "mkl"

        page.drag(".stage", (0.5, 0.5), (0.25, 0.5))  # the line follows the mouse
        at = page.run("getComputedStyle(document.querySelector('.stage')).getPropertyValue('--at')")
        assert float(at.rstrip("%")) == pytest.approx(25, abs=1)
        over = page.run("getComputedStyle(document.getElementById('over')).clipPath")
        assert 100 - float(re.fullmatch(r"inset\(0px ([\d.]+)% 0px 0px\)", over)[1]) == float(
            at[:-1]
        )
        wanted = harmonia.harmonize(image, mask, "mkl")
        for name, pixels in (("over", image), ("under", image), ("made", wanted)):
            source = page.run(f"document.getElementById('{name}').src")
            assert (pixels_of(base64.b64decode(source.partition(",")[2])) == pixels).all()

        page.click("[data-name=mkl] .file")
        assert (pixels_of(page.downloaded("image_mkl.png")) == wanted).all()
        page.enter("#strength", 40)
        page.click(f"[data-name={usual}] .file")
        weak = harmonia.harmonize(image, mask, usual, strength=0.4)
        assert (pixels_of(page.downloaded(f"image_{usual}.png")) == weak).all()
        page.click("[data-name=mkl] .cube")
        (tmp_path / "copy.cube").write_bytes(page.downloaded("image_mkl.cube"))
        assert read_lut(tmp_path / "copy.cube").size == (33, 33, 33)
        assert page.messages == []

    def test_a_cutout_is_dragged_to_its_place(self, page, files, tmp_path):
        page.click("[value=pasted]")
        page.choose("#file-cutout", tmp_path / "cutout.png")
        page.choose("#file-background", tmp_path / "image.png")
        page.wait_for("document.querySelector('.result .made') !== null")
        read = "['left', 'top', 'percent'].map((id) => Number(document.getElementById(id).value))"
        assert page.run(read) == [150, 95, 100]  # in the middle
        page.drag("#above", (0.5, 0.5), (0.75, 0.5))
        left, top, _ = page.run(read)
        assert left == pytest.approx(150 + 180 / 4, abs=1)
        assert top == 95
        page.enter("#percent", 50, "change")
        left, top, scale = page.run(read)
        page.run("document.querySelectorAll('.result').forEach((one) => one.remove())")
        page.wait_for("document.querySelector('.result .made') !== null")
        page.click(".result .file")
        usual = harmonia._registry.default_method()
        out = pixels_of(page.downloaded(f"cutout_{usual}.png"))
        given = pixels_of(files["cutout"]), pixels_of(files["image"])
        composite, mask = harmonia.composite.paste(*given, at=(left, top), scale=scale / 100)
        assert (out == harmonia.harmonize(composite, mask, usual)).all()
        assert page.messages == []

    def test_an_error_is_shown_beside_its_picture(self, page, tmp_path):
        (tmp_path / "broken.png").write_bytes(b"no picture")
        page.choose("#file-picture", tmp_path / "broken.png")
        page.wait_for("document.querySelector('#slot-picture .wrong').textContent !== ''")
        said = page.run("document.querySelector('#slot-picture .wrong').textContent")
        assert said.startswith("broken.png: must be PNG, JPEG")

    @pytest.mark.parametrize(
        ("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(23, 23, 26)")]
    )
    def test_it_follows_day_and_night(self, page, scheme, paper):
        page.scheme(scheme)
        assert page.run("getComputedStyle(document.body).backgroundColor") == paper

    @pytest.mark.parametrize("width", [400, 800, 1600])
    def test_nothing_is_wider_than_the_window(self, page, tmp_path, width):
        page.size(width, 900)
        page.choose("#file-picture", tmp_path / "image.png")
        page.choose("#file-mask", tmp_path / "mask.png")
        page.wait_for("document.querySelector('.result .made') !== null")
        assert page.run("document.documentElement.scrollWidth <= innerWidth")

    def test_other_scripts_do_not_run(self, page):
        page.run(
            "const one = document.createElement('script');"
            "one.textContent = 'window.ran = 1';"
            "document.body.append(one);"
            "document.body.insertAdjacentHTML('beforeend', '<a id=x onclick=\"window.ran = 1\">');"
            "document.getElementById('x').click()"
        )
        assert page.run("window.ran") is None
        assert {message["source"] for message in page.messages} == {"security"}
