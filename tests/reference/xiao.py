"""Xiao & Ma 2006 in float64, along given eigenvectors and without the library's guards."""

import itertools

import numpy as np


def xiao_matrix(source, target, source_axes, target_axes):
    """Turns and scales the axes (columns) of the source's covariance into the target's."""
    spread = np.sqrt(np.diag(source_axes.T @ source @ source_axes))
    wanted = np.sqrt(np.diag(target_axes.T @ target @ target_axes))
    return target_axes @ np.diag(wanted / spread) @ source_axes.T


def closest_axes(source_axes, target_axes):
    """The target's axes in the order and with the signs that leave the smallest turn."""
    candidates = (
        target_axes[:, order] * signs
        for order in itertools.permutations(range(3))
        for signs in itertools.product([1, -1], repeat=3)
    )
    return max(candidates, key=lambda axes: np.trace(source_axes.T @ axes))


def matched_matrix(source, target):
    source_axes, target_axes = np.linalg.eigh(source)[1], np.linalg.eigh(target)[1]
    axes = closest_axes(source_axes, target_axes)
    return xiao_matrix(source, target, source_axes, axes)


def ranked_matrix(source, target):
    """Axes by rank of their variance, largest component positive."""

    def axes_of(covariance):
        axes = np.linalg.eigh(covariance)[1]
        largest = np.abs(axes).argmax(axis=0)
        return axes * np.sign(axes[largest, range(3)])

    return xiao_matrix(source, target, axes_of(source), axes_of(target))
