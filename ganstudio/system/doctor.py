"""What ``ganstudio doctor`` says: the state of the machine as plain values, and the same in words."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio import __version__
from ganstudio.system import bundle, programs
from ganstudio.system.display import display_available
from ganstudio.system.libraries import install_line, missing_libraries
from ganstudio.system.logs import log_file
from ganstudio.system.plugins import add_plugins
from ganstudio.system.processor import cores

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = ("torch", "numpy", "PySide6-Essentials", "pyqtgraph", "pydantic", "pillow", "matplotlib", "safetensors")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "MKL_NUM_THREADS", "KMP_BLOCKTIME")
DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
LITTLE_DISK = 2**30  # bytes; below this the runs of an afternoon may not fit


def report(runs: Path | None = None) -> dict[str, Any]:
    """The machine's state as values that JSON can hold; ``runs`` is the folder that runs are kept in.

    Imports torch and starts Qt in a process of its own, as only a trial tells whether they work: seconds, not instants.
    ``advice`` lists what to do about each thing that is wrong, and is empty when nothing is.
    """
    found: dict[str, Any] = {
        "versions": versions(),
        "bundle": bundle.contents(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "device": _device(),
        "threads": _threads(),
        "display": {"available": display_available(), **_variables(DISPLAY_VARIABLES)},
        "qt": _qt(),
        "log": str(log_file()),
    }
    if runs is not None:
        found["runs"] = _folder(runs)
    found["advice"] = _advice(found)
    return found


def describe(report: dict[str, Any], more: Sequence[tuple[str, str]] = ()) -> str:
    """The report in words, a line a matter, what to do last; ``more``: further matters, a label and a text each."""
    versions = dict(report["versions"])
    device, threads, display, qt = report["device"], report["threads"], report["display"], report["qt"]
    rows = [
        ("GAN Studio", versions.pop("ganstudio")),
        ("Python", versions.pop("python")),
        ("System", report["system"]),
        ("Packages", ", ".join(f"{name} {version or 'missing'}" for name, version in versions.items())),
        ("Device", device["error"] or f"{device['name']} (torch loads in {device['torch_seconds']:.1f} s)"),
        ("Cores", f"{threads['usable']} usable of {threads['cores']}"),
        ("Threads", _settings({"torch": threads["torch"], **{name: threads[name] for name in THREAD_VARIABLES}})),
        ("Display", "found" if display["available"] else "none: runs train without a window"),
        ("", _settings({name: display[name] for name in DISPLAY_VARIABLES})),
        ("Qt", f"starts on {qt['platform']}" if qt["starts"] else f"does not start: {qt['error']}"),
        ("Qt libraries", "complete" if not qt["missing"] else "missing: " + ", ".join(qt["missing"])),
    ]
    if runs := report.get("runs"):
        state = "writable" if runs["writable"] else "not writable"
        rows.append(("Runs", f"{runs['path']} ({state}, {runs['free_bytes'] / 2**30:.1f} GiB free)"))
    rows.append(("Log", f"{report['log']}{'' if Path(report['log']).exists() else ' (nothing went wrong so far)'}"))
    if report.get("bundle"):
        rows.extend(bundle.described(report["bundle"]))
    lines = [f"{label:<13}{text}" for label, text in (*rows, *more)]
    advice = [f"- {line}" for line in report["advice"]]
    return "\n".join([*lines, "", *(["What to do:", *advice] if advice else ["Everything is in order."])])


def versions() -> dict[str, str | None]:
    """Versions of the program, of Python and of what it stands on; None: not installed."""
    from importlib import metadata  # slow to load, and the window passes by this module on its way

    found: dict[str, str | None] = {"ganstudio": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def _device() -> dict[str, Any]:
    """The first of cuda, mps and cpu that is there, as ``auto`` takes it. torch by name: this module is free of it."""
    begun = time.perf_counter()
    try:
        torch = importlib.import_module("torch")
    except (ImportError, OSError) as error:  # OSError: one of its shared libraries does not load
        return {"kind": None, "name": None, "error": f"torch does not load: {error}", "torch_seconds": None}
    seconds = round(time.perf_counter() - begun, 3)
    if torch.cuda.is_available():
        kind, name = "cuda", f"cuda: {torch.cuda.get_device_name()}"
    elif torch.backends.mps.is_available():
        kind, name = "mps", "mps: Apple's graphics processor"
    else:
        kind, name = "cpu", "cpu: no graphics processor that torch can use"
    return {"kind": kind, "name": name, "error": None, "torch_seconds": seconds}


def _threads() -> dict[str, Any]:
    torch = sys.modules.get("torch")
    return {
        "cores": os.cpu_count() or 1,
        "usable": cores(),
        "torch": torch.get_num_threads() if torch else None,
        **_variables(THREAD_VARIABLES),
    }


def _qt() -> dict[str, Any]:
    missing = missing_libraries()
    found = {"missing": [library.name for library in missing], "install": install_line(missing) if missing else None}
    return found | _start_qt()


def _start_qt() -> dict[str, Any]:
    environment = programs.surroundings()
    if not display_available():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    try:
        tried = subprocess.run(
            programs.inside("qt"),
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            creationflags=programs.WITHOUT_CONSOLE,
        )
    except subprocess.TimeoutExpired:
        return {"starts": False, "platform": None, "error": "no answer within 30 s"}
    if tried.returncode == 0:
        return {"starts": True, "platform": tried.stdout, "error": None}
    said = [line for line in tried.stderr.splitlines() if line.strip()] or [f"exit status {tried.returncode}"]
    # Python's last line names the cause; where Qt aborts, its first does.
    return {"starts": False, "platform": None, "error": said[-1] if tried.returncode == 1 else said[0]}


def start_qt() -> None:
    """Start Qt and say on which platform; by itself in a process, as Qt aborts the program where it can't start."""
    add_plugins()
    gui = importlib.import_module("PySide6.QtGui")  # by name: this module is free of it
    sys.stdout.write(gui.QGuiApplication([]).platformName())


