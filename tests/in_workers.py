"""What tests have fresh processes do, which find functions by the names of modules."""

import harmonia
from harmonia.datasets import Sample


def digest(sample):
    return [part.tobytes() for part in (sample.composite, sample.mask, sample.real)]


def read_one(dataset, index):
    return digest(dataset[index])


def threads_of(one, rng):
    """A sample whose name is how many threads the library uses."""
    return Sample(one.composite, one.mask, None, str(harmonia.get_num_threads()))
