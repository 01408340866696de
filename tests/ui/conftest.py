"""Servers of `harmonia ui`, and pictures for them."""

import threading

import harmonia
import numpy as np
import pytest
from asking import png
from harmonia._ui import Server


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
