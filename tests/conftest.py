"""What the whole suite shares: Hypothesis profiles, a part of it, and the names docstrings use."""

import gc
import signal

import docstring_names
import pytest
from hypothesis import settings
from parts import one_in

# The default run finds what is easy to break; "thorough" is for releases and for changes to the
# kernels: pytest --hypothesis-profile=thorough
settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("thorough", max_examples=4000, deadline=None)
settings.load_profile("default")


def pytest_addoption(parser):
    help = (
        "one in so many cases of each test, at least one, and of Hypothesis's examples: "
        "for sanitizers, which are slow"
    )
    parser.addoption("--one-in", type=int, default=1, metavar="N", help=help)
    help = "how often tests of leaks and of shared sessions call each function"
    parser.addoption("--calls", type=int, metavar="N", help=help)


def pytest_configure(config):
    count = config.getoption("one_in")
    if count > 1:
        settings.register_profile("part", max_examples=-(-100 // count), deadline=None)
        settings.load_profile("part")


def pytest_collection_modifyitems(config, items):
    count = config.getoption("one_in")
    if count > 1:
        left_out = set(items) - set(one_in(count, items))
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


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


@pytest.fixture(scope="module")
def one_thread_of_torch():
    """Its threads wait for each other by spinning, which takes long where cores are shared."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
