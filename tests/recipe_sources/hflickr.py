"""Five photographs in four groups, one of them with two masks, one a PNG."""

from recipe_sources.pictures import disc, photograph, save

NAMES = ("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.png")
GROUPS = ("beach", "beach", "", "", "")


def make(folder):
    lines = ["image,mask,group"]
    for seed, (name, group) in enumerate(zip(NAMES, GROUPS, strict=True)):
        save(folder / "images" / name, photograph(seed))
        stem = name.partition(".")[0]
        save(folder / "masks" / f"{stem}.png", disc())
        lines.append(f"images/{name},masks/{stem}.png,{group}")
    half = disc()
    half[:, : half.shape[1] // 2] = 0
    save(folder / "masks" / "a2.png", half)
    lines.append("images/a.jpg,masks/a2.png,beach")
    (folder / "photos.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "photos.csv"
