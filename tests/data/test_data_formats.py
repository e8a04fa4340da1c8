"""Every kind of file that can be dropped: what it is taken for, and that its content comes out as it went in."""

import gzip
import importlib
import importlib.util
import json
import sys

import numpy as np
import pytest

from ganstudio.data import DatasetError, abilities, build_dataset, open_path, open_paths
from ganstudio.data.files import cifar, films, foreign, frames, lines
from ganstudio.experiment import ArraySpec, ClipsSpec, DensitySpec, IdxSpec, ImagesSpec, MidiSpec, TableSpec, TextsSpec
from tests import file_samples
from tests.data.pixels import stored
from tests.file_samples import COUNT, SIDE, shades

TAKEN = {
    DensitySpec: {"grey.png", "still.gif"},
    TableSpec: {"points.csv", "german.csv", "wide.csv"},
    IdxSpec: {"images-idx3-ubyte", "images-idx3-ubyte.gz"},
    ArraySpec: {
        "points.npy", "images.npy", "images.npz", "data_batch_1.bin", "train.bin", "cifar-10-binary.tar.gz",
        "pixels.csv", "images.mat", "images.h5", "new.mat", "numbers.parquet",
    },
    ClipsSpec: {
        "tone.wav", "stereo.wav", "floats.wav", "tone.aiff", "tone.flac", "sounds.zip", "tone.mp3", "tone.ogg",
        "tone.opus",
    },
    MidiSpec: {"tune.mid", "tunes.zip"},
    TextsSpec: {"sentences.txt", "sentences.csv", "sentences.jsonl"},
}  # fmt: skip

READ_BY_LIBRARY = [name for name in file_samples.BY_LIBRARY if name not in TAKEN[ClipsSpec]]
"""Sounds are of several decoders: test_data_sounds.py has them."""


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def images_of(dataset):
    """All images as bytes (n, c, h, w)."""
    return stored(dataset, dataset.at(np.arange(dataset.count + dataset.held_out)))


@pytest.mark.parametrize("name", [name for name in file_samples.PLAIN if name != "together.json"])
def test_each_kind_is_known_by_its_content(tmp_path, name):
    named = put(tmp_path, name, file_samples.PLAIN[name]())
    spec, dataset = open_path(named)
    assert type(spec) is next((kind for kind, names in TAKEN.items() if name in names), ImagesSpec)
    assert dataset.draw(4, np.random.default_rng(0)).shape == (4, *dataset.shape)
    assert dataset.skipped_count == 0
    if not name.endswith((".bin", ".csv", ".txt", ".jsonl")):  # which have no mark of their own, and are told by form
        renamed = put(tmp_path, "renamed", named.read_bytes())
        assert type(open_path(renamed)[0]) is type(spec)
    assert build_dataset(spec).shape == dataset.shape


# --- many pictures in a file ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "exact"), [("GIF", False), ("WEBP", True), ("PNG", True), ("TIFF", True)])
def test_an_animation_is_its_frames(tmp_path, name, exact):
    options = {"lossless": True} if name == "WEBP" else {}
    path = put(tmp_path, "moving", file_samples.animation(name, **options))
    assert frames.count(path) == COUNT
    dataset = build_dataset(ImagesSpec(path=str(path), size=SIDE))
    images = images_of(dataset).transpose(0, 2, 3, 1)
    wanted = np.stack([shades(SIDE, SIDE, 3, seed=each) for each in range(COUNT)])
    if exact:
        assert np.array_equal(images, wanted)
    else:  # a palette of 256 colours
        assert np.abs(images.astype(int) - wanted).mean() == pytest.approx(0, abs=20)
    alone = build_dataset(ImagesSpec(path=str(put(tmp_path, "set/one.gif", path.read_bytes()).parent), size=SIDE))
    assert alone.count == 1  # in a folder the first frame, as everywhere else


