"""What is dropped may come from anybody: nothing in it runs, writes elsewhere, or takes more memory than it may."""

import io
import os
import pickle
import struct
import sys
import tarfile
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, limits, open_path
from ganstudio.data.files import loose
from ganstudio.experiment import ImagesSpec
from tests import file_samples
from tests.file_samples import COUNT, SIDE, picture, shades


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def skipped(dataset):
    return {one.name: one.reason for one in dataset.skipped}


def tree(folder):
    return sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*"))


def tarred(*members):
    """A tar archive of (name, type, content or target of a link)."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type = kind
            if kind == tarfile.REGTYPE:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
            else:
                member.linkname = content
                archive.addfile(member)
    return file.getvalue()


# --- places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [file_samples.zipped, file_samples.tarred])
def test_names_that_lead_elsewhere_write_nothing(tmp_path, pack):
    names = ("../../escaped.png", "/tmp/escaped.png", "a/../../b.png", "C:\\escaped.png", "good.png")
    path = put(tmp_path, "set/images", pack({name: picture(seed=each) for each, name in enumerate(names)}))
    before = tree(tmp_path)
    assert build_dataset(ImagesSpec(path=str(path), size=8)).count == len(names)  # read, and put nowhere
    assert tree(tmp_path) == before


def test_links_in_archives_are_not_followed(tmp_path):
    secret = put(tmp_path, "secret.png", picture())
    links = [
        ("a.png", tarfile.SYMTYPE),
        ("b.png", tarfile.LNKTYPE),
        ("c.png", tarfile.CHRTYPE),
        ("d.png", tarfile.FIFOTYPE),
    ]
    members = [(name, kind, str(secret)) for name, kind in links]
    path = put(tmp_path, "links.tar", tarred(*members, ("good.png", tarfile.REGTYPE, picture())))
    dataset = open_path(path)[1]
    assert dataset.count == 1
    assert skipped(dataset) == {name: "is a link or a device, not a file" for name, _ in links}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(secret))
        archive.writestr("good.png", picture())
    dataset = open_path(put(tmp_path, "links.zip", file.getvalue()))[1]
    assert (dataset.count, skipped(dataset)) == (1, {"link.png": "is a link, not a file"})


def test_links_in_folders_lead_neither_out_nor_in_circles(tmp_path):
    put(tmp_path, "elsewhere/private.png", picture())
    put(tmp_path, "set/a/good.png", picture())
    (tmp_path / "set" / "a" / "up").symlink_to(tmp_path / "set")
    (tmp_path / "set" / "out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set" / "self.png").symlink_to("self.png")
    dataset = open_path(tmp_path / "set")[1]
    assert dataset.count == 1
    reasons = skipped(dataset)
    assert reasons["a/up"] == reasons["out"] == "is a link to a folder; drop that one"
    assert "can't be read" in reasons["self.png"]


def test_nothing_is_written_beside_the_source(tmp_path):
    for name, data in file_samples.PICTURES.items():
        put(tmp_path, f"set/{name}", data)
    for folder in [tmp_path / "set", *(tmp_path / "set").iterdir()]:
        folder.chmod(0o555)
    before = tree(tmp_path)
    assert open_path(tmp_path / "set")[1].count == COUNT
    assert tree(tmp_path) == before
    for folder in [tmp_path / "set", *(tmp_path / "set").iterdir()]:
        folder.chmod(0o755)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_of_every_kind(tmp_path):
    names = ["图" * 83 + ".png", "with  spaces\n and a line.png", "-rf *.png", "%s{0}.png"]
    for name in names:
        put(tmp_path, f"数据 集/{name}", picture())
    folder = os.fsencode(tmp_path / "数据 集")
    with open(folder + b"/\xff\xfe.png", "wb") as file:
        file.write(b"")
    dataset = open_path(tmp_path / "数据 集")[1]
    assert dataset.count == len(names)
    (one,) = dataset.skipped
    assert one.reason == "is empty"
    one.name.encode()  # what is told can be written down


def test_names_in_archives_that_are_no_utf8(tmp_path):
    tar = bytearray(file_samples.tarred({"aXb/1.png": picture(), "c/2.png": picture(seed=1), "e.txt": b""}))
    for at in range(0, len(tar), 512):  # the first letter of each name, and the header's checksum anew
        if tar[at + 257 : at + 262] == b"ustar":
            tar[at + 1 : at + 2] = b"\xff"
            tar[at + 148 : at + 156] = b" " * 8
            tar[at + 148 : at + 156] = b"%06o\0 " % sum(tar[at : at + 512])
    dataset = open_path(put(tmp_path, "a.tar", bytes(tar)))[1]
    assert dataset.count == 2
    for text in (*dataset.classes, *skipped(dataset)):
        text.encode()
    packed = file_samples.zipped({"aXb.png": picture()}).replace(b"aXb", b"a\xffb")
    assert open_path(put(tmp_path, "a.zip", packed), size=8)[1].count == 1


# --- code -------------------------------------------------------------------------------------------------------------


class Harm:
    """Unpickling it leaves a trace."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (open, (str(self.trace), "w"))


