"""The machine: is there a display, what does Qt miss, what does the doctor say."""

from __future__ import annotations

import json
import re
import socket
import struct
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ganstudio import system
from ganstudio.system import __main__ as command
from ganstudio.system import bundle, display, doctor, libraries, programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

linux = pytest.mark.skipif(sys.platform != "linux", reason="Qt's wheels are complete elsewhere")

ACCEPTS = struct.pack("<BBHHH", 1, 0, 11, 0, 8) + bytes(32)  # X11's answer to a client: welcome, no screens
REFUSES = struct.pack("<BBHHH", 0, 4, 11, 0, 1) + b"Auth"  # failed, with a reason of four letters


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A Linux session without a display, whose X sockets would lie in tmp_path."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in doctor.DISPLAY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(display, "X_SOCKETS", tmp_path)
    return monkeypatch


@contextmanager
def server(listener: socket.socket, answer: bytes = ACCEPTS) -> Iterator[None]:
    """Answers every client that says something, until the block ends."""
    ended = threading.Event()
    listener.listen()

    def serve() -> None:
        while not ended.is_set():
            client, _ = listener.accept()
            with client:
                if client.recv(12):
                    client.sendall(answer)
                    client.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        family, address = listener.family, listener.getsockname()
        with socket.socket(family) as last:
            last.connect(address)
        thread.join()
        listener.close()


def unix_listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    return listener


