"""Files that are written whole: through links that somebody named, into pipes and devices, and never in their place."""

import errno
import os
import socket
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from ganstudio.system import writing
from ganstudio.system.writing import check_out, write_aside, write_out

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
needs_links = pytest.mark.skipif(os.name == "nt", reason="links take a right of their own there")


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe.npy")
    return tmp_path / "pipe.npy"


def is_pipe(path) -> bool:
    return stat.S_ISFIFO(path.lstat().st_mode)


@pytest.mark.parametrize("write", [write_aside, write_out])
@pytest.mark.parametrize(
    "content", ["ü\r\n", b"\xc3\xbc\r\n", memoryview(b"\xc3\xbc\r\n")], ids=["text", "bytes", "view"]
)
def test_a_file_is_written_as_it_is_and_in_the_place_of_another(write, content, tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    write(path, content)
    assert path.read_bytes() == b"\xc3\xbc\r\n"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("write", [write_aside, write_out])
@pytest.mark.parametrize("letter", ["x", "é", "字", "😀"])
def test_a_name_may_be_as_long_as_the_system_allows(write, letter, tmp_path) -> None:
    each = len(os.fsencode(letter)) if os.name == "posix" else len(letter.encode("utf-16-le")) // 2
    path = tmp_path / (letter * (250 // each) + ".npy")
    write(path, b"after")
    assert path.read_bytes() == b"after"
    assert os.listdir(tmp_path) == [path.name]


@needs_links
@pytest.mark.parametrize("there", [False, True], ids=["to what is not there yet", "to a file"])
def test_a_link_that_somebody_named_stays_and_its_file_is_written(there, tmp_path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "file.npy", tmp_path / "link.npy"
    if there:
        target.write_bytes(b"before")
    link.symlink_to(target)
    write_out(link, b"after")
    assert link.is_symlink()
    assert target.read_bytes() == b"after"
    assert not target.is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["elsewhere", "link.npy"]
    assert os.listdir(tmp_path / "elsewhere") == ["file.npy"]


@needs_links
def test_a_link_of_a_run_is_replaced_and_never_followed(tmp_path) -> None:
    (tmp_path / "mine.txt").write_bytes(b"mine")
    (tmp_path / "link.json").symlink_to(tmp_path / "mine.txt")
    write_aside(tmp_path / "link.json", b"after")
    assert (tmp_path / "mine.txt").read_bytes() == b"mine"
    assert not (tmp_path / "link.json").is_symlink()


@needs_links
def test_a_link_that_leads_in_circles_is_told(tmp_path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(OSError, match="symbolic links"):
        write_out(tmp_path / "loop", b"x")
    assert (tmp_path / "loop").is_symlink()


@needs_pipes
@pytest.mark.parametrize("linked", [False, True], ids=["itself", "by a link"])
def test_a_pipe_that_is_read_gets_the_content(linked, pipe, tmp_path) -> None:
    named = pipe
    if linked:
        named = tmp_path / "link.npy"
        named.symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_out(named, b"after")
        assert os.read(reader, 100) == b"after"
    finally:
        os.close(reader)
    assert is_pipe(pipe)
    assert named.is_symlink() == linked


@needs_pipes
def test_a_pipe_that_nobody_reads_is_told_and_not_waited_for(pipe) -> None:
    with pytest.raises(OSError, match="nobody reads from it") as told:
        write_out(pipe, b"after")
    assert told.value.filename == str(pipe)
    assert is_pipe(pipe)


@needs_pipes
def test_no_file_takes_the_place_of_a_pipe(pipe, tmp_path) -> None:
    with pytest.raises(OSError, match="is a named pipe, whose place no file takes"):
        write_aside(pipe, b"after")
    assert is_pipe(pipe)
    assert os.listdir(tmp_path) == ["pipe.npy"]


@needs_pipes
def test_what_stands_among_devices_is_written_into_and_never_replaced(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(writing, "_OPEN_ALREADY", (str(tmp_path),))
    output = tmp_path / "stdout"
    output.write_bytes(b"told before\n")
    before = output.stat().st_ino
    write_out(output, b"after")
    assert output.read_bytes() == b"told before\nafter"
    assert output.stat().st_ino == before
    assert os.listdir(tmp_path) == ["stdout"]


def test_a_disk_is_never_written_into_even_among_devices(tmp_path, monkeypatch) -> None:
    disk, look = tmp_path / "sdz", Path.stat
    disk.write_bytes(b"the whole disk")

    def as_disk(path, **options):
        return SimpleNamespace(st_mode=stat.S_IFBLK | 0o660) if path == disk else look(path, **options)

    monkeypatch.setattr(writing, "_OPEN_ALREADY", (str(tmp_path),))
    monkeypatch.setattr(Path, "stat", as_disk)
    with pytest.raises(OSError, match="is a disk, into which no file is written") as told:
        write_out(disk, b"after")
    assert told.value.filename == str(disk)
    assert disk.read_bytes() == b"the whole disk"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="sockets have no names here")
@pytest.mark.parametrize("among_devices", [False, True])
def test_a_socket_is_told_as_one(among_devices, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    if among_devices:  # as where the output leads to one
        monkeypatch.setattr(writing, "_OPEN_ALREADY", (str(tmp_path),))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("a.npy")
        with pytest.raises(OSError, match="is a socket, into which no file is written") as told:
            write_out(Path("a.npy"), b"after")
        assert told.value.errno == errno.EINVAL
    assert stat.S_ISSOCK((tmp_path / "a.npy").lstat().st_mode)
    assert os.listdir(tmp_path) == ["a.npy"]


@needs_links
@pytest.mark.parametrize("linked", [False, True], ids=["itself", "by a link"])
@pytest.mark.parametrize("mode", [0o600, 0o664], ids=oct)
def test_who_may_read_the_file_before_may_read_the_new_one(mode, linked, tmp_path) -> None:
    target = named = tmp_path / "file.npy"
    target.write_bytes(b"before")
    target.chmod(mode)
    if linked:
        named = tmp_path / "link.npy"
        named.symlink_to(target)
    write_out(named, b"after")
    assert target.read_bytes() == b"after"
    assert stat.S_IMODE(target.lstat().st_mode) == mode


def test_whether_a_file_can_be_written_is_found_out_without_a_trace(tmp_path, monkeypatch) -> None:
    (tmp_path / "old.npy").write_bytes(b"before")
    for name in ("old.npy", "new.npy"):
        check_out(tmp_path / name)
    assert (tmp_path / "old.npy").read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["old.npy"]
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(IsADirectoryError):
        check_out(tmp_path / "folder.npy")
    with pytest.raises(FileNotFoundError):
        check_out(tmp_path / "none" / "a.npy")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder that nobody may write in")
def test_a_folder_in_which_nothing_can_be_made_is_found_out() -> None:
    with pytest.raises(OSError, match="/proc"):
        check_out(Path("/proc/a.npy"))


@needs_pipes
def test_a_pipe_is_not_tried(pipe) -> None:
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        check_out(pipe)
        write_out(pipe, b"after")
        assert reader.read() == b"after"