def test_no_pickle_is_ever_loaded(tmp_path):
    harm = Harm(tmp_path / "trace")
    values = np.array([harm], object)
    np.save(tmp_path / "a.npy", values, allow_pickle=True)
    np.savez(tmp_path / "a.npz", x=shades(COUNT, SIDE, SIDE), y=values)
    put(tmp_path, "a.pkl", pickle.dumps(harm))
    put(tmp_path, "py/data_batch_1", pickle.dumps({"data": harm}, protocol=2))
    put(tmp_path, "weights.pt", file_samples.zipped({"archive/data.pkl": pickle.dumps(harm)}))
    for name in ("a.npy", "a.pkl", "py", "py/data_batch_1", "weights.pt"):
        with pytest.raises(DatasetError, match=r"pickle|PyTorch"):
            open_path(tmp_path / name)
    assert open_path(tmp_path / "a.npz")[1].count == COUNT  # what is sound in it
    assert not (tmp_path / "trace").exists()


def test_runs_and_checkpoints_are_said_to_be_no_data(tmp_path):
    put(tmp_path, "run/experiment.toml", b"")
    put(tmp_path, "run/samples/1.png", picture())
    header = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    put(tmp_path, "run/g.safetensors", struct.pack("<Q", len(header)) + header + bytes(4))
    with pytest.raises(DatasetError, match="is a run or a checkpoint of one, not data"):
        open_path(tmp_path / "run")
    with pytest.raises(DatasetError, match="holds weights rather than data"):
        open_path(tmp_path / "run" / "g.safetensors")


# --- memory -----------------------------------------------------------------------------------------------------------


def png(width, height, pixels=b""):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


GIF = b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;"
BMP = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 99, 0, 0, 54, 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0)


