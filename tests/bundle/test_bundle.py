"""What goes around the bundle's build: its parts and licences, what is left out, when CI builds it, desktop files."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement

from tests.bundle import changes, locking, parts, pruning, sbom
from tests.bundle.__main__ import checksums

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


def test_what_an_extra_brings_is_either_in_the_bundle_or_left_out_of_it() -> None:
    """The program imports extras by name where they are there, so that PyInstaller finds them, and what they need."""
    carried = parts.needed()
    assert "python-osc" in carried
    others = {
        name: each
        for name, each in parts.needed(extras=("export", "formats")).items()
        if name not in carried and not name.startswith("cuda")
    }
    assert {"onnx", "ml-dtypes", "h5py"} <= set(others)
    for name, each in others.items():
        files = [file for file in each.files or [] if file.suffix in {".py", ".so", ".pyd"}]
        modules = {file.parts[0].partition(".")[0] for file in files}
        assert {module for module in modules if module} <= set(pruning.MODULES), name


@builders_own
def test_a_stranger_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(parts.UnknownPartError, match=r"pytest.*belongs to nothing"):
        parts.collect([str(pytest.__file__)], tmp_path / "licences")


@builders_own
def test_a_stranger_is_told_from_our_own_files_where_packages_lie_in_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "ROOT", tmp_path)
    inside = tmp_path / ".venv" / "site-packages"
    monkeypatch.setattr(parts, "package_folders", lambda _: [inside])
    for path in (inside / "stranger" / "part.py", inside / "PyInstaller" / "loader.py", tmp_path / "ours.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "LICENSE").touch()
    parts.collect([str(inside / "PyInstaller" / "loader.py"), str(tmp_path / "ours.py")], tmp_path / "licences")
    with pytest.raises(parts.UnknownPartError, match=r"stranger.part\.py .*belongs to nothing"):
        parts.collect([str(inside / "stranger" / "part.py")], tmp_path / "licences")


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


def test_the_bill_of_materials_names_every_part(tmp_path: Path) -> None:
    from cyclonedx.model.bom import Bom

    inside = [
        parts.Part(kind="other", name="Python", version="3.11.9", licence="PSF-2.0"),
        parts.Part(kind="distribution", name="PySide6_Essentials", version="6.11.3", licence="LGPL-3.0-only"),
        parts.Part(kind="system", name="libxcb-cursor0", version="0.1.4-1", licence="see its text"),
        parts.Part(kind="distribution", name="ganstudio", version="1", licence="MIT"),
    ]
    sbom.write(inside, tmp_path / sbom.NAME)
    told = json.loads((tmp_path / sbom.NAME).read_text(encoding="utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["component"]["name"] == "GAN Studio"
    found = {each["name"]: each for each in told["components"]}
    assert found.keys() == {"Python", "PySide6_Essentials", "libxcb-cursor0"}
    assert found["PySide6_Essentials"]["purl"] == "pkg:pypi/pyside6-essentials@6.11.3"
    assert found["Python"]["purl"] == "pkg:generic/Python@3.11.9"
    assert found["libxcb-cursor0"]["purl"].startswith("pkg:deb/")
    assert found["Python"]["licenses"] == [{"license": {"id": "PSF-2.0"}}]
    assert len(Bom.from_json(told).components) == 3  # type: ignore[attr-defined]


def test_checksums_are_what_sha256sum_reads(tmp_path: Path) -> None:
    (tmp_path / "bundle.tar.xz").write_bytes(b"abc")
    (tmp_path / "bundle.sbom.cdx.json").write_bytes(b"")
    (tmp_path / "another.tar.xz").write_bytes(b"x")
    place = checksums(tmp_path, "bundle")
    assert checksums(tmp_path, "bundle") == place  # written anew, and not of itself
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert place.read_bytes().decode() == f"{nothing}  bundle.sbom.cdx.json\n{abc}  bundle.tar.xz\n"


def test_the_lock_has_all_that_a_bundle_needs() -> None:
    """Where this fails, pyproject.toml has changed since: `make lock`."""
    locked: dict[str, list[str]] = {}
    pieces = locking.LOCK.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    for line in (line for line in pieces if "==" in line and not line.startswith("#")):
        requirement = Requirement(line.partition(" --hash")[0])
        assert line.count("--hash=sha256:") >= 1, line
        if requirement.marker is None or requirement.marker.evaluate():
            (version,) = requirement.specifier
            locked.setdefault(parts.plain(requirement.name), []).append(version.version)
    assert all(len(versions) == 1 for versions in locked.values())
    wanted = [Requirement(text) for text in locking.asked()]
    assert {"matplotlib", "miniaudio", "pyinstaller", "hatchling", "sympy"} <= {each.name for each in wanted}
    for each in wanted:
        if each.marker is None or each.marker.evaluate():
            assert each.specifier.contains(locked[parts.plain(each.name)][0]), each
    assert "torch" not in locked


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


def commit(folder: Path, day: int) -> None:
    """Everything that lies there, on that day."""
    dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"2026-01-{day:02}T12:00:00Z")
    for words in (["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-m", "step"]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env=os.environ | dates)


def test_ci_builds_when_something_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(changes.BASE, raising=False)
    assert "no history" in (changes.reason(tmp_path) or "")
    subprocess.run(["git", "init", "-b", "main"], cwd=tmp_path, check=True, capture_output=True)
    code = tmp_path / "ganstudio" / "a.py"
    code.parent.mkdir()
    for day, content, because in [
        (1, "import os\n", "no history"),
        (3, "import os\nx = 1\n", None),
        (5, "import os\nimport torch.fft\nx = 1\n", "an import has changed: import torch.fft"),
        (5, "import os\nimport torch.fft\nx = 2\n", "an import has changed: import torch.fft"),
        (7, "import os\nimport torch.fft\nx = 3\n", None),
    ]:
        code.write_text(content)
        commit(tmp_path, day)
        found = changes.reason(tmp_path)
        assert found == because if because is None else because in (found or "")
    (tmp_path / "ganstudio.spec").write_text("1")
    commit(tmp_path, 9)
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


@pytest.mark.skipif(sys.platform != "linux", reason="a menu as Linux has it")
def test_the_bundle_is_put_into_the_menu_and_taken_out(tmp_path: Path) -> None:
    folder = tmp_path / '100 % "GAN" $tudio\\生成'
    folder.mkdir()
    for source in (LINUX / "ganstudio.desktop", LINUX / "add-to-menu.sh"):
        shutil.copy(source, folder)
    (folder / "ganstudio.svg").write_text("<svg/>")
    command = [folder / "add-to-menu.sh"]
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *words], env=environment, capture_output=True, text=True, check=False)

    missing = run()
    assert missing.returncode == 1
    assert "GAN Studio is not there" in missing.stderr
    program = folder / "GAN Studio"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert run().returncode == 0
    entry = tmp_path / ".local/share/applications/ganstudio.desktop"
    lines = entry.read_text(encoding="utf-8").splitlines()
    plain = str(program).replace("\\", "\\\\")
    assert f"TryExec={plain}" in lines
    escaped = str(program).replace("\\", "\\" * 4).replace('"', '\\\\"').replace("$", "\\\\$").replace("%", "%%")
    assert f'Exec="{escaped}" open %f' in lines
    if validator := shutil.which("desktop-file-validate"):
        subprocess.run([validator, entry], check=True)
    assert run("--remove").returncode == 0
    assert not [path for path in (tmp_path / ".local").rglob("*") if path.is_file()]
    assert run("--renove").returncode == 2


def test_a_desktop_may_leave_the_file_out() -> None:
    from ganstudio.cli._main import _parser

    assert _parser().parse_args(["open"]).path is None
    assert sys.modules["ganstudio.cli._main"]
