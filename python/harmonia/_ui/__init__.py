"""A page on this computer: pictures are dropped on it, and come back harmonized.

`server.py` is the door: who may ask, and how much. `desk.py` is the work, on what requests hold; it
keeps a few pictures in memory (`shelf.py`) and touches no file. `problems.py` says in words of the
page what went wrong, `page.py` makes the page.
"""

from harmonia._ui.server import Server

__all__ = ["Server"]
