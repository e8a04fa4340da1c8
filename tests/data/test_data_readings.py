"""What an array can be taken for: told, left to choose, or asked. Several arrays in a file, in a folder, packed."""

import gzip
import json
import os
import struct
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ganstudio.cli import main
from ganstudio.data import DatasetError, build_dataset, open_path
from ganstudio.data.cache import unpacking
from ganstudio.data.errors import Undecided
from ganstudio.data.files import layouts, turning
from ganstudio.data.locks import Hold
from ganstudio.data.reading import reading
from ganstudio.data.reading.reading import read
from ganstudio.experiment import ArraySpec, IdxSpec, ImagesSpec, TableSpec
from tests import file_samples
from tests.file_samples import smooth


def saved(tmp_path, values, name="a.npy"):
    np.save(tmp_path / name, values)
    return tmp_path / name


def images_of(dataset):
    return dataset.feed.bytes_at(np.arange(len(dataset.feed)))


def told(card):
    return " | ".join(card.notes)


# --- layouts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "shape", "image", "count"),
    [
        ("n,h,w,c", (9, 8, 10, 3), (3, 8, 10), 9),
        ("wh,n", (64, 9), (1, 8, 8), 9),
        ("n,hwc", (9, 192), (3, 8, 8), 9),
        ("n,h16w11", (9, 176), (1, 16, 11), 9),
        ("n,h16w", (9, 176), (1, 16, 11), 9),
        ("n,c4hw", (9, 256), (4, 8, 8), 9),
        ("hw,n,k", (64, 5, 2), (1, 8, 8), 10),
        ("h,w,c", (30, 40, 3), (3, 30, 40), 1),
    ],
)
def test_a_layout_is_read_and_written_again(code, shape, image, count):
    layout = layouts.parse(code, shape)
    assert (layout.image, layout.count) == (image, count)
    assert layouts.parse(layout.code, shape) == layout


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("n,h,w,q", "made of the letters"),
        ("n,hw)", "made of the letters"),
        ("n,h,h", "stands in it twice"),
        ("n,h", "needs h and w"),
        ("n,h,w,c", "of 4 axes, and the array has 2"),
        ("n,h7w", "sizes do not fit"),
        ("n,hw", "sizes do not fit"),
        ("n,p", "sizes do not fit"),
    ],
)
def test_a_layout_that_does_not_fit(tmp_path, code, why):
    path = saved(tmp_path, np.zeros((9, 176)))
    with pytest.raises(DatasetError, match=f'layout "{code}": .*{why}'.replace(")", r"\)")):
        build_dataset(ArraySpec(path=str(path), layout=code, size=16))


def test_the_card_says_how_it_was_read_why_and_what_else_there_is(tmp_path):
    images = smooth(40, 16, 3)
    path = saved(tmp_path, images.transpose(0, 2, 3, 1).reshape(40, -1))
    card, dataset = read(path)
    assert np.array_equal(images_of(dataset), images)
    assert card.spec.layout == "n,hwc"
    assert "read as 40 images of 16 × 16, colour (each flat, along its rows, its colours side by side)" in told(card)
    assert "as neighbouring pixels then differ" in told(card)
    assert {"n,hwc", "n,chw"} <= {one.value for one in card.readings}
    assert card.question == ""
    other = build_dataset(card.spec.model_copy(update={"layout": "n,chw"}))
    assert not np.array_equal(images_of(other), images)
    assert "as was chosen" in " ".join(other.notes)


