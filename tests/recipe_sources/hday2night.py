"""Two scenes of four captures, of which some have masks: one scene in each form of the names."""

from recipe_sources.pictures import disc, edition, photograph, save

CAPTURES = {
    "1048": ("20120628_062013", "20120628_121004", "20120628_200951", "20121224_120000"),
    "90000004": ("2", "7", "18", "21"),
}
REALS = {"1048": ("20120628_200951",), "90000004": ("18", "21")}


def make(folder):
    for seed, (scene, captures) in enumerate(CAPTURES.items()):
        for number, capture in enumerate(captures):
            save(folder / scene / f"{capture}.jpg", edition(photograph(seed), number))
        for capture in REALS[scene]:
            save(folder / scene / f"{capture}_mask.png", disc())
    return folder