def _folder(runs: Path) -> dict[str, Any]:
    """Whether a run could be written there: by trying, in the nearest folder that exists, as rights alone mislead."""
    place = runs.expanduser().absolute()
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            writable = True
    except OSError:
        writable = False
    return {"path": str(runs), "writable": writable, "free_bytes": shutil.disk_usage(place).free}


def _advice(found: dict[str, Any]) -> list[str]:
    qt, runs = found["qt"], found.get("runs")
    absent = [name for name, version in found["versions"].items() if version is None]
    advice = []
    broken = bool(absent or found["device"]["error"] or not (qt["starts"] or qt["missing"]))
    if found.get("bundle"):
        if broken or found["bundle"].get("damaged"):
            advice.append("Unpack the archive again, all of it: something of the bundle is missing or damaged.")
    elif absent:
        advice.append(f"Install the packages that are missing: python -m pip install {' '.join(absent)}")
    elif found["device"]["error"]:
        advice.append("Install torch again: python -m pip install --force-reinstall torch")
    if qt["missing"]:
        advice.append(f"Install Qt's system libraries (or run ganstudio doctor --fix): {qt['install']}")
    elif not (qt["starts"] or absent or found.get("bundle")):
        advice.append("Install Qt again: python -m pip install --force-reinstall PySide6-Essentials")
    if runs and not runs["writable"]:
        advice.append(f"Make {runs['path']} writable, or choose another folder with GANSTUDIO_HOME or --out.")
    if runs and runs["free_bytes"] < LITTLE_DISK:
        advice.append(f"Free some disk: less than 1 GiB is left for {runs['path']}.")
    return advice


def _variables(names: tuple[str, ...]) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in names}


def _settings(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {'unset' if value is None else value}" for name, value in values.items())