def test_an_animation_that_breaks_off_gives_the_frames_before(tmp_path):
    whole = file_samples.animation("TIFF")
    path = put(tmp_path, "pages.tif", whole)
    assert build_dataset(ImagesSpec(path=str(path), size=SIDE)).count == COUNT
    moving = file_samples.animation("GIF")
    path = put(tmp_path, "moving.gif", moving[: len(moving) * 2 // 3])
    assert 1 <= build_dataset(ImagesSpec(path=str(path), size=SIDE)).count < COUNT


def test_too_many_frames(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(frames, "MAX_PIXELS", COUNT * SIDE * SIDE - 1)
        with pytest.raises(DatasetError, match="holds more than 0 million pixels; choose a part of it"):
            open_path(put(tmp_path, "moving.png", file_samples.animation("PNG")))
        patch.setattr(frames, "MAX_SIDE", 4)
        patch.setattr(frames, "MAX_PIXELS", 10**6)
        assert open_path(tmp_path / "moving.png", size=8)[1].count == COUNT
    monkeypatch.setattr(frames, "MAX_FRAMES", 3)
    with pytest.raises(DatasetError, match="holds 6 frames, more than 3; choose a part of it"):
        open_path(put(tmp_path, "moving.gif", file_samples.animation("GIF")))


FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(64)


def fake_ffmpeg(tmp_path, monkeypatch, script):
    """A program of this name that notes its arguments and then does as the script says."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "ffmpeg"
    note = f"import sys; open({str(tmp_path / 'asked')!r}, 'a').write(repr(sys.argv[1:]) + '\\n')"
    program.write_text(f"#!{sys.executable}\n{note}\nout = sys.stdout.buffer\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_a_video_needs_ffmpeg(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatasetError, match=r"ffmpeg reads, and that is not installed; install it .*save its frames"):
        open_path(put(tmp_path, "a film.mp4", FILM))


def test_a_parquet_file_that_nothing_reads_here_says_what_does_without(tmp_path, monkeypatch):
    monkeypatch.setattr(foreign, "is_there", lambda _library: False)
    with pytest.raises(DatasetError, match=r"pyarrow reads, .*, or save it as CSV, or its pictures in a folder$"):
        open_path(put(tmp_path, "some.parquet", b"PAR1" + bytes(64) + b"PAR1"))


GIVES = """
if "-frames:v" in sys.argv:
    for shade in range(5):
        out.write(b"P6\\n4 3\\n255\\n" + bytes([shade]) * 36)
else:
    sys.stderr.write("  Duration: 00:00:02.50, start: 0.000000")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script with a first line")
def test_a_video_is_its_frames(tmp_path, monkeypatch):
    fake_ffmpeg(tmp_path, monkeypatch, GIVES)
    path = put(tmp_path, "-i 片;rm.mp4", FILM)
    dataset = build_dataset(ImagesSpec(path=str(path), size=8))
    assert images_of(dataset)[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]
    asked = (tmp_path / "asked").read_text()
    assert f"'-i', 'file:{path}'" in asked  # one word, whatever is in it
    assert "'-f', 'mov'" in asked
    assert "'-protocol_whitelist', 'file'" in asked


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script with a first line")
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("sys.exit(1)", "is damaged or cut short after 0 frames"),
        ("out.write(b'P6\\n4 3\\n255\\n' + bytes(5))", "holds no image|is empty"),
        ("out.write(b'P6\\n9999 9999\\n255\\n')", "holds no image|is empty"),
        ("out.write(b'x' * 10**6)", "holds no image|is empty"),
    ],
)
def test_a_video_that_gives_nothing(tmp_path, monkeypatch, script, message):
    fake_ffmpeg(tmp_path, monkeypatch, script)
    with pytest.raises(DatasetError, match=message):
        open_path(put(tmp_path, "a.mp4", FILM))


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script with a first line")
def test_a_video_without_end_is_ended(tmp_path, monkeypatch):
    fake_ffmpeg(tmp_path, monkeypatch, "import signal\nif '-frames:v' in sys.argv: signal.pause()")
    monkeypatch.setattr(films, "MAX_SECONDS", 0.3)
    with pytest.raises(DatasetError, match="is damaged or cut short after 0 frames"):
        open_path(put(tmp_path, "a.mp4", FILM))


# --- several at once --------------------------------------------------------------------------------------------------


def test_files_dropped_together_are_one_dataset(tmp_path, home):
    paths = [put(tmp_path, f"片 {each}.png", file_samples.picture(seed=each)) for each in range(3)]
    paths.append(put(tmp_path, "more.zip", file_samples.zipped({"x.png": file_samples.picture(seed=9)})))
    paths.append(put(tmp_path, "note.txt", b"only words"))
    spec, dataset = open_paths(paths, size=SIDE)
    assert (dataset.count, dataset.shape, dataset.classes) == (4, (3, SIDE, SIDE), ())
    assert [one.name for one in dataset.skipped] == ["note.txt"]
    assert spec.path.startswith(str(home))
    assert open_paths(paths, size=SIDE)[0] == spec
    assert build_dataset(spec).count == 4
    paths[0].unlink()
    changed = build_dataset(spec)
    assert changed.count == 3
    assert "there is nothing at" in changed.skipped[0].reason


def test_folders_dropped_together_are_classes(tmp_path):
    for name in ("cats", "dogs"):
        for each in range(2):
            put(tmp_path, f"{name}/{each}.png", file_samples.picture(seed=each))
    assert open_paths([tmp_path / "cats", tmp_path / "dogs"])[1].classes == ("cats", "dogs")


def test_what_belongs_together_is_taken_so(tmp_path):
    images = put(tmp_path, "t-images-idx3-ubyte", file_samples.idx(shades(COUNT, SIDE, SIDE)))
    labels = put(tmp_path, "t-labels-idx1-ubyte", file_samples.idx(np.arange(COUNT, dtype=np.uint8) % 2))
    assert open_paths([labels, images])[1].classes == ("0", "1")
    batches = [put(tmp_path, f"c/data_batch_{each}.bin", file_samples.cifar()) for each in (1, 2)]
    assert open_paths(batches)[1].count == 2 * COUNT
    assert open_paths([images])[0] == open_path(images)[0]
    tables = [put(tmp_path, f"{each}.csv", file_samples.points_csv()) for each in range(2)]
    with pytest.raises(DatasetError, match=r'"0.csv" and 1 more can\'t be one dataset; drop one file of numbers'):
        open_paths(tables)
    with pytest.raises(DatasetError, match="nothing was dropped"):
        open_paths([])


def test_a_list_that_lies_elsewhere_is_only_text(tmp_path):
    with pytest.raises(DatasetError, match="is text without points"):
        open_path(put(tmp_path, "together.json", file_samples.PLAIN["together.json"]()))


# --- CIFAR ------------------------------------------------------------------------------------------------------------


def test_cifar_as_a_file_a_folder_and_as_published(tmp_path):
    names = "\n".join("abcdefghij").encode()
    files = {
        "data_batch_1.bin": file_samples.cifar(),
        "data_batch_2.bin": file_samples.cifar(),
        "batches.meta.txt": names,
    }
    for name, data in {**files, "test_batch.bin": file_samples.cifar(3), "readme.html": b"<html>"}.items():
        put(tmp_path, f"cifar-10-batches-bin/{name}", data)
    archive = file_samples.tarred({f"cifar-10-batches-bin/{name}": data for name, data in files.items()}, gzip.compress)
    expected = shades(COUNT, 3073)[:, 1:].reshape(COUNT, 3, 32, 32)
    for path, count in (
        (tmp_path / "cifar-10-batches-bin", 2 * COUNT),
        (put(tmp_path, "renamed", archive), 2 * COUNT),
        (tmp_path / "cifar-10-batches-bin" / "data_batch_1.bin", COUNT),
    ):
        spec, dataset = open_path(path)
        assert (type(spec), dataset.count, dataset.classes) == (ArraySpec, count, tuple("abcdefghij"))
        assert np.array_equal(images_of(dataset)[:COUNT], expected)
        assert dataset.labels[:COUNT].tolist() == list(range(COUNT))
    assert len(cifar.read(tmp_path / "cifar-10-batches-bin", "labels", test=True)) == 3


def test_cifar_100_has_its_fine_labels(tmp_path):
    records = shades(4, 3074)
    records[:, 0], records[:, 1] = [1, 2, 3, 4], [10, 20, 30, 99]
    path = put(tmp_path, "train.bin", records.tobytes())
    assert open_path(path)[1].classes == ("10", "20", "30", "99")
    put(tmp_path, "fine_label_names.txt", "\n".join(f"class {each}" for each in range(100)).encode())
    dataset = open_path(path)[1]
    assert [dataset.classes[each] for each in dataset.labels] == ["class 10", "class 20", "class 30", "class 99"]


@pytest.mark.parametrize("form", ["file", "folder", "archive"])
def test_cifars_pickles_are_refused_and_the_other_version_named(tmp_path, form):
    pickled = b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5."
    path = put(tmp_path, "cifar-10-batches-py/data_batch_1", pickled)
    if form == "folder":
        path = path.parent
    elif form == "archive":
        files = {f"cifar-10-batches-py/{name}": pickled for name in ("data_batch_4", "data_batch_1", "batches.meta")}
        path = put(tmp_path, "c.tar.gz", file_samples.tarred(files, gzip.compress))
    with pytest.raises(DatasetError, match=r"Python version, which is a pickle .* such as cifar-10-binary\.tar\.gz"):
        open_path(path)


# --- arrays with labels, CSV of pixels --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [("x", "y"), ("X_train", "y_train"), ("images", "labels"), ("data", "target"), ("arr_0", "arr_1"), ("a", "b")],
)
@pytest.mark.parametrize("one_hot", [False, True])
def test_labels_beside_images_by_any_usual_name(tmp_path, names, one_hot):
    labels = np.array([3, 7, 3, 7, 3, 3])
    arrays = {names[0]: shades(COUNT, 8, 8), names[1]: labels[:, None].astype(float) if one_hot else labels}
    dataset = open_path(put(tmp_path, "a.npz", file_samples.npz(**arrays)))[1]
    assert [dataset.classes[each] for each in dataset.labels] == list("373733")


