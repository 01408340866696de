"""A part of the suite that says most of what the whole says."""

from zlib import crc32

from hypothesis import settings


def examples(count):
    """Settings for a test that takes so many of Hypothesis's examples where others take 100."""
    return settings(max_examples=max(1, count * settings.default.max_examples // 100))


def one_in(count, items):
    """By their names, so that all values of each parameter occur; and the first of each test."""
    seen = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        if test not in seen or crc32(item.nodeid.encode()) % count == 0:
            yield item
        seen.add(test)
