"""Pages as one HTML file: what all of them have, around what each has in its own folder.

A page is a package with `page.html`, the inside of its body, `page.css` and `page.js`. Its parts
are put in the places of {{part}}.
"""

import base64
import functools
import hashlib
import re
from collections.abc import Mapping
from importlib.resources import files


def document(
    package: str,
    parts: Mapping[str, str],
    *,
    title: str,
    by: str,
    sources: str = "data:",
    slider: bool = False,
    policy: str | None = None,
) -> str:
    """The page of a package, with parts of HTML.

    Parameters
    ----------
    package, parts
        The folder of the page, and what is put into its `page.html`. Parts hold escaped text.
    title
        Of the window, escaped.
    by
        The command that writes such pages.
    sources
        Where pictures may come from, as a content security policy says it.
    slider
        Whether there is a `.stage` of two pictures with a line between them that moves.
    policy
        Instead of that of a file, which knows `sources` alone.
    """
    return _filled(
        _template(__package__, "document.html"),
        {
            "generator": f"harmonia {by}",
            "policy": policy or _policy_of_files(sources),
            "title": title,
            "theme": _template(__package__, "document.css"),
            "style": _style(package, slider),
            "script": _template(package, "page.js"),
            "body": _filled(_template(package, "page.html"), parts),
        },
    )


def served_policy(package: str, *, sources: str = "data:", slider: bool = False) -> str:
    """For a page that comes from a server of ours: it asks that one, and runs its own script only.

    Script and style are known by their digests; no other runs, nor does one within the document.
    """
    style = _digest(_template(__package__, "document.css") + _style(package, slider))
    script = _digest(_template(package, "page.js"))
    return (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; connect-src 'self'; "
        f"img-src {sources}; style-src {style}; script-src {script}"
    )


def _policy_of_files(sources: str) -> str:
    own = "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return f"default-src 'none'; img-src {sources}; {own}"


def _digest(text: str) -> str:
    """As a policy names what stands in a script or a style, behind the end of the tag's line."""
    digest = hashlib.sha256(f"\n{text}".encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _style(package: str, slider: bool) -> str:
    return (_template(__package__, "slider.css") if slider else "") + _template(package, "page.css")


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """All places at once: what is put in is not looked at again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


@functools.cache
def _template(package: str, name: str) -> str:
    return (files(package) / name).read_text(encoding="utf-8")