def test_a_layout_in_doubt_is_asked_and_then_read_as_chosen(tmp_path, capsys, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (64, 100), np.uint8)
    path = saved(tmp_path, noise)
    with pytest.raises(Undecided, match=r"can be read as .*64 images of 10 × 10.* or .*choose a layout") as asked:
        open_path(path)
    assert {"n,hw", "hw,n"} <= set(asked.value.layouts)
    card, dataset = read(path)
    assert (card.question, card.spec.layout) == (str(asked.value), None)
    assert dataset.count == card.count
    assert np.array_equal(images_of(open_path(path, layout="hw,n")[1])[:, 0].reshape(100, 64), noise.T)
    monkeypatch.chdir(tmp_path)
    assert main(["datasets", str(path)]) == 0
    assert "hw,n: 100 images of 8 × 8, grey" in capsys.readouterr().out
    assert main(["datasets", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == card.question
    train = ["train", "digits", "--data", str(path), "--steps", "1", "--out", "run", "--quiet"]
    assert main(train) == 2
    assert "choose a layout, such as --set dataset.layout=" in capsys.readouterr().err
    assert main([*train, "--set", "dataset.layout=hw,n"]) == 0
    assert 'layout = "hw,n"' in (tmp_path / "run" / "experiment.toml").read_text()


@pytest.mark.parametrize("shape", [(60, 60, 3), (60, 80, 3), (3, 60, 60), (200, 160), (60, 60, 4)])
def test_one_photograph_is_no_set(tmp_path, shape):
    side, colours = 256, 3 if 3 in shape else 4
    picture = smooth(1, side, colours)[0]
    picture = picture.transpose(1, 2, 0)[: shape[0], : shape[1]] if shape[-1] == colours else picture[:, :60, :60]
    picture = smooth(1, side)[0, 0, :200, :160] if len(shape) == 2 else picture
    with pytest.raises(Undecided, match="one picture of"):
        open_path(saved(tmp_path, picture))


def test_frames_of_a_film_are_images_though_they_are_alike(tmp_path):
    turns = [np.roll(smooth(1, 32)[0, 0], each // 4, axis=1) for each in range(100)]
    card, _ = read(saved(tmp_path, np.stack(turns)))
    assert (card.count, card.shape, card.question) == (100, (1, 32, 32), "")


def test_a_volume_is_asked(tmp_path):
    down, across, deep = np.mgrid[:24, :24, :24] / 24
    values = np.sin(4 * down + across) + np.cos(3 * across - 5 * deep) + 2
    with pytest.raises(Undecided):
        open_path(saved(tmp_path, np.rint(values / 4 * 255).astype(np.uint8)))


def test_alpha_is_over_white(tmp_path):
    images, alpha = smooth(20, 16, 3), smooth(20, 16, 1, seed=1)
    wanted = np.rint(images * (alpha / 255) + 255 - alpha)
    for values in (np.concatenate([images, alpha], 1), np.concatenate([images / 127.5 - 1, alpha / 255], 1)):
        dataset = open_path(saved(tmp_path, values.transpose(0, 2, 3, 1)))[1]
        assert np.abs(images_of(dataset) - wanted).max() <= 1
        assert "the fourth channel as alpha over white" in dataset.source


@pytest.mark.parametrize("bits", range(9, 17))
@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float64])
def test_the_bits_in_use_are_black_to_white(tmp_path, bits, kind):
    images = smooth(20, 16)[:, 0].astype(np.int64) * ((1 << bits) - 1) // 255
    images.flat[0] = (1 << bits) - 1
    dataset = open_path(saved(tmp_path, images.astype(kind)))[1]
    assert np.array_equal(images_of(dataset)[:, 0], np.rint(images * (255 / ((1 << bits) - 1))))
    assert f"values taken as 0 to {(1 << bits) - 1}" in dataset.source


# --- several arrays ---------------------------------------------------------------------------------------------------


def npz(tmp_path, **arrays):
    np.savez(tmp_path / "a.npz", **arrays)
    return tmp_path / "a.npz"


def test_one_hot_labels_are_classes_and_numbers_of_rows_are_none(tmp_path):
    images, numbers = smooth(40, 16)[:, 0], np.arange(40) % 10
    for one_hot in (np.eye(10)[numbers], np.eye(10, dtype=bool)[numbers], np.eye(10)[numbers].T):
        dataset = open_path(npz(tmp_path, X=images, Y=one_hot))[1]
        assert (dataset.labels.tolist(), dataset.classes) == (numbers.tolist(), tuple("0123456789"))
        assert "left out" not in " ".join(dataset.notes)
    for others in ({"id": np.arange(40)}, {"Y": np.eye(10)[numbers] * 0.9}, {"Y": np.ones((40, 10))}):
        dataset = open_path(npz(tmp_path, X=images, **others))[1]
        assert dataset.classes == ()
        assert f"other arrays in it are left out: {next(iter(others))} (40" in " ".join(dataset.notes)


def test_what_is_left_out_is_named(tmp_path):
    arrays = {f"{part}_{split}": smooth(count, 16)[:, 0] if part == "x" else np.arange(count) % 3
              for split, count in (("test", 9), ("train", 24)) for part in "xy"}  # fmt: skip
    dataset = open_path(npz(tmp_path, **arrays))[1]
    assert (dataset.count, len(dataset.classes)) == (24, 3)
    assert "left out: x_test (9, 16, 16), y_test (9,); key chooses another" in " ".join(dataset.notes)
    again = build_dataset(ArraySpec(path=str(tmp_path / "a.npz"), key="x_test"))
    assert (again.count, len(again.classes)) == (9, 3)


def test_arrays_numbered_by_class_are_its_classes(tmp_path):
    each = {f"train{k}": smooth(4 + k, 16, seed=k).reshape(4 + k, -1) for k in (0, 1, 2, 10)}
    dataset = open_path(npz(tmp_path, **each, test0=smooth(3, 16).reshape(3, -1)))[1]
    assert dataset.classes == ("0", "1", "2", "10")
    assert np.bincount(dataset.labels).tolist() == [4, 5, 6, 14]
    assert np.array_equal(images_of(dataset).reshape(29, -1), np.concatenate(list(each.values())))
    assert "read as 29 images" in " ".join(dataset.notes)
    assert "left out: test0 (3, 256)" in " ".join(dataset.notes)
    readings = read(tmp_path / "a.npz")[0].readings
    assert {one.words.split(" of ")[0] for one in readings if one.value.startswith("n,")} == {"29 images"}
    alone = build_dataset(ArraySpec(path=str(tmp_path / "a.npz"), key="train2"))
    assert (alone.count, alone.classes) == (6, ())


def test_a_folder_of_an_array_a_class_is_called_as_it_is(tmp_path):
    (tmp_path / "digits").mkdir()
    for k in range(3):
        np.save(tmp_path / "digits" / f"digit_{k}.npy", smooth(4 + k, 16, seed=k)[:, 0])
    card, dataset = read(tmp_path / "digits")
    assert (card.name, dataset.classes) == ("digits", ("digit_0", "digit_1", "digit_2"))
    assert dataset.source.startswith("15 images of digits, ")


def test_numbered_parts_are_one_set(tmp_path):
    parts = {f"batch_{k}": smooth(5, 16, seed=k)[:, 0] for k in (1, 2, 3)}
    dataset = open_path(npz(tmp_path, **parts))[1]
    assert (dataset.count, dataset.classes) == (15, ())


def test_images_and_their_masks_are_no_two_classes(tmp_path):
    dataset = open_path(npz(tmp_path, images=smooth(20, 16)[:, 0], masks=smooth(20, 16, seed=1)[:, 0] > 99))[1]
    assert (dataset.count, dataset.classes) == (20, ())
    assert "left out: masks (20, 16, 16)" in " ".join(dataset.notes)


# --- folders and archives ---------------------------------------------------------------------------------------------


def npy(values):
    return file_samples.npy(values)


GREY = smooth(24, 16)[:, 0]
LABELS = np.arange(24) % 3
POINTS = "".join(f"{x:.3f},{y:.3f}\n" for x, y in np.random.default_rng(0).normal(size=(30, 2))).encode()
IDX = {
    "train-images-idx3-ubyte": file_samples.idx(GREY),
    "train-labels-idx1-ubyte": file_samples.idx(LABELS.astype(np.uint8)),
}
HELD = {
    "npy by class": ({"cat.npy": npy(GREY[:20]), "dog.npy": npy(GREY[20:])}, ArraySpec, 24, 2),
    "npy by class, as many": ({"cat.npy": npy(GREY[:12]), "dog.npy": npy(GREY[12:])}, ArraySpec, 24, 2),
    "a pair": ({"x_train.npy": npy(GREY), "y_train.npy": npy(LABELS), "x_test.npy": npy(GREY[:3])}, ArraySpec, 24, 3),
    "one": ({"data/x.npy": npy(GREY), "README.md": b"what it is", "notes.txt": b"1, 2 and 3"}, ArraySpec, 24, 0),
    "MNIST/raw": ({f"MNIST/raw/{name}": data for name, data in IDX.items()}, IdxSpec, 24, 3),
    "packed too": (
        {f"raw/{name}{end}": gzip.compress(data) if end else data for name, data in IDX.items() for end in ("", ".gz")},
        IdxSpec, 24, 3,
    ),
    "a table": ({"points.csv": POINTS, "LICENSE": b"yours"}, TableSpec, 30, 0),
    "tables split": ({"points_train.csv": POINTS, "points_test.csv": POINTS[:90]}, TableSpec, 30, 0),
}  # fmt: skip


@pytest.mark.parametrize("packed", ["folder", "zip", "tar", "tar.gz"])
@pytest.mark.parametrize("what", HELD)
def test_a_folder_or_archive_opens_as_what_is_in_it(tmp_path, what, packed):
    files, kind, count, classes = HELD[what]
    path = tmp_path / f"held.{packed}"
    if packed == "folder":
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
    else:
        pack = {"zip": file_samples.zipped, "tar": file_samples.tarred}.get(packed)
        path.write_bytes(pack(files) if pack else file_samples.tarred(files, gzip.compress))
    spec, dataset = open_path(path)
    assert type(spec) is kind
    assert dataset.count + dataset.held_out == count
    assert len(dataset.classes) == classes
    if kind is not TableSpec and what != "packed too":
        assert np.array_equal(images_of(dataset)[:, 0], GREY)
    assert build_dataset(spec).count == dataset.count


def test_several_sets_in_a_folder_are_named(tmp_path):
    for folder in ("MNIST/raw", "KMNIST/raw"):
        for name, data in IDX.items():
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_bytes(data)
    with pytest.raises(DatasetError, match='IDX files of several sets, in "KMNIST/raw", "MNIST/raw"; drop one'):
        open_path(tmp_path)
    (tmp_path / "tables").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "tables" / name).write_bytes(POINTS)
    with pytest.raises(DatasetError, match=r'"tables" holds 2 tables, "a\.csv", "b\.csv"; drop one of these'):
        open_path(tmp_path / "tables")


def test_pictures_count_more_than_arrays_beside_them(tmp_path):
    (tmp_path / "labels.npy").write_bytes(npy(LABELS))
    (tmp_path / "x.npy").write_bytes(npy(GREY))
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a").write_bytes(file_samples.picture())  # a picture without an ending
    assert isinstance(open_path(tmp_path)[0], ImagesSpec)


def test_nothing_is_unpacked_but_data_and_nowhere_else(tmp_path, monkeypatch):
    files = {
        "../../out.npy": npy(GREY),
        "/root.npy": npy(GREY),
        "a/../b.npy": npy(GREY),
        "run.sh": b"x",
        ".hidden.npy": b"",
    }
    path = tmp_path / "held.zip"
    path.write_bytes(file_samples.zipped(files))
    folder = unpacking.unpacked(path)
    found = sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())
    assert found == ["a/b.npy", "out.npy", "root.npy"]
    assert not (tmp_path / "out.npy").exists()
    assert unpacking.unpacked(path) == folder
    path.write_bytes(file_samples.zipped({"x.npy": npy(GREY)}))
    monkeypatch.setenv("GANSTUDIO_CACHE_GB", "1e-6")
    with pytest.raises(DatasetError, match="unpacks to more than there is room for"):
        open_path(path)
    assert [one for one in unpacking.cache.unpacked_folder().iterdir() if one.is_dir()] == []


