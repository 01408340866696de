"""What tests have processes do that are begun anew: those find functions by the name of a module."""

import harmonia
from harmonia.datasets import Sample


def digest(sample):
    return [part.tobytes() for part in (sample.composite, sample.mask, sample.real)]


def read_one(dataset, index):
    return digest(dataset[index])


def threads_of(one, rng):
    """A sample whose name is how many threads the library uses."""
    return Sample(one.composite, one.mask, None, str(harmonia.get_num_threads()))
