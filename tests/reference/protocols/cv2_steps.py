"""What the codes ask of OpenCV, by way of albumentations."""


def resized(image, size):
    """Another (height, width): two taps a side however much it shrinks; codes are rounded."""
    if size is None or image.shape[:2] == tuple(size):
        return image
    import cv2

    return cv2.resize(image, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