def test_rows_of_pixels_are_images(tmp_path):
    grey = shades(COUNT, 28, 28)
    assert np.array_equal(
        images_of(open_path(put(tmp_path, "a.npy", file_samples.npy(grey.reshape(COUNT, -1))))[1])[:, 0], grey
    )
    colour = file_samples.smooth(COUNT, 32, 3)
    path = put(tmp_path, "b.npy", file_samples.npy(colour.reshape(COUNT, -1)))
    assert np.array_equal(images_of(open_path(path)[1]), colour)


@pytest.mark.parametrize("where", ["first", "last", "unnamed", "none", "words"])
@pytest.mark.parametrize("values", ["bytes", "shares"])
def test_a_csv_of_pixels(tmp_path, where, values):
    pixels = shades(COUNT, 64)
    rows = [[str(value) if values == "bytes" else f"{value / 255:.6f}" for value in row] for row in pixels.tolist()]
    labels = (
        ["cat" if each % 2 else "dog" for each in range(COUNT)]
        if where == "words"
        else [str(each % 2) for each in range(COUNT)]
    )
    header = [f"pixel{each}" for each in range(64)]
    if where in ("first", "words"):
        rows, header = [[label, *row] for label, row in zip(labels, rows, strict=True)], ["label", *header]
    elif where == "last":
        rows, header = [[*row, label] for label, row in zip(labels, rows, strict=True)], [*header, "class"]
    elif where == "unnamed":
        rows, header = [[label, *row] for label, row in zip(labels, rows, strict=True)], None
    lines_ = ([header] if header else []) + rows
    path = put(tmp_path, "mnist_train.csv", "\n".join(map(",".join, lines_)).encode())
    spec, dataset = open_path(path)
    assert (type(spec), dataset.shape) == (ArraySpec, (1, 8, 8))
    assert np.abs(images_of(dataset).reshape(COUNT, 64).astype(int) - pixels).max() <= 1
    classes = {"none": (), "words": ("cat", "dog")}.get(where, ("0", "1"))
    assert dataset.classes == classes


