"""Fetching, from a server on this computer that does what servers do: break off, lie, dawdle, refuse."""

import pytest

from ganstudio.cli import main
from ganstudio.data import fetching, known
from ganstudio.data.fetching import FetchError, fetch
from ganstudio.data.known import KnownDataset
from tests.local_server import FILES, SOMETHING, serving


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv(fetching.MIRROR, raising=False)


def there(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_come_whole_and_only_once(home):
    told = []
    with serving() as server:
        folder = fetch(SOMETHING, mirror=server.address, progress=lambda *both: told.append(both))
        assert folder == home / "datasets" / "something" == known.folder_of(SOMETHING)
        assert there(folder) == FILES
        assert told == sorted(told)
        assert told[-1] == (512_300, 512_300)
        fetch(SOMETHING, mirror=server.address + "/")
    assert server.asked == [("a.bin", None), ("b.bin", None)]


def test_a_file_that_was_changed_is_fetched_again(tmp_path):
    (tmp_path / "b.bin").write_bytes(b"lobels" * 50)
    with serving() as server:
        assert there(fetch(SOMETHING, mirror=server.address, folder=tmp_path)) == FILES


def test_what_broke_off_goes_on(tmp_path):
    with serving(sends=200_000) as server:
        assert there(fetch(SOMETHING, mirror=server.address, folder=tmp_path)) == FILES
    assert [start for name, start in server.asked if name == "a.bin"] == [None, "bytes=200000-", "bytes=400000-"]


def test_what_was_cancelled_is_kept_and_goes_on(tmp_path):
    class Enough(Exception):
        pass

    def cancel(done, _total):
        if done > 100_000:
            raise Enough

    with serving() as server:
        with pytest.raises(Enough):
            fetch(SOMETHING, mirror=server.address, folder=tmp_path, progress=cancel)
        (left,) = tmp_path.iterdir()
        assert left.name == "a.bin.part"
        have = left.stat().st_size
        assert 0 < have < len(FILES["a.bin"])
        assert there(fetch(SOMETHING, mirror=server.address, folder=tmp_path)) == FILES
    assert server.asked[1] == ("a.bin", f"bytes={have}-")


@pytest.mark.parametrize("left", [b"wrong" * 100, bytes(len(FILES["a.bin"])), bytes(len(FILES["a.bin"]) + 1)])
@pytest.mark.parametrize("ranges", [True, False])
def test_what_is_left_of_something_else_does_no_harm(tmp_path, left, ranges):
    (tmp_path / "a.bin.part").write_bytes(left)
    with serving(ranges=ranges) as server:
        assert there(fetch(SOMETHING, mirror=server.address, folder=tmp_path)) == FILES


@pytest.mark.parametrize(
    ("files", "options", "message"),
    [
        ({}, {}, "it answers 404"),
        ({"a.bin": bytes(len(FILES["a.bin"]))}, {}, r"other bytes than those published \(wrong checksum\)"),
        ({"a.bin": FILES["a.bin"] + b"more"}, {}, "more than the 512,000 bytes published"),
        ({"a.bin": FILES["a.bin"][:-1]}, {}, "with 511,999 of 512,000 bytes"),
        (FILES, {"sends": 100}, "with 300 of 512,000 bytes"),
        (FILES, {"sends": 100, "ranges": False}, "with 100 of 512,000 bytes"),
        (FILES, {"silent": True}, "timed out"),
    ],
)
def test_servers_of_no_use_are_named_and_leave_no_file(tmp_path, files, options, message):
    with serving(files, **options) as server, pytest.raises(FetchError, match=message) as caught:
        fetch(SOMETHING, mirror=server.address, folder=tmp_path, timeout=0.2)
    assert server.address in str(caught.value)
    assert "by hand" in str(caught.value)
    assert not (tmp_path / "a.bin").exists()


def test_the_next_mirror_goes_on_where_the_last_gave_up(tmp_path):
    with serving(sends=1000) as short, serving() as whole:
        both = KnownDataset(**{**vars(SOMETHING), "mirrors": (short.address, "http://127.0.0.1:1", whole.address)})
        assert there(fetch(both, folder=tmp_path)) == FILES
    assert whole.asked[0] == ("a.bin", "bytes=3000-")


def test_a_mirror_from_the_environment_and_addresses_that_are_none(tmp_path, monkeypatch):
    with serving() as server:
        monkeypatch.setenv(fetching.MIRROR, server.address)
        assert there(fetch(SOMETHING, folder=tmp_path)) == FILES
    with pytest.raises(FetchError, match=r"file:///etc: no address to fetch from; it should begin with https"):
        fetch(SOMETHING, folder=tmp_path, mirror="file:///etc")


def test_a_folder_that_is_not_ours_says_so(tmp_path, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "mkdir", refuse)  # permissions don't bind the superuser that tests may run as
    with pytest.raises(FetchError, match=r"can't be written .*set GANSTUDIO_HOME"):
        fetch(SOMETHING, folder=tmp_path / "x", mirror="http://127.0.0.1:1")


def test_the_verb_lists_and_fetches(home, monkeypatch, capsys):
    assert main(["datasets"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0].startswith("mnist  MNIST, 11.6 MB, CC BY-SA 3.0")
    assert listed[-1].startswith("inception  Inception weights for the published FID, 95.6 MB, Apache 2.0")
    monkeypatch.setitem(known.KNOWN, "mnist", SOMETHING)
    with serving() as server:
        assert main(["datasets", "get", "mnist", "--mirror", server.address]) == 0
    said = capsys.readouterr()
    assert said.out == f"{home / 'datasets' / 'something'}\n"
    assert "CC0; Nobody, 2020" in said.err
    assert main(["datasets"]) == 0
    assert "already here" in capsys.readouterr().out
    with serving({}) as server:
        (home / "datasets" / "something" / "a.bin").unlink()
        assert main(["datasets", "get", "mnist", "--mirror", server.address, "--quiet"]) == 2
    assert "it answers 404" in capsys.readouterr().err
