"""A run knows its data again: classes by name, and what changed in words."""

import json
from dataclasses import replace

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, open_path
from ganstudio.data.identity import fitted, identify, stand_in
from ganstudio.experiment import Experiment, MixtureSpec, TableSpec
from ganstudio.run import RunError, RunFolder, kept_data
from tests.data.pictures_on_disk import folder_of


@pytest.fixture
def sets(tmp_path):
    """A folder of three classes, and a function that reads it as it is now."""
    for seed, (name, count) in enumerate({"a": 4, "b": 5, "c": 6}.items()):
        folder_of(tmp_path / "set" / name, count, seed=seed)
    return tmp_path / "set", lambda: open_path(tmp_path / "set")[1]


def kept_by(dataset, tmp_path):
    """What a run that was begun on the dataset keeps, through its file."""
    RunFolder.create(tmp_path / "run", Experiment(), {}, dataset).close()
    return kept_data(tmp_path / "run")


def table(path, rows):
    path.write_text("x,y,label\n" + "".join(f"{x},{y},{label}\n" for x, y, label in rows))
    return build_dataset(TableSpec(path=str(path)))


ROWS = [(0.5 * index, index * index % 7, "ab"[index % 2]) for index in range(20)]


def test_what_is_kept_says_what_the_data_were(sets, tmp_path):
    _, read = sets
    kept = kept_by(read(), tmp_path)
    assert kept == identify(read())
    assert (kept.name, kept.modality.shape, kept.count) == ("set", (3, 16, 16), 15)
    assert [(one.name, one.count) for one in kept.classes] == [("a", 4), ("b", 5), ("c", 6)]
    assert sum(one.share for one in kept.classes) == pytest.approx(1, abs=1e-12)
    assert len({one.content for one in kept.classes}) == 3
    assert fitted(read(), kept, conditional=True).notes == ()


def test_the_same_data_are_known_in_another_place_and_order(sets, tmp_path):
    folder, read = sets
    kept = identify(read())
    (folder / "a" / "000.png").rename(folder / "a" / "zzz.png")
    folder.rename(tmp_path / "elsewhere")
    assert fitted(open_path(tmp_path / "elsewhere")[1], kept, conditional=True).notes == ()


def test_a_renamed_class_is_told_and_refused_where_the_players_are_told_it(sets):
    folder, read = sets
    kept = identify(read())
    (folder / "a").rename(folder / "z")
    with pytest.raises(DatasetError, match=r"what was class 'a' is called 'z' now; put the classes back"):
        fitted(read(), kept, conditional=True)
    dataset = fitted(read(), kept, conditional=False)
    assert dataset.notes == ("the data are not those that the run began with: what was class 'a' is called 'z' now",)
    assert dataset.classes == ("b", "c", "z")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: folder_of(folder / "d", 3, seed=9), "class 'd' is new"),
        (lambda folder: (folder / "c").rename(folder.parent / "c"), "class 'c' is missing"),
    ],
)
def test_a_class_too_many_or_too_few_is_refused(sets, change, words):
    folder, read = sets
    kept = identify(read())
    change(folder)
    with pytest.raises(DatasetError, match=words):
        fitted(read(), kept, conditional=True)
    assert words in fitted(read(), kept, conditional=False).notes[0]


def test_images_that_changed_places_are_told(sets):
    folder, read = sets
    kept = identify(read())
    for before, after in (("a", "t"), ("b", "a"), ("t", "b")):
        (folder / before).rename(folder / after)
    note = fitted(read(), kept, conditional=True).notes[0]
    assert "class 'a' holds what was in 'b'" in note
    assert "class 'b' holds what was in 'a'" in note


def test_other_images_of_a_class_are_told(sets):
    folder, read = sets
    kept = identify(read())
    folder_of(folder / "b", 5, seed=77)
    assert fitted(read(), kept, conditional=True).notes[0].endswith("with: the samples of class 'b' are others")


def test_another_shape_is_refused(sets, tmp_path):
    _, read = sets
    kept = identify(read())
    grey = open_path(folder_of(tmp_path / "grey", 5, channels=1))[1]
    with pytest.raises(DatasetError, match=r"of 16 × 16 pixels, grey, but the run was trained on .* in colour: put"):
        fitted(grey, kept, conditional=False)


def test_classes_that_moved_keep_their_number(tmp_path):
    dataset = table(tmp_path / "t.csv", ROWS)
    # As if the names were sorted otherwise when the run began.
    moved = fitted(dataset, _turned(identify(dataset)), conditional=True)
    assert (dataset.classes, moved.classes) == (("a", "b"), ("b", "a"))
    assert (moved.labels == 1 - dataset.labels).all()
    np.testing.assert_allclose(moved.shares(), dataset.shares()[::-1], atol=1e-12)
    one, other = (each.draw_labelled(50, np.random.default_rng(1)) for each in (dataset, moved))
    np.testing.assert_array_equal(one[0], other[0])
    np.testing.assert_array_equal(one[1], 1 - other[1])


