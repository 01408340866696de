"""What the codes ask of OpenCV, by way of albumentations."""

import numpy as np


def resized(image, size):
    """Another (height, width): two taps a side however much it shrinks; codes are rounded."""
    if size is None or image.shape[:2] == tuple(size):
        return image
    import cv2

    return cv2.resize(image, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)


def weights(mask, size):
    """0..1 in float64, by way of float32 where OpenCV resizes them."""
    if size is None or mask.shape == tuple(size):
        return mask / 255
    return resized(mask.astype(np.float32) / np.float32(255), size).astype(np.float64)
