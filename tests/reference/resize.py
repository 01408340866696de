"""Resizes as PIL and OpenCV define them: weights for each axis, and how sums are rounded.

Arrays are (H, W) or (H, W, C). The arithmetic is written from the formulas, and the tests compare
it with what the libraries give.
"""

import math

import numpy as np


def box(x):
    return 1.0 if -0.5 < x <= 0.5 else 0.0


def bilinear(x):
    return max(0.0, 1.0 - abs(x))


def bicubic(x):
    """Keys' kernel with a = -1/2."""
    a, x = -0.5, abs(x)
    if x < 1.0:
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    if x < 2.0:
        return (((x - 5.0) * x + 8.0) * x - 4.0) * a
    return 0.0


def sinc(x):
    return 1.0 if x == 0.0 else math.sin(x * math.pi) / (x * math.pi)


def lanczos(x):
    return sinc(x) * sinc(x / 3) if -3.0 <= x < 3.0 else 0.0


FILTERS = {  # of PIL, and how far they reach
    "box": (box, 0.5),
    "bilinear": (bilinear, 1.0),
    "bicubic": (bicubic, 2.0),
    "lanczos": (lanczos, 3.0),
}


def pil_weights(filter, old, new, start=0.0, stop=None):
    """(new, old) float64. The filter stretches where the axis shrinks; each row sums to 1."""
    function, reach = FILTERS[filter]
    stop = old if stop is None else stop
    scale = float(np.float32(stop) - np.float32(start)) / new
    stretch = max(scale, 1.0)
    weights = np.zeros((new, old))
    for i in range(new):
        centre = start + (i + 0.5) * scale
        first = max(int(centre - reach * stretch + 0.5), 0)
        last = min(int(centre + reach * stretch + 0.5), old)
        row = [function((x - centre + 0.5) * (1.0 / stretch)) for x in range(first, last)]
        total = 0.0
        for w in row:
            total += w
        weights[i, first:last] = [w / total for w in row] if total != 0.0 else row
    return weights


def whole(weights, bits=22):
    """Fixed point, halves away from zero."""
    scaled = weights * (1 << bits)
    return np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5)).astype(np.int64)


def columns(image, weights):
    """Every row of an image times the weights of its axis."""
    return np.moveaxis(np.tensordot(weights, image, axes=(1, 1)), 0, 1)


def rows(image, weights):
    return np.tensordot(weights, image, axes=(1, 0))


def turned(resize, image, height, width, filter, box):
    """The same with the axes exchanged: rows first."""
    flipped = (box[1], box[0], box[3], box[2]) if box else None
    result = resize(image.swapaxes(0, 1), width, height, filter, flipped)
    return result.swapaxes(0, 1)


def rows_first(image, height, width):
    """Whether PIL 13 takes them first: the height loses more than twice as many pixels."""
    lost = image.shape[0] - height
    return lost > 0 and lost > 2 * (image.shape[1] - width)


def pil_u8(image, height, width, filter, box=None):
    """Columns, then rows, each rounded to 8 bits."""
    left, top, right, bottom = box or (0, 0, image.shape[1], image.shape[0])
    result = image.astype(np.int64)
    if width != image.shape[1] or (left, right) != (0, width):
        weights = whole(pil_weights(filter, image.shape[1], width, left, right))
        result = np.clip((columns(result, weights) + (1 << 21)) >> 22, 0, 255)
    if height != image.shape[0] or (top, bottom) != (0, height):
        weights = whole(pil_weights(filter, image.shape[0], height, top, bottom))
        result = np.clip((rows(result, weights) + (1 << 21)) >> 22, 0, 255)
    return result.astype(np.uint8)


def in_turn(values, weights):
    """Weighted sums over the first axis of values, added up in its order."""
    sums = np.zeros((len(weights), *values.shape[1:]))
    for k in range(len(values)):
        sums += weights[:, k].reshape(-1, *[1] * (values.ndim - 1)) * values[k].astype(np.float64)
    return sums


def pil_f32(image, height, width, filter, box=None):
    """Mode F: sums in float64, kept as float32 after either axis."""
    left, top, right, bottom = box or (0, 0, image.shape[1], image.shape[0])
    result = image
    if width != image.shape[1] or (left, right) != (0, width):
        weights = pil_weights(filter, image.shape[1], width, left, right)
        result = np.moveaxis(in_turn(np.moveaxis(result, 1, 0), weights), 0, 1).astype(np.float32)
    if height != image.shape[0] or (top, bottom) != (0, height):
        weights = pil_weights(filter, image.shape[0], height, top, bottom)
        result = in_turn(result, weights).astype(np.float32)
    return result