class TestDisplay:
    def test_none_where_no_variable_is_set(self, bare: pytest.MonkeyPatch) -> None:
        assert not system.display_available()

    @pytest.mark.parametrize("platform", ["win32", "darwin"])
    def test_always_on_windows_and_macos(self, bare: pytest.MonkeyPatch, platform: str) -> None:
        bare.setattr(sys, "platform", platform)
        assert system.display_available()

    @pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600", "xcb;offscreen"])
    def test_a_platform_that_needs_no_display(self, bare: pytest.MonkeyPatch, platform: str) -> None:
        bare.setenv("QT_QPA_PLATFORM", platform)
        assert system.display_available()

    @pytest.mark.parametrize("platform", ["xcb", "wayland", "wayland-egl;xcb"])
    def test_a_platform_that_needs_one(self, bare: pytest.MonkeyPatch, platform: str) -> None:
        bare.setenv("QT_QPA_PLATFORM", platform)
        assert not system.display_available()

    @pytest.mark.parametrize(
        "name", ["", "nonsense", ":7", ":7.0", "unix:7", "unix/box:7", "127.0.0.1:59000", "[::1]:59000.0", "/no/such:0"]
    )
    def test_a_stale_display(self, bare: pytest.MonkeyPatch, name: str) -> None:
        bare.setenv("DISPLAY", name)
        assert not system.display_available()

    @pytest.mark.parametrize(
        ("name", "address"),
        [
            ("somewhere:10.0", ("somewhere", 6010)),
            ("tcp/somewhere:1", ("somewhere", 6001)),
            ("[::1]:2.1", ("::1", 6002)),
            ("box/unix:3", "\0/tmp/.X11-unix/X3"),
            (":4.1", "\0/tmp/.X11-unix/X4"),
        ],
    )
    def test_where_a_display_listens(self, name: str, address: str | tuple[str, int]) -> None:
        assert display._x_addresses(name)[0] == address

    @linux
    def test_a_local_x_server(self, bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
        bare.setenv("DISPLAY", ":7")
        bare.setattr(display, "_x_server_lets_us_in", lambda name: name == ":7")
        with server(unix_listener(tmp_path / "X7")):
            assert system.display_available()

    @linux
    @pytest.mark.parametrize(("answer", "available"), [(ACCEPTS, True), (REFUSES, False)])
    def test_an_x_server_that_is_asked_for_admission(
        self, bare: pytest.MonkeyPatch, answer: bytes, available: bool
    ) -> None:
        if not libraries._loads("libxcb.so.1"):
            pytest.skip("libxcb is not installed here")
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        with server(listener, answer):
            bare.setenv("DISPLAY", f"127.0.0.1:{port - 6000}")
            assert system.display_available() is available

    def test_admission_is_taken_for_granted_without_libxcb(self, bare: pytest.MonkeyPatch) -> None:
        bare.setattr(display.ctypes, "CDLL", absent)
        assert display._x_server_lets_us_in(":0")

    @linux
    def test_a_wayland_session(self, bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
        with server(unix_listener(tmp_path / "wayland-9")):
            bare.setenv("WAYLAND_DISPLAY", "wayland-9")
            assert system.display_available()
            bare.setenv("WAYLAND_DISPLAY", str(tmp_path / "wayland-9"))
            assert system.display_available()
            bare.setenv("WAYLAND_DISPLAY", "wayland-8")
            assert not system.display_available()


def absent(name: str, *rest: object, **others: object) -> None:
    raise OSError(f"{name}: cannot open shared object file")


class Machine:
    """A pretended Linux machine: which libraries load, which commands there are, and what was run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, missing: set[str], tools: Sequence[str], user: int = 0) -> None:
        self.missing, self.ran, self.sudo_status, self.mends = missing, list[list[str]](), 0, True
        monkeypatch.setattr(libraries, "_loads", lambda name: name not in self.missing)
        monkeypatch.setattr(libraries.shutil, "which", lambda name: f"/bin/{name}" if name in tools else None)
        monkeypatch.setattr(libraries.subprocess, "run", self.run)
        monkeypatch.setattr(libraries.os, "geteuid", lambda: user, raising=False)

    def run(self, words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.ran.append(words)
        if words == ["sudo", "-n", "true"]:
            return subprocess.CompletedProcess(words, self.sudo_status)
        if self.mends and "install" in words:
            self.missing.clear()
        return subprocess.CompletedProcess(words, 0)


NO_PASSWORD = ["env", "DEBIAN_FRONTEND=noninteractive"]


class TestLibraries:
    @linux
    def test_the_table_is_what_qt_needs(self) -> None:
        """Each library that Qt's own files name as needed is in the table, and no other."""
        qt = Path(pytest.importorskip("PySide6").__file__).parent / "Qt"
        files = {
            "qt": ["lib/libQt6Gui.so.6", "lib/libQt6Widgets.so.6", "lib/libQt6DBus.so.6"],
            "xcb": ["lib/libQt6XcbQpa.so.6", *(str(path) for path in qt.glob("plugins/xcbglintegrations/*.so"))],
            "wayland": [
                "lib/libQt6WaylandClient.so.6",
                "plugins/wayland-graphics-integration-client/libqt-plugin-wayland-egl.so",
            ],
        }
        c_runtime = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6"}
        seen = set(c_runtime)
        for part, names in files.items():
            content = b"".join((qt / name).read_bytes() for name in names)
            needed = {name.decode() for name in re.findall(rb"\0(lib[\w.+-]+\.so\.\d+)(?=\0)", content)}
            needed = {name for name in needed if not name.startswith("libQt6")} - seen
            seen |= needed
            assert needed == {library.name for library in libraries.LIBRARIES if library.part == part}

    def test_none_is_missing_off_linux(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setattr(libraries, "_loads", lambda name: False)
        assert system.missing_libraries() == []

    @linux
    def test_a_library_that_is_there_and_one_that_is_not(self) -> None:
        assert libraries._loads("libc.so.6")
        assert not libraries._loads("libnosuchthing.so.1")

    @pytest.mark.parametrize(
        ("variables", "parts"),
        [
            ({}, {"qt"}),
            ({"DISPLAY": ":0"}, {"qt", "xcb"}),
            ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, {"qt", "xcb", "wayland"}),
            ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, {"qt"}),
            ({"QT_QPA_PLATFORM": "xcb"}, {"qt", "xcb"}),
            ({"QT_QPA_PLATFORM": "wayland-egl"}, {"qt", "wayland"}),
        ],
    )
    def test_only_what_the_display_calls_for(
        self, bare: pytest.MonkeyPatch, variables: dict[str, str], parts: set[str]
    ) -> None:
        bare.setattr(libraries, "_loads", lambda name: False)
        for name, value in variables.items():
            bare.setenv(name, value)
        assert {library.part for library in system.missing_libraries()} == parts

    def test_the_names_that_package_managers_know(self) -> None:
        cursor = next(library for library in libraries.LIBRARIES if library.name == "libxcb-cursor.so.0")
        assert [cursor.package(manager) for manager in ("apt-get", "dnf", "zypper", "pacman")] == [
            "libxcb-cursor0",
            "libxcb-cursor.so.0()(64bit)",
            "libxcb-cursor.so.0()(64bit)",
            "xcb-util-cursor",
        ]


class TestFix:
    def test_nothing_to_do(self, bare: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        machine = Machine(bare, set(), ["apt-get"])
        assert system.fix() == 0
        assert machine.ran == []
        assert capfd.readouterr() == ("", "")

    def test_root_installs(self, bare: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        machine = Machine(bare, {"libEGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0"}, ["apt-get", "sudo"])
        assert system.fix() == 0
        assert machine.ran == [
            [*NO_PASSWORD, "apt-get", "update", "-q"],
            [
                *NO_PASSWORD,
                *("apt-get", "install", "-q", "-y", "--no-install-recommends", "libegl1", "libglib2.0-0"),
            ],
        ]
        assert capfd.readouterr().out == ""

    def test_sudo_without_a_password_installs(self, bare: pytest.MonkeyPatch) -> None:
        machine = Machine(bare, {"libEGL.so.1"}, ["pacman", "sudo"], user=1000)
        machine.mends = False
        assert system.fix() == 1
        assert machine.ran[0] == ["sudo", "-n", "true"]
        assert machine.ran[1] == ["sudo", "-n", *NO_PASSWORD, "pacman", "-S", "--needed", "--noconfirm", "libglvnd"]

    def test_a_user_with_a_password_is_told(self, bare: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        machine = Machine(bare, {"libEGL.so.1"}, ["dnf", "sudo"], user=1000)
        machine.sudo_status = 1
        assert system.fix() == 1
        assert machine.ran == [["sudo", "-n", "true"]]
        out, err = capfd.readouterr()
        assert out == ""
        assert err.splitlines()[-1] == "sudo dnf install -y 'libEGL.so.1()(64bit)'"

    def test_the_line_of_debian(self, bare: pytest.MonkeyPatch) -> None:
        Machine(bare, {"libEGL.so.1", "libGL.so.1"}, ["apt-get"], user=1000)
        assert system.install_line(system.missing_libraries()) == (
            "sudo apt-get update -q && sudo apt-get install -q -y --no-install-recommends libegl1 libgl1"
        )

    def test_an_unknown_system_is_told_the_libraries(
        self, bare: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        machine = Machine(bare, {"libEGL.so.1"}, [], user=1000)
        assert system.fix() == 1
        assert machine.ran == []
        assert capfd.readouterr().err.splitlines()[-1] == "install these libraries: libEGL.so.1"

    def test_what_keeps_a_window_from_opening_is_one_line(self, bare: pytest.MonkeyPatch) -> None:
        bare.setenv("DISPLAY", ":0")
        machine = Machine(bare, {"libxcb-cursor.so.0", "libEGL.so.1"}, ["apt-get"])
        line = system.lacking()
        assert line is not None
        assert "\n" not in line
        assert "libEGL.so.1, libxcb-cursor.so.0" in line
        assert line.endswith("install -q -y --no-install-recommends libegl1 libxcb-cursor0")
        machine.missing.clear()
        assert system.lacking() is None

    def test_one_display_of_two_is_enough(self, bare: pytest.MonkeyPatch) -> None:
        bare.setenv("DISPLAY", ":0")
        bare.setenv("WAYLAND_DISPLAY", "wayland-0")
        machine = Machine(bare, {"libxcb-cursor.so.0"}, [])
        assert system.fix() == 0
        machine.missing.add("libwayland-client.so.0")
        assert system.fix() == 1


class TestCommand:
    @pytest.mark.parametrize(("words", "status"), [(["display"], 1), (["fix"], 0), ([], 2), (["sing"], 2)])
    def test_exit_status(self, bare: pytest.MonkeyPatch, words: list[str], status: int) -> None:
        Machine(bare, set(), [])
        bare.setattr(sys, "argv", ["system", *words])
        assert command.main() == status


def starts_with(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let the doctor try this in place of Qt."""
    monkeypatch.setattr(doctor.programs, "inside", lambda _name: [sys.executable, "-c", script])


class TestPrograms:
    def test_a_checkout_runs_its_package_and_a_bundle_its_console(
        self, bare: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        assert programs.inside("qt") == [sys.executable, "-P", "-m", "ganstudio", "--inside", "qt"]
        (tmp_path / "ganstudio").touch()
        bare.setattr(sys, "frozen", True, raising=False)
        bare.setattr(sys, "executable", str(tmp_path / "GAN Studio"))
        assert programs.program("measure", "a") == [str(tmp_path / "ganstudio"), "measure", "a"]
        (tmp_path / "ganstudio").unlink()
        assert programs.program() == [str(tmp_path / "GAN Studio")]

    def test_an_inner_program_runs_from_another_folder(self, tmp_path: Path) -> None:
        environment = programs.surroundings() | {"QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            programs.inside("qt"), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "offscreen"), done.stderr


class TestDoctor:
    def test_this_machine(self, home: Path) -> None:
        found = system.report(home / "runs" / "deep")
        assert json.loads(json.dumps(found)) == found
        assert found["versions"]["ganstudio"] == "0.1.0"
        assert found["versions"]["torch"].startswith("2.")
        assert found["device"]["kind"] in {"cpu", "cuda", "mps"}
        assert 1 <= found["threads"]["usable"] <= found["threads"]["cores"]
        assert found["threads"]["OMP_NUM_THREADS"] == "1"
        assert found["qt"]["starts"], found["qt"]["error"]
        assert found["runs"]["writable"]
        assert not (home / "runs").exists()
        words = system.describe(found)
        assert "Everything is in order." in words
        assert f"{home / 'runs' / 'deep'} (writable" in words

    def test_a_machine_where_everything_is_wrong(self, bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("not a folder")
        bare.setattr(doctor, "PACKAGES", ("no-such-package",))
        bare.setitem(sys.modules, "torch", None)
        bare.setattr(doctor, "missing_libraries", lambda: [libraries.LIBRARIES[0]])
        starts_with(bare, "import no_such_module")
        bare.setattr(doctor, "LITTLE_DISK", 2**80)
        found = system.report(tmp_path / "file" / "runs")
        words = system.describe(found)
        assert "no-such-package missing" in words
        assert "torch does not load: " in words
        assert "does not start: ModuleNotFoundError: No module named 'no_such_module'" in words
        assert "missing: libEGL.so.1" in words
        assert "(not writable, " in words
        advice = words.split("What to do:\n")[1]
        for matter in ("pip install no-such-package", "libegl1", "writable", "Free some disk"):
            assert matter in advice

    @pytest.mark.parametrize(
        ("script", "error"),
        [
            (
                "import os, sys; sys.stderr.write('qt.qpa: no\\nAborted\\n'); sys.stderr.flush(); os._exit(134)",
                "qt.qpa: no",
            ),
            ("import os; os._exit(3)", "exit status 3"),
        ],
    )
    def test_qt_that_aborts(self, bare: pytest.MonkeyPatch, script: str, error: str) -> None:
        starts_with(bare, script)
        assert doctor._start_qt() == {"starts": False, "platform": None, "error": error}

    def test_qt_that_hangs(self, bare: pytest.MonkeyPatch) -> None:
        def hang(words: list[str], **_: object) -> None:
            raise subprocess.TimeoutExpired(words, 30)

        bare.setattr(doctor.subprocess, "run", hang)
        assert doctor._start_qt()["error"] == "no answer within 30 s"

    def test_a_bundle_lists_what_is_in_it(self, bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
        assert bundle.contents() is None
        bare.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
        found = bundle.contents()
        assert found is not None
        assert "contents.json can't be read" in found["damaged"]
        assert "damaged" in bundle.described(found)[0][1]
        (tmp_path / "licences").mkdir()
        listed = {"built": {"on": "today"}, "parts": [{"name": "thing", "version": "1.2", "licence": "MIT"}]}
        (tmp_path / "licences" / "contents.json").write_text(json.dumps(listed))
        found = bundle.contents()
        assert found is not None
        assert found["damaged"] is None
        assert [line for _, line in bundle.described(found)][1:] == ["thing 1.2", str(tmp_path / "licences")]

    def test_a_broken_bundle_is_to_be_unpacked_again(self) -> None:
        found = {
            "versions": {"torch": None},
            "device": {"error": "torch does not load: no"},
            "qt": {"missing": [], "starts": False},
            "bundle": {"place": "here"},
        }
        (advice,) = doctor._advice(found)
        assert advice.startswith("Unpack the archive again")

    @pytest.mark.parametrize(
        ("cuda", "mps", "kind"), [(True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")]
    )
    def test_the_device_that_auto_takes(self, bare: pytest.MonkeyPatch, cuda: bool, mps: bool, kind: str) -> None:
        torch = pytest.importorskip("torch")
        bare.setattr(torch.cuda, "is_available", lambda: cuda)
        bare.setattr(torch.cuda, "get_device_name", lambda: "A card")
        bare.setattr(torch.backends.mps, "is_available", lambda: mps)
        found = doctor._device()
        assert found["kind"] == kind
        assert found["name"].startswith(f"{kind}: ")

    def test_advice_for_broken_installs(self) -> None:
        found = {
            "versions": {"torch": "2.13.0"},
            "device": {"error": "torch does not load: no"},
            "qt": {"missing": [], "starts": False},
        }
        torch, qt = doctor._advice(found)
        assert "--force-reinstall torch" in torch
        assert "--force-reinstall PySide6-Essentials" in qt


def test_what_an_extra_brings_is_asked_for_where_it_can_be_had(monkeypatch) -> None:
    assert programs.lacking("export") == "not installed: pip install 'ganstudio[export]'"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    told = "not in this bundle: install GAN Studio for Python, pip install 'ganstudio[export]'"
    assert programs.lacking("export") == told