def test_lines_of_pixels_that_are_none_are_skipped(tmp_path):
    rows = file_samples.pixels_csv().splitlines()
    rows[2], rows[4] = rows[2].replace(b",", b",x", 1), rows[4] + b",9"
    rows[5] = b"1,2"
    dataset = open_path(put(tmp_path, "pixels.csv", b"\n".join(rows)))[1]
    assert [one.name for one in dataset.skipped] == ["row 1", "row 4"]
    assert dataset.count == COUNT - 2


# --- points with classes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "classes", "columns"),
    [
        ("x,y,label\n0,1,3\n2,5,7\n1,1,3\n4,2,7\n", ("3", "7"), 'column 0 "x" and column 1 "y"'),
        ("label,x,y\n3,0,1\n7,2,5\n3,1,1\n7,4,2\n", ("3", "7"), 'column 1 "x" and column 2 "y"'),
        ("Class;x;y\nb;0,5;1\na;2,5;5\nb;1,5;1\na;4;2\n", ("a", "b"), 'column 1 "x" and column 2 "y"'),
        ("0 1 red\n2 5 blue\n1 1 red\n4 2 blue\n", ("blue", "red"), "column 0 and column 1"),
        ("x1,x2,y\n0,1,3\n2,5,7\n1,1,3\n4,2,7\n", ("3", "7"), 'column 0 "x1" and column 1 "x2"'),
        ("x,y\n0,1\n2,5\n1,1\n4,2\n", (), 'column 0 "x" and column 1 "y"'),
        ("x,y,name\n0,1,a\n2,5,b\n1,1,c\n4,2,d\n", (), 'column 0 "x" and column 1 "y"'),
        (
            "sepal,petal,species\n0,1,iris setosa\n2,5,b\n1,1,iris setosa\n4,2,b\n",
            ("b", "iris setosa"),
            'column 0 "sepal" and column 1 "petal"',
        ),
    ],
)
def test_points_with_classes(tmp_path, text, classes, columns):
    dataset = open_path(put(tmp_path, "a.csv", text.encode()))[1]
    assert (dataset.count, dataset.classes) == (4, classes)
    assert columns in dataset.source
    if classes:
        first, second = dataset.labels[0], dataset.labels[1]
        assert dataset.labels.tolist() == [first, second, first, second]
    points = dataset.modality.to_people(dataset.at(np.arange(4)))
    assert points[1] == pytest.approx([2.5 if ";" in text else 2, 5], abs=1e-5)