def test_a_disk_that_is_full_is_told_as_such(tmp_path, monkeypatch):
    path = tmp_path / "held.zip"
    path.write_bytes(file_samples.zipped({"x.npy": npy(GREY)}))
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: SimpleNamespace(free=2**29))
    with pytest.raises(DatasetError, match=r"room for on the disk of .*unpacked\", .*make room there") as told:
        open_path(path)
    assert "GANSTUDIO_CACHE_GB" not in str(told.value)  # more of which would not help


@pytest.fixture
def packed(tmp_path):
    """Three archives of as many bytes of arrays each, some 200 kB."""
    for name in "abc":
        values = np.random.default_rng(ord(name)).integers(0, 256, (200, 32, 32), np.uint8)
        (tmp_path / f"{name}.zip").write_bytes(file_samples.zipped({"x.npy": npy(values), "y.npy": npy(values[:, 0])}))
    return [tmp_path / f"{name}.zip" for name in "abc"]


def test_what_was_unpacked_makes_room_oldest_first_and_never_while_it_is_used(packed, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE_GB", str(5.5e5 / 1e9))  # for two of them
    first, second, third = packed
    kept = unpacking.unpacked(first)
    other = unpacking.unpacked(second)
    os.utime(kept.parent / ".used", (1, 1))
    unpacking._held.cache_clear()
    assert unpacking.unpacked(third).is_dir()
    assert (kept.exists(), other.exists()) == (False, True)
    os.utime(other.parent / ".used", (1, 1))
    hold = Hold(other.parent, alone=False)  # as another program holds it
    assert unpacking.unpacked(first) == kept
    assert sorted(one.parent.name for one in (kept, other) if one.exists()) == sorted(
        path.name for path in unpacking.cache.unpacked_folder().iterdir() if path.is_dir()
    )
    monkeypatch.setenv("GANSTUDIO_CACHE_GB", str(3e5 / 1e9))
    with pytest.raises(DatasetError, match="unpacks to more than there is room for"):
        unpacking.unpacked(third)
    assert other.exists()
    hold.release()
    assert unpacking.unpacked(third).is_dir()
    assert not other.exists()


def test_what_made_room_is_unpacked_again_from_where_the_archive_lies(packed, monkeypatch):
    spec, dataset = open_path(packed[0])
    pixels = dataset.feed.bytes_at(np.arange(3))
    card, _ = read(packed[0])
    assert f'unpacked from "a.zip" to "{unpacking.cache.unpacked_folder()}{os.sep}' in card.notes[-1]
    monkeypatch.setenv("GANSTUDIO_CACHE_GB", "1e-6")
    unpacking._held.cache_clear()
    unpacking.cache.make_room()
    assert not Path(spec.path).exists()
    monkeypatch.delenv("GANSTUDIO_CACHE_GB")
    assert np.array_equal(build_dataset(spec).feed.bytes_at(np.arange(3)), pixels)
    unpacking._held.cache_clear()
    monkeypatch.setenv("GANSTUDIO_CACHE_GB", "1e-6")
    unpacking.cache.make_room()
    monkeypatch.delenv("GANSTUDIO_CACHE_GB")
    packed[0].unlink()
    with pytest.raises(DatasetError, match="there is nothing at"):
        build_dataset(spec)


def test_an_archive_of_idx_files_is_called_as_it_was_dropped(tmp_path):
    idx = struct.pack(">4B3I", 0, 0, 8, 3, *GREY.shape) + GREY.tobytes()
    (tmp_path / "runes.v2.zip").write_bytes(file_samples.zipped({"train-images-idx3-ubyte": idx}))
    assert read(tmp_path / "runes.v2.zip")[0].name == "Training images of runes"
    (tmp_path / "runes.v2.zip").rename(tmp_path / "other.zip")
    assert read(tmp_path / "other.zip")[0].name == "Training images of other"


@pytest.mark.parametrize("damage", [slice(0, 900), slice(0, -30)])
def test_a_damaged_archive_of_arrays_is_said(tmp_path, damage):
    for name, data in (
        ("a.zip", file_samples.zipped({"x.npy": npy(GREY)})),
        ("a.tar", file_samples.tarred({"x.npy": npy(GREY)})),
    ):
        (tmp_path / name).write_bytes(data[damage] if name == "a.zip" else data[: len(data) // 3])
        with pytest.raises(DatasetError, match=r"damaged|cut short"):
            open_path(tmp_path / name)


def test_emnist_is_set_upright(tmp_path):
    name = "emnist-letters-train-images-idx3-ubyte"
    (tmp_path / name).write_bytes(file_samples.idx(GREY.swapaxes(1, 2)))
    card, dataset = read(tmp_path / name)
    assert card.spec.turn == "transpose"
    assert np.array_equal(images_of(dataset)[:, 0], GREY)
    assert turning.note("transpose")[0] in card.notes


# --- shards -----------------------------------------------------------------------------------------------------------


def shards(tmp_path):
    pytest.importorskip("pyarrow")
    for split, number, count in (("train", 0, 8), ("train", 1, 4), ("test", 0, 3)):
        rows = [{"bytes": file_samples.picture(seed=10 * number + each), "path": None} for each in range(count)]
        name = f"{split}-{number:05}-of-{2 if split == 'train' else 1:05}.parquet"
        (tmp_path / "data").mkdir(exist_ok=True)
        labels = [(8 * number + each) % 4 for each in range(count)]
        (tmp_path / "data" / name).write_bytes(file_samples.parquet({"image": rows, "label": labels}))
    return tmp_path


def test_the_shards_of_a_hub_are_one_set_and_their_test_split_is_left_out(tmp_path):
    spec, dataset = open_path(shards(tmp_path))
    assert isinstance(spec, ImagesSpec)
    assert (dataset.count, np.bincount(dataset.labels).tolist()) == (12, [3, 3, 3, 3])
    assert [(one.name, one.reason) for one in dataset.skipped] == [
        ("data/test-00000-of-00001.parquet", "is of another split; drop it by itself")
    ]
    assert reading.preview(tmp_path, spec).shape == (12, spec.size, spec.size, 3)


def test_columns_of_captions_are_no_classes_and_the_index_of_pandas_no_coordinate(tmp_path):
    pytest.importorskip("pyarrow")
    rows = [{"bytes": file_samples.picture(seed=each), "path": None} for each in range(6)]
    path = tmp_path / "a.parquet"
    path.write_bytes(file_samples.parquet({"image": rows, "text": [f"drawing {each}" for each in range(6)]}))
    assert open_path(path)[1].classes == ()
    points = np.random.default_rng(0).normal(size=(20, 2))
    for name, told_by in (
        ("__index_level_0__", None),
        ("number", {"pandas": json.dumps({"index_columns": ["number"]})}),
    ):
        columns = {"x": points[:, 0], "y": points[:, 1], name: np.arange(20)}
        path.write_bytes(file_samples.parquet(columns, told_by))
        dataset = open_path(path)[1]
        assert np.allclose(dataset.modality.to_people(dataset.at(np.arange(20))), points, atol=1e-5)


def test_many_columns_of_pixels_are_read_at_once(tmp_path):
    pytest.importorskip("pyarrow")
    rows = smooth(20, 16).reshape(20, -1)
    path = tmp_path / "a.parquet"
    path.write_bytes(file_samples.parquet({f"p{each}": rows[:, each] for each in range(256)}))
    assert np.array_equal(images_of(open_path(path)[1]).reshape(20, -1), rows)


# --- arrays that are numbered alike ---


@pytest.mark.parametrize(
    ("shapes", "held"),
    [
        ([(5000, 32), (32, 32), (64, 32), (32,)], "w00"),
        ([(40, 64), (40, 100), (40, 144)], "w00"),
        ([(400, 64), (300, 64), (200, 64)], "w*"),
        ([(64, 400), (64, 300), (64, 200)], "w*"),
    ],
    ids=["weights", "images of three sizes", "one set, by rows", "one set, by columns"],
)
def test_arrays_that_are_numbered_alike_are_one_set_only_where_their_samples_are_of_one_size(tmp_path, shapes, held):
    path = tmp_path / "numbered.npz"
    noise = np.random.default_rng(0)
    np.savez(path, **{f"w{place:02}": noise.random(shape, np.float32) for place, shape in enumerate(shapes)})
    card, _ = read(path)
    assert card.name == f"numbered.npz: {held}"
    for one in card.readings:
        again = ArraySpec(path=str(path), layout=one.value, size=8)
        assert len(build_dataset(again).feed) > 0


def test_arrays_that_are_named_together_and_do_not_go_together(tmp_path):
    path = tmp_path / "numbered.npz"
    np.savez(path, w0=np.zeros((5000, 32), np.float32), w1=np.zeros((32, 32), np.float32))
    with pytest.raises(DatasetError, match=r"w\*. holds no samples of one size: w0 \(5000, 32\), w1 \(32, 32\)"):
        build_dataset(ArraySpec(path=str(path), key="w*", size=8))
