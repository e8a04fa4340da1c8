"""Pairs of pictures and normals, off folders: told by their values, turned as asked, refused where there are none."""

from __future__ import annotations

import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import DatasetError, build_dataset, build_sampler, open_path
from ganstudio.data.images.scenes import mirrored
from ganstudio.data.reading.importers import propose
from ganstudio.data.reading.reading import preview, read
from ganstudio.data.watching import Watch
from ganstudio.experiment import Experiment, ImagesSpec, NormalsSpec, PairsSpec, ScenesSpec
from ganstudio.modalities import Images, Normals
from ganstudio.presets import experiment_for, load_preset

SIDE, COUNT = 32, 8


@pytest.fixture(scope="module")
def scenes():
    return build_dataset(ScenesSpec(count=COUNT + 2, held_out=0))


@pytest.fixture(scope="module")
def pixels(scenes):
    """Pictures and maps of some scenes, uint8 (n, h, w, 3), and the normals themselves (n, 3, h, w)."""
    indices = np.arange(COUNT)
    normals = scenes.partners.at(indices)
    kind = scenes.partners.modality
    return scenes.feed.bytes_at(indices).transpose(0, 2, 3, 1), kind.pictures(kind.to_people(normals)), normals


def write(folder, images, ending=".png") -> None:
    folder.mkdir(parents=True)
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"scene_{number}{ending}")


@pytest.fixture
def folders(tmp_path, pixels):
    write(tmp_path / "set" / "A", pixels[0])
    write(tmp_path / "set" / "B", pixels[1])
    return tmp_path / "set"


def angles(one, other):
    return np.rad2deg(np.arccos(np.clip((one * other).sum(1), -1, 1)))


def test_two_folders_of_equal_names_are_pairs_whichever_holds_the_maps(folders, pixels) -> None:
    spec, dataset = open_path(folders)
    assert spec == PairsSpec(path=str(folders))
    assert (dataset.count, dataset.shape, dataset.partners.modality) == (
        COUNT,
        (3, SIDE, SIDE),
        Normals((3, SIDE, SIDE)),
    )
    assert "pictures in A, normal maps in B, by files of equal names" in dataset.source
    indices = np.arange(COUNT)
    np.testing.assert_array_equal(dataset.feed.bytes_at(indices).transpose(0, 2, 3, 1), pixels[0])
    found = dataset.partners.at(indices)
    assert angles(found, pixels[2]).max() < 1  # 256 levels
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    (folders / "A").rename(folders / "C")  # the maps come first now
    np.testing.assert_array_equal(build_dataset(spec).partners.at(indices), found)


def test_halves_of_images_are_pairs(tmp_path, pixels) -> None:
    write(tmp_path / "both", np.concatenate(pixels[:2], axis=2))
    spec, dataset = open_path(tmp_path / "both")
    assert isinstance(spec, PairsSpec)
    assert "the right half of each image is its normal map" in dataset.source
    assert angles(dataset.partners.at(np.arange(COUNT)), pixels[2]).max() < 1


def test_green_may_point_down_and_sizes_keep_unit_vectors(folders, pixels) -> None:
    down = build_dataset(PairsSpec(path=str(folders), green="down"))
    up = build_dataset(PairsSpec(path=str(folders)))
    some = np.arange(3)
    np.testing.assert_allclose(down.partners.at(some)[:, 1], -up.partners.at(some)[:, 1], atol=1e-3)
    small = build_dataset(PairsSpec(path=str(folders), size=16)).partners.at(some)
    assert small.shape == (3, 3, 16, 16)
    np.testing.assert_allclose(np.linalg.norm(small, axis=1), 1, atol=1e-6)


def hill(steepness: float = 1.0) -> np.ndarray:
    """Depth, 0 to 1, that rises to the right alone."""
    return np.tile(np.linspace(0, steepness, SIDE, dtype=np.float32), (SIDE, 1))


@pytest.mark.parametrize("kind", ["npy", "16 bit"])
def test_depth_becomes_normals_that_lean_downhill(tmp_path, pixels, kind: str) -> None:
    write(tmp_path / "set" / "rgb", pixels[0])
    (tmp_path / "set" / "depth").mkdir()
    for number in range(COUNT):
        if kind == "npy":
            np.save(tmp_path / "set" / "depth" / f"scene_{number}.npy", hill())
        else:
            deep = (hill() * 60_000).astype(np.uint16)
            Image.fromarray(deep).save(tmp_path / "set" / "depth" / f"scene_{number}.png")
    spec, dataset = open_path(tmp_path / "set")
    assert "depth maps, of which normals were made, in depth" in dataset.source
    middle = dataset.partners.at(np.arange(1))[0, :, 4:-4, 4:-4]
    # A rise of half the side over the side, 31 of 32 pixels of it: the normal leans by its slope to the left.
    slope = 0.5 * SIDE / (SIDE - 1)
    expected = np.array([-slope, 0, 1]) / np.hypot(slope, 1)
    np.testing.assert_allclose(middle, np.broadcast_to(expected[:, None, None], middle.shape), atol=0.01)
    away = build_dataset(spec.model_copy(update={"near": "dark"})).partners.at(np.arange(1))[0, :, 8, 8]
    np.testing.assert_allclose(away, expected * [-1, 1, 1], atol=0.01)
    flat = build_dataset(spec.model_copy(update={"relief": 0.01})).partners.at(np.arange(1))[0, :, 8, 8]
    assert flat[2] == pytest.approx(1, abs=0.001)


