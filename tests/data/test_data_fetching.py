"""Fetching, from a server on this computer that does what servers do: break off, lie, dawdle, refuse."""

import errno
import re
import socket
from dataclasses import replace

import pytest

from ganstudio.cli import _main, main
from ganstudio.data import BUILDERS
from ganstudio.data.known import known
from ganstudio.data.known.known import KnownDataset
from ganstudio.data.published import fetching, weights
from ganstudio.data.published.fetching import FetchError, fetch
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
    for wrong in ("foo", "http://", "https://[::1"):
        monkeypatch.setenv(fetching.MIRROR, wrong)
        with pytest.raises(FetchError, match=rf"^GANSTUDIO_MIRROR names {re.escape(wrong)}: no address to fetch from"):
            fetch(SOMETHING, folder=tmp_path)


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


def test_files_that_lie_elsewhere_are_followed_and_go_on_there(tmp_path):
    with serving(sends=200_000) as there_, serving({}) as first:
        first.moves = {name: f"{there_.address}/deep/{name}" for name in FILES}
        assert there(fetch(SOMETHING, mirror=first.address, folder=tmp_path)) == FILES
    assert [start for name, start in there_.asked if name == "a.bin"] == [None, "bytes=200000-", "bytes=400000-"]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1:1/a.bin", "a.bin", "https://127.0.0.1:1/a.bin"]
)
def test_addresses_that_lead_nowhere_are_told(tmp_path, target):
    with (
        serving({}, moves={"a.bin": target}) as server,
        pytest.raises(FetchError, match=r"a\.bin could not be fetched"),
    ):
        fetch(SOMETHING, mirror=server.address, folder=tmp_path, timeout=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "reason",
    [socket.gaierror(-3, "Temporary failure in name resolution"), OSError(errno.ENETUNREACH, "Network is unreachable")],
    ids=["no address", "no way"],
)
def test_without_a_network_it_is_said_so_in_words(tmp_path, monkeypatch, reason):
    def refuse(*_how, **_more):
        raise reason

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(FetchError, match=r"no network leads from here to data\.example; connect this computer") as told:
        fetch(SOMETHING, mirror="http://data.example/deep", folder=tmp_path)
    assert "Errno" not in str(told.value)
    assert str(tmp_path) in str(told.value)


def test_a_slow_server_is_waited_for_while_anything_comes(tmp_path):
    told = []
    with serving(dribbles=True) as server:  # all of it takes longer than the time that one piece may
        fetch(SOMETHING, mirror=server.address, folder=tmp_path, timeout=0.3, progress=lambda *both: told.append(both))
    assert there(tmp_path) == FILES
    assert len(told) > 20
    assert told == sorted(told)


UNMEASURED = KnownDataset(
    **{**vars(SOMETHING), "files": tuple(replace(file, size=None, at_most=600_000) for file in SOMETHING.files)}
)


@pytest.mark.parametrize("what", ["head", "body"])
def test_a_server_that_drips_is_given_up(tmp_path, monkeypatch, what):
    monkeypatch.setattr(fetching, "PATIENCE", 0.3)
    with serving(drips=what) as server, pytest.raises(FetchError, match=r"sends only \d+ bytes a second"):
        fetch(SOMETHING, mirror=server.address, folder=tmp_path)
    assert len(server.asked) == 1


def test_a_file_whose_size_is_not_published_is_told_by_its_checksum(tmp_path):
    assert (UNMEASURED.cost, SOMETHING.cost) == ("under 1 MB", "0.5 MB")
    told = []
    with serving(dribbles=True) as server:
        fetch(UNMEASURED, mirror=server.address, folder=tmp_path, progress=lambda *both: told.append(both))
    assert there(tmp_path) == FILES
    assert told[-1] == (512_300, 512_300)
    assert all(done <= total for done, total in told)
    with serving(sends=300_000) as server:
        (tmp_path / "a.bin").unlink()
        fetch(UNMEASURED, mirror=server.address, folder=tmp_path)
    assert there(tmp_path) == FILES
    (tmp_path / "a.bin").rename(tmp_path / "a.bin.part")  # ended before it was checked
    with serving({}) as server:
        fetch(UNMEASURED, mirror=server.address, folder=tmp_path)
    assert there(tmp_path) == FILES
    for files, message in (
        ({"a.bin": bytes(700_000)}, "more than the 600,000 bytes that it may have"),
        ({"a.bin": bytes(5)}, "other bytes than those published"),
    ):
        (tmp_path / "a.bin").unlink(missing_ok=True)
        with serving(files) as server, pytest.raises(FetchError, match=message):
            fetch(UNMEASURED, mirror=server.address, folder=tmp_path)
        (tmp_path / "a.bin.part").unlink(missing_ok=True)


def test_what_is_known_is_whole_and_the_same_everywhere():
    assert tuple(weights.fetchable()) == (*_main.KNOWN, _main.WEIGHTS)
    assert tuple(known.KNOWN) == ("mnist", "fashion_mnist", "kmnist", "cifar10", "dsprites")
    kinds = {spec.model_fields["kind"].default for spec in BUILDERS}
    for name, one in known.KNOWN.items():
        assert name == one.name in kinds
        assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) for file in one.files)
        assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in one.mirrors)
        assert one.licence
        assert re.search(r"\d{4}$", one.citation)
        assert 10 < one.megabytes < 200
    sums = [file.sha256 for one in known.KNOWN.values() for file in one.files]
    assert len(set(sums)) == len(sums)
