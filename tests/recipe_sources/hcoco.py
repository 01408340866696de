"""A source for hcoco: a folder as COCO's archives unpack, with a polygon in each of its images."""

import json

from recipe_sources.pictures import photograph, save


def make(folder):
    images, annotations = [], []
    for number in range(1, 7):
        name = f"{number:012}.jpg"
        pixels = photograph(number)
        save(folder / "train2017" / name, pixels)
        height, width = pixels.shape[:2]
        left, right, top, bottom = 0.2 * width, 0.7 * width, 0.3 * height, 0.8 * height
        images.append({"id": number, "file_name": name, "height": height, "width": width})
        annotations.append(
            {
                "id": 100 + number,
                "image_id": number,
                "category_id": 1,
                "segmentation": [[left, top, right, top, right, bottom, left, bottom]],
                "area": (right - left) * (bottom - top),
                "bbox": [left, top, right - left, bottom - top],
                "iscrowd": 0,
            }
        )
    content = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "ball"}],
    }
    (folder / "annotations").mkdir()
    path = folder / "annotations" / "instances_train2017.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return folder
