"""HYouTube: the frames of videos by either layout and either kind of list."""

import pytest
from harmonia import datasets
from miniatures import make_hyoutube

OTHER_NAMES = {
    "real_videos": "Ground-truth",
    "foreground_mask": "Mask",
    "synthetic_composite_videos": "Composite",
}


@pytest.fixture
def root(tmp_path):
    make_hyoutube(tmp_path)
    return tmp_path


def names(dataset):
    return [entry.name for entry in dataset.entries()]


def test_folders_become_their_frames_in_order(root):
    dataset = datasets.load("hyoutube", root, split="train")
    assert names(dataset) == [
        "003234408d_object_0_00010",
        "003234408d_object_0_00015",
        "003234408d_object_0_00020",
        "003234408d_object_2_00010",
        "003234408d_object_2_00015",
    ]
    entry = dataset.entry(4)
    assert entry.extras == {"video": "003234408d", "object": "object_2", "frame": 15}
    assert entry.composite == (
        root / "synthetic_composite_videos" / "003234408d" / "object_2" / "00015.jpg"
    )
    assert entry.mask == root / "foreground_mask" / "003234408d" / "object_2" / "00015.png"
    assert entry.real == root / "real_videos" / "003234408d" / "00015.jpg"


def test_the_frames_of_a_video_come_together(root):
    dataset = datasets.load("hyoutube", root, split="train")
    videos = dataset.groups(lambda entry: (entry.extras["video"], entry.extras["object"]))
    assert {key: len(video) for key, video in videos.items()} == {
        ("003234408d", "object_0"): 3,
        ("003234408d", "object_2"): 2,
    }
    frames = [sample.extras["frame"] for sample in videos["003234408d", "object_0"]]
    assert frames == [10, 15, 20]


def test_the_folders_of_the_description_serve_too(root):
    before = names(datasets.load("hyoutube", root))
    for first, other in OTHER_NAMES.items():
        (root / first).rename(root / other)
    dataset = datasets.load("hyoutube", root)
    assert names(dataset) == before
    assert dataset.entry(0).real.parent == root / "Ground-truth" / "cce03c2a9b"
    assert all(sample.notes == () for sample in dataset)


def test_a_list_of_frames_is_taken_before_one_of_folders(root):
    lines = [line.replace("/", "\\") for line in datasets.load("hyoutube", root).lines[1:]]
    (root / "test_frames.txt").write_text("\n".join(lines))
    dataset = datasets.load("hyoutube", root)
    assert names(dataset) == ["cce03c2a9b_object_0_00015", "cce03c2a9b_object_0_00020"]
    assert dataset[0].real is not None


def test_another_list_can_be_named(root):
    line = datasets.load("hyoutube", root).lines[2]
    (root / "one.txt").write_text(line)
    assert names(datasets.load("hyoutube", root, list="one.txt")) == ["cce03c2a9b_object_0_00020"]


@pytest.mark.parametrize(
    ("line", "error", "said"),
    [
        ("real_videos/x foreground_mask/x", ValueError, "must name the real, the mask and the"),
        ("r/x m/x/y c/x/y", NotADirectoryError, "there is no folder .*x.y, which .*bad.txt names"),
    ],
)
def test_a_wrong_line_is_named_with_its_list(root, line, error, said):
    (root / "bad.txt").write_text(line)
    with pytest.raises(error, match=said):
        datasets.load("hyoutube", root, list="bad.txt")


@pytest.mark.parametrize("composite", ["c/1.jpg", "c/v/o/one.jpg"])
def test_a_composite_that_is_no_frame_is_refused(root, composite):
    (root / "bad.txt").write_text(f"r/1.jpg m/1.png {composite}")
    with pytest.raises(ValueError, match=r"a composite must be <video>/<object>/<number>.jpg"):
        datasets.load("hyoutube", root, list="bad.txt").entry(0)


def test_what_is_not_there_is_said(root, tmp_path):
    with pytest.raises(ValueError, match="split must be 'train' or 'test', got 'all'"):
        datasets.load("hyoutube", root, split="all")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"none of test_frames.txt, test_list.txt, test.tx"):
        datasets.load("hyoutube", tmp_path / "empty")


def test_known_counts_are_twenty_frames_a_video():
    counts = datasets.facts("hyoutube").counts
    assert counts == {"train": {"": 20 * 2558}, "test": {"": 20 * 636}}
