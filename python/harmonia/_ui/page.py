"""The page as one document, with what its script must know."""

import json

from harmonia._registry import default_method, list_ready, summary
from harmonia.comparison.document import document, served_policy


def compose(token: str, most_bytes: int) -> str:
    usual = default_method()
    data = {
        "token": token,
        "most": most_bytes,
        "methods": [
            {"name": name, "summary": summary(name), "usual": name == usual}
            for name in sorted(list_ready(), key=lambda name: (name != usual, name))
        ],
    }
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return document(
        __package__,
        {"data": text},
        title="harmonia",
        by="ui",
        slider=True,
        policy=policy(),
    )


def policy() -> str:
    return served_policy(__package__, slider=True)