def _turned(kept):
    return replace(kept, classes=kept.classes[::-1])


def test_a_distribution_with_classes_that_moved_draws_them_by_their_names():
    dataset = build_dataset(MixtureSpec())
    moved = fitted(dataset, _turned(identify(dataset)), conditional=True)
    one, other = (each.draw_labelled(50, np.random.default_rng(1)) for each in (dataset, moved))
    np.testing.assert_array_equal(one[1], 2 - other[1])
    np.testing.assert_allclose(moved.shares(), dataset.shares()[::-1], atol=1e-12)


def test_changed_points_keep_the_units_that_the_networks_know(tmp_path):
    kept = identify(table(tmp_path / "t.csv", ROWS))
    dataset = table(tmp_path / "t.csv", [*ROWS, (500, 900, "a")])
    assert dataset.modality.scale > 2 * kept.modality.scale
    again = fitted(dataset, kept, conditional=True)
    assert "21 samples in place of 20 samples" in again.notes[0]
    assert again.modality == kept.modality
    indices = np.arange(21)
    np.testing.assert_allclose(
        again.modality.to_people(again.at(indices)), dataset.modality.to_people(dataset.at(indices)), atol=1e-3
    )
    one, other = (each.modality.to_people(each.draw(9, np.random.default_rng(2))) for each in (again, dataset))
    np.testing.assert_allclose(one, other, atol=1e-3)


def test_columns_and_labels_that_changed_are_told(tmp_path):
    kept = identify(table(tmp_path / "t.csv", ROWS))
    swapped = fitted(table(tmp_path / "t.csv", [(y, x, label) for x, y, label in ROWS]), kept, conditional=True)
    assert "the samples of classes 'a', 'b' are others" in swapped.notes[0]
    relabelled = [(x, y, "ab"[index // 10]) for index, (x, y, _) in enumerate(ROWS)]
    assert "are others" in fitted(table(tmp_path / "t.csv", relabelled), kept, conditional=True).notes[0]


def test_a_changed_density_is_told(tmp_path):
    from PIL import Image

    def density(dark):
        ink = np.full((16, 16), 255, np.uint8)
        ink[dark] = 0
        Image.fromarray(ink).save(tmp_path / "d.png")
        return open_path(tmp_path / "d.png")[1]

    kept = identify(density(np.s_[2:8, 3:9]))
    assert fitted(density(np.s_[2:8, 3:9]), kept, conditional=False).notes == ()
    assert "the samples are others" in fitted(density(np.s_[2:9, 3:9]), kept, conditional=False).notes[0]


def test_a_stand_in_has_all_but_samples(sets):
    _, read = sets
    dataset = read()
    stand = stand_in(identify(dataset))
    assert (stand.shape, stand.classes, stand.has_classes) == (dataset.shape, dataset.classes, True)
    np.testing.assert_allclose(stand.shares(), dataset.shares(), atol=1e-12)
    with pytest.raises(DatasetError, match="were not read"):
        stand.draw(1, np.random.default_rng(0))


# --- the file ---


DAMAGE = {
    "no JSON": "{",
    "deep": "[" * 100_000,
    "another version": {"version": 99},
    "a huge side": {"shape": [1, 10**7, 8]},
    "points with three units": {"centre": [1.0, 2.0, 3.0]},
    "no scale": {"scale": 0},
    "a number beyond floats": {"scale": 10**400},
    "classes of one name": {"classes": [{"name": "a", "count": 1, "share": 0.5, "content": ""}] * 2},
    "a share above one": {"classes": [{"name": "a", "count": 1, "share": 2, "content": ""}]},
    "a list": "[]",
    "an endless name": {"name": "a" * 10_000},
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_told(sets, tmp_path, damage):
    _, read = sets
    kept_by(read(), tmp_path)
    path = tmp_path / "run" / "data.json"
    text = damage if isinstance(damage, str) else json.dumps(json.loads(path.read_text()) | damage)
    path.write_text(text)
    with pytest.raises(RunError, match=r"data\.json: is damaged.*remove the file"):
        kept_data(tmp_path / "run")


def test_a_run_of_before_keeps_nothing_and_a_link_to_a_device_is_not_waited_for(sets, tmp_path):
    _, read = sets
    kept_by(read(), tmp_path)
    path = tmp_path / "run" / "data.json"
    path.unlink()
    assert kept_data(tmp_path / "run") is None
    path.symlink_to("/dev/zero")
    with pytest.raises(RunError, match="is damaged"):
        kept_data(tmp_path / "run")