def test_classes_of_skipped_points_go_with_them(tmp_path):
    text = "x,y,label\n0,1,a\nnan,2,b\n1,inf,c\n5,5,a\n7,7,b\n"
    dataset = open_path(put(tmp_path, "a.csv", text.encode()))[1]
    assert [dataset.classes[each] for each in dataset.labels] == ["a", "a", "b"]
    assert [one.name for one in dataset.skipped] == ["line 3", "line 4"]
    chosen = build_dataset(TableSpec(path=str(tmp_path / "a.csv"), labels=2, columns=(1, 0)))
    assert chosen.classes == ("a", "b")


def test_the_fast_and_the_careful_way_read_alike(tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{x:.5f},{y:.5f},{'ab'[index % 2]}" for index, (x, y) in enumerate(rng.normal(size=(25_000, 2)))]
    clean = open_path(put(tmp_path, "clean.csv", "\n".join(rows).encode()))[1]
    rows[12_345] = "nan,0,b"
    dirty = open_path(put(tmp_path, "dirty.csv", "\n".join(rows).encode()))[1]
    assert (clean.count, dirty.count, dirty.skipped[0].name) == (25_000, 24_999, "line 12346")
    kept = np.delete(np.arange(25_000), 12_345)
    assert dirty.modality.to_people(dirty.at(np.arange(24_999))) == pytest.approx(
        clean.modality.to_people(clean.at(kept)), abs=1e-5
    )
    assert np.array_equal(dirty.labels, clean.labels[kept])


# --- files that a library reads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READ_BY_LIBRARY)
def test_a_library_that_is_missing_is_named(tmp_path, monkeypatch, name):
    library, _ = file_samples.BY_LIBRARY[name]
    heads = {"scipy": b"MATLAB 5.0 MAT-file" + bytes(500), "h5py": b"\x89HDF\r\n\x1a\n" + bytes(500)}
    data = b"MATLAB 7.3 MAT-file" + bytes(500) if name == "new.mat" else heads.get(library, b"PAR1" + bytes(500))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(DatasetError, match=rf"which {library} reads, .*pip install 'ganstudio\[formats\]'"):
        open_path(put(tmp_path, name, data))


@pytest.mark.parametrize("name", READ_BY_LIBRARY)
def test_files_that_a_library_reads(tmp_path, monkeypatch, name):
    library, make = file_samples.BY_LIBRARY[name]
    pytest.importorskip(library)
    if name != "images.h5":  # one of them in the process that it has in earnest, whose start takes a second
        monkeypatch.setattr(foreign, "ask", asked_here)
    spec, dataset = open_path(put(tmp_path, name, make()))
    assert type(spec) is next((kind for kind, names in TAKEN.items() if name in names), ImagesSpec)
    assert len(dataset.classes) == 2
    assert [dataset.labels[each] for each in range(COUNT)] == [0, 1] * (COUNT // 2)
    if name == "images.mat":
        assert np.array_equal(images_of(dataset), shades(SIDE, SIDE, 3, COUNT).transpose(3, 2, 0, 1))
    elif name in ("images.h5", "new.mat"):
        values = shades(COUNT, SIDE, SIDE, 3)
        assert np.array_equal(images_of(dataset), values.transpose(0, 3, 1, 2))
    elif name == "pictures.parquet":
        again = images_of(build_dataset(ImagesSpec(path=spec.path, size=SIDE)))
        wanted = sorted(shades(SIDE, SIDE, 3, seed=each).transpose(2, 0, 1).tobytes() for each in range(COUNT))
        assert sorted(image.tobytes() for image in again) == wanted
    else:
        points = np.random.default_rng(0).normal(size=(COUNT, 2))
        assert dataset.modality.to_people(dataset.at(np.arange(COUNT))) == pytest.approx(points, abs=1e-5)


def test_a_data_hubs_names_of_classes(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(foreign, "ask", asked_here)
    told = {"info": {"features": {"label": {"names": ["cat/s", "dog"], "_type": "ClassLabel"}}}}
    columns = {"image": [{"bytes": file_samples.picture(seed=each)} for each in range(4)], "label": [0, 1, 1, None]}
    data = file_samples.parquet(columns, {b"huggingface": json.dumps(told).encode()})
    assert open_path(put(tmp_path, "a.parquet", data))[1].classes == ("cat_s", "dog", "none")
    rows = {"x": [0.0, 1, 2, 3], "y": [1.0, 2, 3, 5], "label": [0, 1, 1, 0]}
    data = file_samples.parquet(rows, {b"huggingface": json.dumps(told).encode()})
    assert open_path(put(tmp_path, "b.parquet", data))[1].classes == ("cat/s", "dog")
    data = file_samples.parquet(rows, {b"huggingface": b"[]"})
    assert open_path(put(tmp_path, "c.parquet", data))[1].classes == ("0", "1")


def asked_here(library, question, path, *details):
    reader = importlib.import_module(f"ganstudio.data.files.{foreign._READERS[library]}")
    for message in foreign.answers(reader, question, path, *details):
        if message != b"Z":
            yield foreign.heard(message)


class Reader:
    """A reader that breaks down in the ways that libraries do."""

    TROUBLE = (KeyError,)

    def fine(self, path):
        yield {"a": 1}
        yield bytes(range(9))

    def raises(self, path):
        yield {}
        raise KeyError("no such thing\n here")

    def runs_out(self, path):
        yield from ()
        raise MemoryError

    def refuses(self, path):
        yield from ()
        raise DatasetError("not this one")


def test_what_can_be_read_here_is_told(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyarrow" else name)
    monkeypatch.setenv("PATH", "")
    found = abilities.abilities()
    there = {"scipy": True, "h5py": True, "pyarrow": False, "soundfile": True}
    assert (found["libraries"], found["ffmpeg"]) == (there, None)
    (_, limits), (_, kinds) = abilities.described(found)
    assert limits.startswith("4 GB of memory to read one (GANSTUDIO_MEMORY_GB), 20 GB of disk")
    assert (
        kinds == "no Parquet files: not installed: pip install 'ganstudio[formats]'; no videos: ffmpeg is not installed"
    )
    assert "frames of videos" in abilities.described({**found, "ffmpeg": "/x"})[1][1]


def test_what_a_reader_says_and_how_it_breaks_down(tmp_path):
    path = tmp_path / "a.x"
    assert list(foreign.answers(Reader(), "fine", path)) == [b'J{"a": 1}', b"B" + bytes(range(9)), b"Z"]
    said = {name: list(foreign.answers(Reader(), name, path))[-1] for name in ("raises", "runs_out", "refuses")}
    assert said["raises"].startswith(b'E"a.x" is damaged or of a kind that is not known here (')
    assert b"takes more than 4 GB of memory to read; save a part" in said["runs_out"]
    assert said["refuses"] == b"Enot this one"


def test_a_reader_that_falls_over_does_not_take_the_program_with_it(tmp_path, monkeypatch):
    monkeypatch.setitem(foreign._READERS, "h5py", "no_such_module")
    with pytest.raises(DatasetError, match=r'"a.h5" is damaged: it broke down what reads it'):
        list(foreign.ask("h5py", "list_here", tmp_path / "a.h5"))


def test_text_that_is_no_text(tmp_path):
    with pytest.raises(DatasetError, match="has a line of more than 4,000,000 characters"):
        lines.look(put(tmp_path, "a.csv", b"1," * 2_100_000))
    assert not lines.is_text(b"")
