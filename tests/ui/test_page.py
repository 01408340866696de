"""What the server of `harmonia ui` serves before anything is asked of it."""

import re

import harmonia
import pytest
from asking import ask


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
