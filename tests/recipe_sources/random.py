"""A source for random."""

import coloured


def make(folder):
    return coloured.fill(folder, 4, (90, 120))