def test_mirrored_pairs_point_the_other_way(folders) -> None:
    dataset = build_dataset(PairsSpec(path=str(folders), flips=True))
    x, normals = dataset.draw_paired(64, np.random.default_rng(0))
    indices = np.random.default_rng(0).integers(0, COUNT, 64)
    plain, own = dataset.at(indices), dataset.partners.at(indices)
    turned = np.array([not np.array_equal(one, other) for one, other in zip(x, plain, strict=True)])
    assert 16 < turned.sum() < 48
    np.testing.assert_array_equal(x[turned], plain[turned][..., ::-1])
    np.testing.assert_array_equal(normals[turned], mirrored(own[turned]))
    np.testing.assert_array_equal(normals[~turned], own[~turned])


def test_what_can_t_be_read_is_skipped_and_the_others_stay_in_step(folders, pixels) -> None:
    (folders / "A" / "scene_2.png").write_bytes(b"no picture")
    (folders / "B" / "scene_5.png").write_bytes(b"no map")
    dataset = build_dataset(PairsSpec(path=str(folders)))
    assert dataset.count == COUNT - 2
    assert dataset.skipped_count == 2
    kept = [k for k in range(COUNT) if k not in (2, 5)]
    assert angles(dataset.partners.at(np.arange(COUNT - 2)), pixels[2][kept]).max() < 1


def test_depth_that_is_missing_or_no_array_is_skipped(tmp_path, pixels) -> None:
    write(tmp_path / "set" / "rgb", pixels[0])
    depth = tmp_path / "set" / "depth"
    depth.mkdir()
    for number in range(COUNT):
        holes = hill()
        holes[3, 4] = np.nan if number == 1 else holes[3, 4]
        Image.fromarray(holes).save(depth / f"scene_{number}.tiff")
    (depth / "scene_4.tiff").unlink()
    np.save(depth / "scene_4.npy", hill().astype(np.float64) * 1e300)  # beyond what float32 holds
    (depth / "scene_6.tiff").unlink()
    with (depth / "scene_6.npy").open("wb") as file:
        np.savez(file, hill())  # an archive under another name
    dataset = build_dataset(PairsSpec(path=str(tmp_path / "set"), reading="depth"))
    assert dataset.count == COUNT - 3
    assert np.isfinite(dataset.partners.at(np.arange(COUNT - 3))).all()
    reasons = {one.name: one.reason for one in dataset.skipped}
    assert reasons["depth/scene_1.tiff"] == "has no depth (NaN or infinite) at 1 of 1,024 pixels"
    assert reasons["depth/scene_4.npy"].startswith("has no depth (NaN or infinite) at ")
    assert reasons["depth/scene_6.npy"] == "is no array"


def test_classes_of_equal_names_are_images_and_no_pairs(tmp_path, pixels) -> None:
    write(tmp_path / "set" / "cats", pixels[0][:4])
    write(tmp_path / "set" / "dogs", pixels[0][4:])
    assert isinstance(propose(tmp_path / "set"), ImagesSpec)


@pytest.mark.parametrize("reading", ["auto", "folders", "halves", "depth"])
def test_pictures_alone_are_refused_with_what_is_needed(tmp_path, pixels, reading: str) -> None:
    write(tmp_path / "photos", pixels[0])
    with pytest.raises(
        DatasetError, match=r'"photos" holds no pairs: .* two folders .* right half .* Pictures alone do not'
    ):
        build_dataset(PairsSpec(path=str(tmp_path / "photos"), reading=reading))
    with pytest.raises(DatasetError, match="is a single file: pairs are read from a folder, a zip or a tar archive"):
        build_dataset(PairsSpec(path=str(tmp_path / "photos" / "scene_0.png")))


def packed(folder, how: str):
    """The archive of a folder."""
    if how == "zip":
        path = folder.with_suffix(".zip")
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(folder.rglob("*.*")):
                archive.write(file, f"top/{file.relative_to(folder).as_posix()}")
        return path
    path = folder.with_name(f"{folder.name}.{how}")
    with tarfile.open(path, "w:gz" if how.endswith("gz") else "w") as archive:
        archive.add(folder, "top")
    return path


