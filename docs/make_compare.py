"""Draw docs/images/compare.png: the example that ships, by three methods and beside the photograph.

PYTHONPATH=python python docs/make_compare.py
"""

from pathlib import Path

import harmonia

IMAGES = Path(__file__).parent / "images"
METHODS = ("harmonia", "reinhard", "lalonde_efros")
PANEL = 280


def main():
    image, mask = harmonia.example()
    real = harmonia.io.read(IMAGES / "real.png").pixels
    comparison = harmonia.compare(image, mask, METHODS, real=real)
    comparison.save(IMAGES / "compare.png", overwrite=True, panel=PANEL)


if __name__ == "__main__":
    main()