def npy_claiming(shape, dtype="<f8"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue() + bytes(100)


LIES = {
    "claims.png": (png(30_000, 30_000), "million pixels"),
    "claims-idx3-ubyte": (struct.pack(">BBBB3I", 0, 0, 8, 3, 2**20, 32, 32) + bytes(99), "damaged or cut short"),
    "beyond-idx3-ubyte": (struct.pack(">BBBB3I", 0, 0, 8, 3, 2**32 - 1, 2**31, 2**31), "claims to hold"),
    "claims.npy": (npy_claiming((10**6, 8, 8)), "damaged or cut short"),
    "beyond.npy": (npy_claiming((10**12, 2)), "damaged or cut short"),
    "absurd.npy": (npy_claiming((2**62, 2**62)), "damaged or cut short"),
    "negative.npy": (npy_claiming((-5, 2)), "damaged or cut short"),
    "claims.npz": (file_samples.zipped({"x.npy": npy_claiming((10**6, 8, 8))}), "damaged or cut short"),
    "beyond.npz": (file_samples.zipped({"x.npy": npy_claiming((10**12, 2))}), "damaged or cut short"),
    "claims.gif": (GIF, "million pixels"),
    "claims.bmp": (BMP, "million pixels|damaged"),
    "short.bin": (b"\1" + bytes(3072) + b"\2" + bytes(1000), "no kind of file"),
}


@pytest.mark.parametrize("name", LIES)
def test_what_a_header_claims_is_not_set_aside(tmp_path, name):
    data, message = LIES[name]
    path = put(tmp_path, name, data)
    tracemalloc.start()
    try:
        with pytest.raises(DatasetError, match=message):
            open_path(path)
        assert tracemalloc.get_traced_memory()[1] < 40e6
    finally:
        tracemalloc.stop()


def test_images_that_unpack_to_far_more_are_skipped(tmp_path):
    bomb = png(9_500, 9_500, bytes(9_500 * 9_501))
    assert len(bomb) < 1e5  # for 90 million pixels
    path = put(tmp_path, "set/bomb.png", bomb).parent
    put(path, "good.png", picture())
    dataset = open_path(path, size=8)[1]
    assert (dataset.count, list(skipped(dataset))) == (1, ["bomb.png"])
    assert "million pixels" in skipped(dataset)["bomb.png"]


def test_pictures_that_take_more_memory_than_reading_may(tmp_path, monkeypatch):
    monkeypatch.setenv(limits.MEMORY, "0.0001")
    path = put(tmp_path, "a.png", picture(mode="L", size=(200, 200)))
    with pytest.raises(DatasetError, match=r"takes 0 MB to decode, .* set GANSTUDIO_MEMORY_GB to more"):
        open_path(path)
    moving = put(tmp_path, "a.gif", file_samples.animation("GIF"))
    monkeypatch.setenv(limits.MEMORY, "1e-6")
    with pytest.raises(DatasetError, match=r"holds no image that can be read: 6 were skipped: frame 0000\d takes"):
        open_path(moving, size=8)


@pytest.mark.parametrize("pack", [file_samples.zipped, file_samples.tarred])
def test_archives_that_unpack_to_far_more(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(loose, "MAX_MEMBER_BYTES", 10**6)
    path = put(tmp_path, "bomb", pack({"large.png": bytes(10**6 + 1), "good.png": picture()}))
    dataset = open_path(path, size=8)[1]
    assert (dataset.count, skipped(dataset)) == (1, {"large.png": "is larger than 1 MB"})
    monkeypatch.setattr(loose, "MAX_TOTAL_BYTES", 10**6)
    path = put(tmp_path, "bombs", pack({f"{each}.png": bytes(5 * 10**5) for each in range(9)} | {"x.png": picture()}))
    with pytest.raises(DatasetError, match=r"unpacks to more than .* choose a part of it|damaged or cut short"):
        open_path(path, size=8)


def test_archives_in_archives_are_left_alone(tmp_path):
    inner = file_samples.zipped({"a.png": picture()})
    files = {"inner.zip": inner, "inner.tar.gz": inner, "inner.npz.xz": inner, "good.png": picture()}
    for pack in (file_samples.zipped, file_samples.tarred):
        dataset = open_path(put(tmp_path, "outer", pack(files)), size=8)[1]
        assert dataset.count == 1
        assert set(skipped(dataset).values()) == {"is an archive inside; unpack it, or drop it by itself"}


def test_a_table_with_a_hundred_thousand_columns(tmp_path):
    path = put(tmp_path, "wide.csv", b"".join(b",".join([b"%d" % row] * 10**5) + b"\n" for row in (1, 2, 4)))
    tracemalloc.start()
    try:
        with pytest.raises(DatasetError, match="columns of numbers, and nothing tells which two"):
            open_path(path)
        assert 1e6 < tracemalloc.get_traced_memory()[1] < 40e6
    finally:
        tracemalloc.stop()


def test_the_memory_that_reading_may_take_is_one_setting(tmp_path, monkeypatch):
    path = put(tmp_path, "a.npz", file_samples.npz(x=shades(COUNT, SIDE, SIDE)))
    monkeypatch.setenv(limits.MEMORY, "5e-7")
    with pytest.raises(DatasetError, match=r"takes more than 5e-07 GB of memory.*; .* set GANSTUDIO_MEMORY_GB to more"):
        open_path(path)
    with pytest.raises(DatasetError, match="takes more than 5e-07 GB of memory"):
        open_path(put(tmp_path, "a.csv", file_samples.pixels_csv()))


# --- content ----------------------------------------------------------------------------------------------------------


def test_what_is_empty_constant_or_not_finite_is_said(tmp_path):
    put(tmp_path, "set/good.png", picture())
    put(tmp_path, "set/empty.png", b"")
    assert skipped(open_path(tmp_path / "set", size=8)[1]) == {"empty.png": "is empty"}
    constant = put(tmp_path, "a.npy", file_samples.npy(np.full((COUNT, SIDE, SIDE), 7, np.uint8)))
    with pytest.raises(DatasetError, match="every pixel is 7; a GAN needs some that differ"):
        open_path(constant)
    points = put(tmp_path, "b.npy", file_samples.npy(np.full((9, 2), np.nan)))
    with pytest.raises(DatasetError, match="holds no finite point: 9 were skipped"):
        open_path(points)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("name", ["images.zip", "images.tar.gz", "images.npz", "images-idx3-ubyte.gz", "photo.jpg"])
def test_files_that_break_off_say_so_or_give_what_is_there(tmp_path, name, share):
    whole = file_samples.PLAIN[name]()
    path = put(tmp_path, name, whole[: int(len(whole) * share)])
    try:
        dataset = open_path(path, size=8)[1]
    except DatasetError as error:
        said = str(error)
    else:
        assert dataset.count < COUNT
        said = str(skipped(dataset))
    assert "damaged or cut short" in said or "is damaged" in said
