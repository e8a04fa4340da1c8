"""What is in a bundle, part by part, and under which licence; every file must belong to a known part."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests.bundle import sbom

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = ("osc",)
"""What a bundle brings though one has to ask for it elsewhere."""
_LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors|copyright)", re.IGNORECASE)
_BUILDERS_OWN = ("PyInstaller", "_pyinstaller_hooks_contrib")
_QT = """\
Qt and PySide6 are used under the GNU Lesser General Public License, version 3, whose text is in this folder together
with that of the GNU General Public License, version 3, which it refers to. They come unchanged from the wheels
PySide6-Essentials {version} and shiboken6 {version} of the Python Package Index. Their source code is published at
https://download.qt.io/official_releases/QtForPython/ and https://download.qt.io/official_releases/qt/.

You may exchange them: they lie as shared libraries in the folders PySide6 and shiboken6, and nothing is linked with
them statically. Put other builds of the same major version of Qt 6 and PySide6 under the same names in their place, and
GAN Studio starts with those. GAN Studio itself is under the MIT licence, which allows that you change it and take
it apart to find errors in such changes.
"""


class UnknownPartError(Exception):
    """Something got into the bundle of which it is not known what it is, or under which licence."""


@dataclass(kw_only=True)
class Part:
    """A distribution, a system's package or Python itself (kind "other"). texts: the licence's files."""

    kind: Literal["distribution", "system", "other"]
    name: str
    version: str | None
    licence: str
    texts: list[Path] = field(default_factory=list)


def needed(distribution: str = "ganstudio", extras: Sequence[str] = EXTRAS) -> dict[str, metadata.Distribution]:
    """The distributions that one and its extras need on this system, itself included, by their names in lower case."""
    from packaging.requirements import Requirement

    found: dict[str, metadata.Distribution] = {}
    asked = [distribution]
    wanted = [{"extra": ""}, *({"extra": extra} for extra in extras)]
    while asked:
        name = plain(asked.pop())
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        requirements = [Requirement(text) for text in found[name].requires or []]
        asked += [each.name for each in requirements if each.marker is None or any(map(each.marker.evaluate, wanted))]
        wanted = wanted[:1]  # extras are the first one's alone
    return found


def of_distribution(distribution: metadata.Distribution) -> Part:
    """The part that a distribution is. Raises UnknownPartError where its licence is not told."""
    told, name = distribution.metadata, distribution.metadata["Name"]
    classifiers = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License")
    ]
    # What stands under License may be its whole text.
    stated = [line for line in [(told["License"] or "").strip()] if len(line) < 60 and "\n" not in line]
    licence = told["License-Expression"] or ", ".join(classifiers) or "".join(stated)
    texts = [
        Path(str(distribution.locate_file(file)))
        for file in distribution.files or []
        if _LICENCE.search(file.name) and file.suffix not in {".py", ".pyc", ".so", ".html"}
    ]
    if name == "ganstudio":
        texts = [ROOT / "LICENSE"]
    texts = [path for path in dict.fromkeys(texts) if path.is_file()]
    if not licence and not texts:
        raise UnknownPartError(f"{name}: neither its metadata nor its files tell its licence")
    return Part(
        kind="distribution", name=name, version=distribution.version, licence=licence or "see its text", texts=texts
    )


def of_system(libraries: Iterable[Path]) -> list[Part]:
    """The packages of the system that libraries come from. Raises UnknownPartError where one can't be told."""
    found: dict[str, Part] = {}
    for library in libraries:
        package = _package(library)
        notice = Path("/usr/share/doc") / package / "copyright"
        if not notice.is_file():
            raise UnknownPartError(f"{library} of the package {package}: no {notice}")
        licences = re.findall(r"^License: *(\S.*)$", notice.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
        told = ", ".join(sorted(set(licences))) or "see its text"
        found[package] = Part(kind="system", name=package, version=_version(package), licence=told, texts=[notice])
    return list(found.values())


def python() -> Part:
    """Python itself."""
    places = [Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt"]
    places.append(Path(f"/usr/share/doc/python{sys.version_info[0]}.{sys.version_info[1]}/copyright"))
    texts = [path for path in places if path.is_file()][:1]
    if not texts:
        raise UnknownPartError(f"Python: its licence is in none of {', '.join(map(str, places))}")
    return Part(kind="other", name="Python", version=platform.python_version(), licence="PSF-2.0", texts=texts)


def bootloader() -> Part:
    """What starts the bundle: PyInstaller's own, under the GPL with an exception for what it starts."""
    part = of_distribution(metadata.distribution("pyinstaller"))
    part.licence = "GPL-2.0-or-later with the exception for bundles: only its bootloader and start hooks are inside"
    return part


def collect(sources: Iterable[str], folder: Path) -> list[Part]:
    """Find the part of every file in a bundle, and write their licences and a list of them into a folder.

    Raises UnknownPartError.
    """
    distributions = needed()
    owners = {
        str(Path(str(each.locate_file(file))).resolve()): name
        for name, each in distributions.items()
        for file in each.files or []
    }
    system, strangers, used = set[Path](), [], {"ganstudio"}
    prefixes = tuple(str(Path(place).resolve()) for place in (sys.base_prefix, sysconfig.get_path("stdlib")))
    places = package_folders(distributions.values())
    for source in sources:
        path = Path(source).resolve()
        if owner := owners.get(str(path)):
            used.add(owner)
        elif place := next((place for place in places if place in path.parents), None):
            # Before our own files: a virtual environment may well lie inside the checkout.
            if path.relative_to(place).parts[0] not in _BUILDERS_OWN:
                strangers.append(source)
        elif ROOT in path.parents:
            continue
        elif str(path).startswith(("/lib", "/usr/lib")) and not str(path).startswith(prefixes[1]):
            system.add(path)
    if strangers:
        raise UnknownPartError(
            f"{strangers[0]} (and {len(strangers) - 1} more) got into the bundle, but belongs to nothing that "
            "ganstudio depends on; leave its module out in tests/bundle/pruning.py"
        )
    parts = [
        python(),
        bootloader(),
        *(of_distribution(distributions[name]) for name in used),
        *of_system(sorted(system)),
    ]
    parts.sort(key=lambda part: part.name.lower())
    _write(parts, folder)
    return parts


def package_folders(distributions: Iterable[metadata.Distribution]) -> list[Path]:
    """Where packages are installed: this interpreter's folder, and those that the distributions at hand lie in."""
    places = {Path(sysconfig.get_path("purelib")), *(Path(str(each.locate_file(""))) for each in distributions)}
    return sorted({place.resolve() for place in places} - {ROOT})


def _write(parts: list[Part], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in parts:
        place = folder / part.name
        place.mkdir(exist_ok=True)
        for number, text in enumerate(part.texts):
            shutil.copyfile(text, place / (f"{number}-{text.name}" if number else text.name))
        if plain(part.name) in {"pyside6-essentials", "shiboken6"}:
            (place / "Exchanging Qt.txt").write_text(_QT.format(version=part.version), encoding="utf-8")
            for name in ("LGPL-3.0.txt", "GPL-3.0.txt"):
                shutil.copyfile(Path(__file__).parent / "texts" / name, place / name)
    built = {
        "PyInstaller": metadata.version("pyinstaller"),
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "for": platform.machine(),
    }
    listed = [{"name": part.name, "version": part.version, "licence": part.licence} for part in parts]
    (folder / "contents.json").write_text(json.dumps({"built": built, "parts": listed}, indent=1), encoding="utf-8")
    sbom.write(parts, folder / sbom.NAME)
    head = "What GAN Studio's bundle is made of; the licences are in the folders of these names.\n"
    lines = [head, *(f"{part.name} {part.version or ''}: {part.licence}" for part in parts), ""]
    (folder / "Read me.txt").write_text("\n".join(lines), encoding="utf-8")


def _package(library: Path) -> str:
    """Debian's package of a library; where /usr is merged it may be known by its older place."""
    for place in (library, Path(str(library).removeprefix("/usr"))):
        done = subprocess.run(["dpkg", "-S", str(place)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    raise UnknownPartError(f"{library} belongs to no package of this system")


def _version(package: str) -> str:
    command = ["dpkg-query", "-W", "-f", "${Version}\n", package]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def plain(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
