"""What goes around the bundle's build: its parts and licences, what is left out, when CI builds it, desktop files."""

from __future__ import annotations

import configparser
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.bundle import changes, parts, pruning

if TYPE_CHECKING:
    from pathlib import Path

LINUX = parts.ROOT / "resources" / "linux"

# Licences are collected of PyInstaller's own part, too, which only the extra "bundle" brings.
builders_own = pytest.mark.skipif(
    not any(each.name.lower() == "pyinstaller" for each in metadata.distributions()), reason="no PyInstaller"
)


def test_every_distribution_that_is_needed_tells_its_licence() -> None:
    found = parts.needed()
    assert {"ganstudio", "torch", "numpy", "pyside6-essentials", "shiboken6", "sympy"} <= set(found)
    assert not {"pytest", "scipy", "ruff"} & set(found)
    for distribution in found.values():
        part = parts.of_distribution(distribution)
        assert part.licence
        assert len(part.licence) < 300
        assert all(text.is_file() for text in part.texts)


@builders_own
def test_a_stranger_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(parts.UnknownPartError, match=r"pytest.*belongs to nothing"):
        parts.collect([str(pytest.__file__)], tmp_path / "licences")


@builders_own
def test_qt_comes_with_its_terms(tmp_path: Path) -> None:
    import PySide6

    parts.collect([PySide6.__file__], tmp_path)
    folder = tmp_path / "PySide6_Essentials"
    assert "exchange them" in (folder / "Exchanging Qt.txt").read_text()
    assert "LESSER GENERAL PUBLIC LICENSE" in (folder / "LGPL-3.0.txt").read_text()
    listed = (tmp_path / "Read me.txt").read_text(encoding="utf-8").splitlines()
    assert len([line for line in listed if line.startswith("PySide6_Essentials 6.")]) == 1
    assert len([line for line in listed if line.startswith("What GAN Studio's bundle")]) == 1


@pytest.mark.parametrize(
    ("name", "source", "out"),
    [
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "/venv/x", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/venv/x", False),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", "/venv/x", False),
        ("PySide6/Qt/lib/libQt6Network.so.6", "/venv/x", True),
        ("PySide6/Qt/lib/libQt6Gui.so.6", "/venv/x", False),
        ("libX11.so.6", "/lib/x86_64-linux-gnu/libX11.so.6", True),
        ("libxcb-cursor.so.0", "/lib/x86_64-linux-gnu/libxcb-cursor.so.0", False),
        ("torch/lib/libtorch_cpu.so", "/venv/x", False),
    ],
)
def test_what_is_left_out(name: str, source: str, out: bool) -> None:
    assert pruning.is_left_out(name, source) is out


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], cwd=folder, check=True, capture_output=True
    )


def test_ci_builds_when_something_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(changes.BASE, raising=False)
    assert "no history" in (changes.reason(tmp_path) or "")
    git(tmp_path, "init", "-b", "main")
    code = tmp_path / "ganstudio" / "a.py"
    code.parent.mkdir()
    for content, because in [
        ("import os\n", "no history"),
        ("import os\nx = 1\n", None),
        ("import os\nimport torch.fft\nx = 1\n", "an import has changed: import torch.fft"),
    ]:
        code.write_text(content)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-m", "step")
        found = changes.reason(tmp_path)
        assert found == because if because is None else because in (found or "")
    (tmp_path / "ganstudio.spec").write_text("1")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-m", "spec")
    assert changes.reason(tmp_path) == "ganstudio.spec has changed"


def test_the_desktop_knows_the_program() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(LINUX / "ganstudio.desktop", encoding="utf-8")
    told = entry["Desktop Entry"]
    component = ElementTree.parse(LINUX / "ganstudio.metainfo.xml").getroot()
    assert component.findtext("launchable") == component.findtext("id") == "ganstudio.desktop"
    assert told["Name"] == component.findtext("name") == "GAN Studio"
    assert told["Icon"] == component.findtext("icon") == "ganstudio"
    assert told["Exec"].split()[0] in [each.text for each in component.iter("binary")]
    assert (parts.ROOT / "resources" / "icons" / "app.svg").is_file()


def test_a_desktop_may_leave_the_file_out() -> None:
    from ganstudio.cli._main import _parser

    assert _parser().parse_args(["open"]).path is None
    assert sys.modules["ganstudio.cli._main"]
