"""Pages as one HTML file: what all of them have, around what each has in its own folder.

A page is a package with `page.html`, the inside of its body, `page.css` and `page.js`. Its parts
are put in the places of {{part}}.
"""

import functools
import re
from collections.abc import Mapping
from importlib.resources import files


def document(
    package: str, parts: Mapping[str, str], *, title: str, by: str, sources: str = "data:"
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
    """
    return _filled(
        _template(__package__, "document.html"),
        {
            "generator": f"harmonia {by}",
            "sources": sources,
            "title": title,
            "theme": _template(__package__, "document.css"),
            "style": _template(package, "page.css"),
            "script": _template(package, "page.js"),
            "body": _filled(_template(package, "page.html"), parts),
        },
    )


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """All places at once: what is put in is not looked at again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


@functools.cache
def _template(package: str, name: str) -> str:
    return (files(package) / name).read_text(encoding="utf-8")
