"""Requests to a server of `harmonia ui`, as its page makes them."""

import http.client
import io
import json

import harmonia
import numpy as np


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