def pil_rgba(image, height, width, filter, box=None, resize=pil_u8):
    """Colours are resized times their alpha."""
    colour, alpha = image[..., :3].astype(np.int64), image[..., 3:].astype(np.int64)
    product = colour * alpha + 128
    product = (product + (product >> 8)) >> 8
    both = np.concatenate([product, alpha], axis=2).astype(np.uint8)
    both = resize(both, height, width, filter, box).astype(np.int64)
    colour, alpha = both[..., :3], both[..., 3:]
    seen = (alpha > 0) & (alpha < 255)
    back = np.where(seen, np.minimum(255 * colour // np.maximum(alpha, 1), 255), colour)
    return np.concatenate([back, alpha], axis=2).astype(np.uint8)


def pil_nearest_places(old, new, start=0.0, stop=None):
    """The step is added up in float64."""
    step = float(np.float32(old if stop is None else stop) - np.float32(start)) / new
    at, places = start + 0.5 * step, []
    for _ in range(new):
        places.append(int(at))
        at += step
    return places


def pil_nearest(image, height, width, box=None):
    left, top, right, bottom = box or (0, 0, image.shape[1], image.shape[0])
    y = pil_nearest_places(image.shape[0], height, top, bottom)
    x = pil_nearest_places(image.shape[1], width, left, right)
    return image[y][:, x]


def pil_grey(image):
    """BT.601 luma in 16 bits."""
    r, g, b = np.moveaxis(image[..., :3].astype(np.int64), -1, 0)
    return ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16).astype(np.uint8)


def pil_dither(image):
    """Floyd and Steinberg: the error goes 7/16 right, 3/16, 5/16 and 1/16 below, never normalised.

    Colours count as luma in thousandths, cut off. Sixteenths are divided towards zero.
    """
    if image.ndim == 3:
        image = image[..., :3].astype(np.int64) @ np.array([299, 587, 114]) // 1000
    height, width = image.shape
    carried = np.zeros((height + 1, width + 2), np.int64)  # sixteenths, one column of margin
    result = np.zeros((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            value = int(image[y, x]) + int(carried[y, x + 1] / 16)
            value = min(max(value, 0), 255)
            result[y, x] = 255 if value > 128 else 0
            error = value - int(result[y, x])
            carried[y, x + 2] += 7 * error
            carried[y + 1, x] += 3 * error
            carried[y + 1, x + 1] += 5 * error
            carried[y + 1, x + 2] += error
    return result > 0


F32 = np.float32


def cv2_scale(old, new):
    return 1.0 / (new / old)


def cv2_nearest(image, height, width):
    def places(old, new):
        return [min(int(i * cv2_scale(old, new)), old - 1) for i in range(new)]

    return image[places(image.shape[0], height)][:, places(image.shape[1], width)]


def keys(t):
    """Four weights of float32, a = -3/4; the last is what is missing to 1."""
    a, t, one = F32(-0.75), F32(t), F32(1)
    w0 = ((a * (t + one) - F32(5) * a) * (t + one) + F32(8) * a) * (t + one) - F32(4) * a
    w1 = ((a + F32(2)) * t - (a + F32(3))) * t * t + one
    u = one - t
    w2 = ((a + F32(2)) * u - (a + F32(3))) * u * u + one
    return [w0, w1, w2, one - w0 - w1 - w2]


def lanczos4(t):
    """Eight weights of float32, scaled to sum to 1."""
    t, root = F32(t), math.sqrt(0.5)
    turn = [(1, 0), (-root, -root), (0, 1), (root, -root), (-1, 0), (root, root), (0, -1)]
    turn.append((-root, root))
    angle = -float(t + F32(3)) * math.pi * 0.25
    sine, cosine = math.sin(angle), math.cos(angle)
    weights, total = [], F32(0)
    for k in range(8):
        away = t + F32(3) - F32(k)
        if abs(away) >= F32(1e-6):
            y = -float(away) * math.pi * 0.25
            weights.append(F32((turn[k][0] * sine + turn[k][1] * cosine) / (y * y)))
        else:
            weights.append(F32(1e30))  # so large that the others vanish beside it
        total += weights[-1]
    return [w * (F32(1) / total) for w in weights]


def cv2_taps(kernel, old, new, *, across, area=False):
    """For each place of an axis the first source index, which may be outside, and its weights."""
    scale = cv2_scale(old, new)
    found = []
    for i in range(new):
        if area:  # a pixel is whole until the next one begins
            first = math.floor(i * scale)
            t = F32((i + 1) - (first + 1) * (new / old))
            t = F32(0) if t <= 0 else t - F32(math.floor(t))
        else:
            at = F32((i + 0.5) * scale - 0.5)
            first = math.floor(at)
            t = at - F32(first)
        if kernel == "linear":
            if across and first < 0:
                first, t = 0, F32(0)
            if across and first >= old - 1:
                first, t = old - 1, F32(0)
            found.append((first, [F32(1) - t, t]))
        elif kernel == "cubic":
            found.append((first - 1, keys(t)))
        else:
            found.append((first - 3, lanczos4(t)))
    return found


def in_2048ths(weights):
    """2048ths, halves to even."""
    return [int(np.rint(w * F32(2048))) for w in weights]


def cv2_u8(image, height, width, kernel, area=False):
    """Both axes in 2048ths, rounded once; linear drops 4 bits, then 16, then 2."""
    old_height, old_width = image.shape[:2]
    if kernel == "linear" and not area and (old_height, old_width) == (2 * height, 2 * width):
        return cv2_area_whole(image, height, width)
    source = image.astype(np.int64)
    middle = np.zeros((old_height, width, *image.shape[2:]), np.int64)
    for i, (first, weights) in enumerate(
        cv2_taps(kernel, old_width, width, across=True, area=area)
    ):
        for k, w in enumerate(in_2048ths(weights)):
            middle[:, i] += w * source[:, min(max(first + k, 0), old_width - 1)]
    result = np.zeros((height, width, *image.shape[2:]), np.int64)
    for i, (first, weights) in enumerate(
        cv2_taps(kernel, old_height, height, across=False, area=area)
    ):
        for k, w in enumerate(in_2048ths(weights)):
            row = middle[min(max(first + k, 0), old_height - 1)]
            result[i] += (w * (row >> 4)) >> 16 if kernel == "linear" else w * row
    result = (result + 2) >> 2 if kernel == "linear" else (result + (1 << 21)) >> 22
    return np.clip(result, 0, 255).astype(np.uint8)


def cv2_f32(image, height, width, kernel, area=False):
    """Sums of float32, columns first, each added up from the left or from above."""
    old_height, old_width = image.shape[:2]
    if kernel == "linear" and not area and (old_height, old_width) == (2 * height, 2 * width):
        return cv2_area_whole(image, height, width)
    middle = np.zeros((old_height, width, *image.shape[2:]), F32)
    for i, (first, weights) in enumerate(
        cv2_taps(kernel, old_width, width, across=True, area=area)
    ):
        for k, w in enumerate(weights):
            middle[:, i] += w * image[:, min(max(first + k, 0), old_width - 1)]
    result = np.zeros((height, width, *image.shape[2:]), F32)
    for i, (first, weights) in enumerate(
        cv2_taps(kernel, old_height, height, across=False, area=area)
    ):
        for k, w in enumerate(weights):
            result[i] += w * middle[min(max(first + k, 0), old_height - 1)]
    return result


def cv2_area_whole(image, height, width):
    """The mean of whole pixels."""
    tall, wide = image.shape[0] // height, image.shape[1] // width
    cells = image.reshape(height, tall, width, wide, -1)
    if image.dtype == np.uint8:
        sums = cells.sum(axis=(1, 3), dtype=np.int64)
        if (tall, wide) == (2, 2):
            result = (sums + 2) >> 2
        else:
            result = np.rint(sums.astype(F32) * (F32(1) / F32(tall * wide)))
    else:
        parts = [cells[:, y, :, x] for y in range(tall) for x in range(wide)]
        sums = np.zeros((height, width, cells.shape[-1]), F32)
        while len(parts) >= 4:  # by fours
            sums += parts[0] + parts[1] + parts[2] + parts[3]
            parts = parts[4:]
        for part in parts:
            sums += part
        result = sums * (F32(1) / F32(tall * wide))
    return result.astype(image.dtype).reshape(height, width, *image.shape[2:])


def area_weights(old, new):
    """(index, weight) of the pixels that a place of the smaller axis covers."""
    scale, found = cv2_scale(old, new), []
    for i in range(new):
        start, stop = i * scale, i * scale + scale
        cell = min(scale, old - start)
        last = min(math.floor(stop), old - 1)
        first = min(math.ceil(start), last)
        row = []
        if first - start > 1e-3:
            row.append((first - 1, F32((first - start) / cell)))
        row += [(x, F32(1.0 / cell)) for x in range(first, last)]
        if stop - last > 1e-3:
            row.append((last, F32(min(min(stop - last, 1.0), cell) / cell)))
        found.append(row)
    return found


def cv2_area(image, height, width):
    """Shrinking: the mean of what a pixel covers. Growing either axis: linear at other places."""
    old_height, old_width = image.shape[:2]
    across, down = cv2_scale(old_width, width), cv2_scale(old_height, height)
    if across < 1 or down < 1:
        resize = cv2_u8 if image.dtype == np.uint8 else cv2_f32
        return resize(image, height, width, "linear", area=True)
    if all(abs(ratio - round(ratio)) < np.finfo(np.float64).eps for ratio in (across, down)):
        return cv2_area_whole(image, height, width)
    middle = np.zeros((old_height, width, *image.shape[2:]), F32)
    for i, row in enumerate(area_weights(old_width, width)):
        for x, w in row:
            middle[:, i] += image[:, x].astype(F32) * w
    result = np.zeros((height, width, *image.shape[2:]), F32)
    for i, row in enumerate(area_weights(old_height, height)):
        for y, w in row:
            result[i] += middle[y] * w
    return np.rint(result).astype(np.uint8) if image.dtype == np.uint8 else result