@pytest.mark.parametrize("how", ["zip", "tar", "tar.gz"])
def test_archives_are_read_as_folders_are(folders, tmp_path, pixels, how: str) -> None:
    (folders / "A" / "note.txt").write_text("by hand")
    (folders / "B" / "scene_3.png").write_bytes(b"no map")
    path = packed(folders, how)
    spec, dataset = open_path(path)
    assert spec == PairsSpec(path=str(path))
    assert "pictures in top/A, normal maps in top/B" in dataset.source
    unpacked = build_dataset(PairsSpec(path=str(folders)))
    some = np.arange(COUNT - 1)
    np.testing.assert_array_equal(dataset.feed.bytes_at(some), unpacked.feed.bytes_at(some))
    np.testing.assert_array_equal(dataset.partners.at(some), unpacked.partners.at(some))
    assert [(one.name, one.reason) for one in dataset.skipped] == [("top/B/scene_3.png", "is not an image")]
    write(tmp_path / "both", np.concatenate(pixels[:2], axis=2))
    halves = open_path(packed(tmp_path / "both", how))[1]
    assert angles(halves.partners.at(np.arange(COUNT)), pixels[2]).max() < 1
    write(tmp_path / "photos", pixels[0])
    assert isinstance(propose(packed(tmp_path / "photos", how)), ImagesSpec)


def test_an_archive_that_is_cut_short_gives_what_is_whole(folders) -> None:
    path = packed(folders, "tar")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4])  # in the midst of the maps
    assert 0 < build_dataset(PairsSpec(path=str(path), reading="folders")).count < COUNT
    zipped = packed(folders, "zip")
    zipped.write_bytes(zipped.read_bytes()[:-200])
    with pytest.raises(DatasetError, match="damaged or cut short zip archive"):
        build_dataset(PairsSpec(path=str(zipped)))


def test_each_image_of_halves_is_looked_at_whatever_a_few_say(tmp_path, pixels) -> None:
    both = np.concatenate(pixels[:2], axis=2)
    write(tmp_path / "both", both)
    photos = [1, 4]
    for number in photos:  # not among the six that tell the reading
        Image.fromarray(np.concatenate([pixels[0][number]] * 2, axis=1)).save(tmp_path / "both" / f"scene_{number}.png")
    Image.fromarray(pixels[0][0]).save(tmp_path / "both" / "scene_1b.png")
    dataset = build_dataset(PairsSpec(path=str(tmp_path / "both")))
    kept = [number for number in range(COUNT) if number not in photos]
    assert angles(dataset.partners.at(np.arange(len(kept))), pixels[2][kept]).max() < 1
    assert dataset.count == len(kept)
    assert {one.name for one in dataset.skipped} == {"scene_1.png", "scene_4.png", "scene_1b.png"}
    assert all("right half that is no map of normals" in one.reason for one in dataset.skipped)


def test_a_picture_among_the_maps_is_skipped(folders, pixels) -> None:
    Image.fromarray(pixels[0][1]).save(folders / "B" / "scene_1.png")
    dataset = build_dataset(PairsSpec(path=str(folders)))
    assert [(one.name, one.reason) for one in dataset.skipped] == [("B/scene_1.png", "is no map of normals")]
    assert dataset.count == COUNT - 1


class Told(Watch):
    """Keeps what it is told, and ends the reading after so many questions."""

    def __init__(self, most: int = 10**6) -> None:
        self.most, self.steps = most, []

    def go_on(self) -> None:
        self.most -= 1
        if self.most < 0:
            raise Ended

    def progress(self, done: int, total: int) -> None:
        self.steps.append((done, total))


class Ended(Exception):
    """Somebody wanted no more of it."""


@pytest.mark.parametrize("how", ["folder", "zip", "tar"])
def test_reading_tells_how_far_it_is_and_can_be_ended(folders, how: str) -> None:
    path = folders if how == "folder" else packed(folders, how)
    watch = Told()
    read(path, watch=watch)
    assert watch.steps[-1] == (2 * COUNT, 2 * COUNT)
    assert watch.steps[0] == (1, 2 * COUNT)
    with pytest.raises(Ended):
        read(path, PairsSpec(path=str(path)), watch=Told(most=5))


def test_the_card_says_the_reading_and_shows_pairs(folders) -> None:
    card, dataset = read(folders)
    assert card.verdict.startswith(
        "pictures with the normals of their surfaces: 8 pairs: pictures in A, normal maps in B"
    )
    assert card.partners == Normals((3, SIDE, SIDE))
    shown = preview(folders, card.spec, 3)
    assert shown.shape == (3, SIDE, 2 * SIDE, 3)
    kind = dataset.partners.modality
    np.testing.assert_array_equal(shown[:, :, SIDE:], kind.pictures(kind.to_people(dataset.partners.at(np.arange(3)))))


def test_pairs_are_for_the_game_that_paints_surfaces(folders) -> None:
    spec, dataset = open_path(folders)
    partners = dataset.partners.modality
    made = experiment_for(spec, dataset.modality, load_preset("dcgan"), partners=partners)
    assert (made.given, made.arrangement.kind, made.dataset) == (NormalsSpec(), "chain", spec)
    mine = load_preset("style_structure").model_copy(update={"seed": 7})
    assert experiment_for(spec, dataset.modality, mine, partners=partners).seed == 7
    alone = experiment_for(ImagesSpec(path="x"), Images((3, 32, 32)), Experiment())
    assert alone.given.kind == "nothing"
    assert build_sampler(made.given, dataset).draw(4, np.random.default_rng(0)).given.shape == (4, 3, SIDE, SIDE)
