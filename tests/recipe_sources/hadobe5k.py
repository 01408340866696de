"""Three editions of three photographs, a folder an edition."""

from recipe_sources.pictures import disc, edition, photograph, save

EDITIONS = ("expert_a", "expert_b", "plain")
PHOTOS = ("lake", "market", "tower")


def make(folder):
    for seed, photo in enumerate(PHOTOS):
        save(folder / "masks" / f"{photo}.png", disc())
        for number, name in enumerate(EDITIONS):
            save(folder / name / f"{photo}.jpg", edition(photograph(seed), number))
    return folder
