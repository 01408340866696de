"""What the whole suite shares: Hypothesis profiles, and the names that docstrings use."""

import gc
import signal

import docstring_names
import pytest
from hypothesis import settings

# The default run finds what is easy to break; "thorough" is for releases and for changes to the
# kernels: pytest --hypothesis-profile=thorough
settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("thorough", max_examples=4000, deadline=None)
settings.load_profile("default")

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish():
    """Twenty thousand tests stay to the end; no collection need go through them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def names_in_docstrings(doctest_namespace):
    """Docstrings show calls on the shipped example without loading it each time."""
    doctest_namespace.update(docstring_names.names())
