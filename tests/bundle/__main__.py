"""``python -m tests.bundle``: build the bundle, pack it and use what was packed. ``... changed``: is it to be built?"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

from ganstudio import __version__
from tests.benchmarks.figures import remark, report
from tests.bundle import changes, sbom, smoke
from tests.bundle.screen import Screen

ROOT = Path(__file__).resolve().parents[2]
DIST, WORK = ROOT / "dist", ROOT / "build" / "bundle"
MIB = 2**20
NOT_SO = 3
# Those of torch are a quarter symbols. Others are left as they came: some wheels' libraries do not survive it.
STRIPPED = ("torch/lib/*.so*", "libpython*")


def main(words: list[str]) -> int:
    """Exit status: 0 done and all figures reached, 1 the bundle is broken, 3 it works and a figure is short.

    Of ``changed``: 0 it is to be built, 3 nothing has changed.
    """
    if words[:1] == ["changed"]:
        why = changes.reason(ROOT)
        sys.stdout.write(f"{why or 'nothing that the bundle depends on has changed'}\n")
        return 0 if why else NOT_SO
    begun = time.perf_counter()
    folder = build()
    reached = tell_sizes(folder, archive := pack(folder))
    try:
        reached &= use(archive)
    except smoke.BrokenError as error:
        sys.stderr.write(f"The bundle is broken: {error}\n")
        return 1
    reached &= report("bundle_seconds", time.perf_counter() - begun, "s", "<=", 720)
    return 0 if reached else NOT_SO


def build() -> Path:
    """Run PyInstaller, and make what it built smaller."""
    shutil.rmtree(WORK, ignore_errors=True)  # what PyInstaller finds there it may take for new, by its times alone
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(WORK / "made"), "--workpath", str(WORK / "work")]
    subprocess.run([*command, *places, str(ROOT / "ganstudio.spec")], cwd=ROOT, check=True)
    folder = WORK / "made" / ("GAN Studio.app" if sys.platform == "darwin" else "GAN Studio")
    if sys.platform == "linux":
        inside = folder / "_internal"
        files = [str(path) for pattern in STRIPPED for path in inside.glob(pattern) if not path.is_symlink()]
        subprocess.run(["strip", "--strip-unneeded", *files], check=True)
        for name in ("ganstudio.desktop", "ganstudio.metainfo.xml", "add-to-menu.sh"):
            shutil.copy(ROOT / "resources" / "linux" / name, folder / name)
        shutil.copyfile(ROOT / "resources" / "icons" / "app.svg", folder / "ganstudio.svg")
    return folder


def pack(folder: Path) -> Path:
    """The folder as one archive in dist/: tar.xz on Linux, zip elsewhere."""
    import platform

    DIST.mkdir(exist_ok=True)
    stem = f"GAN-Studio-{__version__}-{sys.platform}-{platform.machine().lower()}"
    begun = time.perf_counter()
    if sys.platform == "linux":
        archive = DIST / f"{stem}.tar.xz"
        with archive.open("wb") as file:
            tar = subprocess.Popen(["tar", "-C", folder.parent, "-c", folder.name], stdout=subprocess.PIPE)
            subprocess.run(["xz", "-T2", "-6", "-c"], stdin=tar.stdout, stdout=file, check=True)
            if tar.wait():
                raise subprocess.CalledProcessError(tar.returncode, "tar")
    elif sys.platform == "darwin":  # keeps links and rights, which a bundle has
        archive = DIST / f"{stem}.zip"
        subprocess.run(["ditto", "-c", "-k", "--keepParent", folder, archive], check=True)
    else:
        archive = Path(shutil.make_archive(str(DIST / stem), "zip", folder.parent, folder.name))
    remark(f"packed into {archive} in {time.perf_counter() - begun:.0f} s")
    shutil.copyfile(WORK / "work" / "ganstudio" / "licences" / sbom.NAME, archive.with_name(f"{stem}.{sbom.NAME}"))
    checksums(DIST, stem)
    return archive


def checksums(folder: Path, stem: str) -> Path:
    """Write the SHA-256 of each of a bundle's files beside them, as ``sha256sum --check`` reads it."""
    place = folder / f"{stem}.sha256"
    lines = []
    for path in sorted(path for path in folder.glob(f"{stem}.*") if path != place):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    place.write_text("".join(lines), encoding="utf-8", newline="\n")
    return place


def tell_sizes(folder: Path, archive: Path) -> bool:
    """Print the figures of size, and the largest files."""
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
    for path, size in sorted(sizes.items(), key=lambda item: -item[1])[:10]:
        remark(f"{size / MIB:6.1f} MiB  {path.relative_to(folder).as_posix()}")
    reached = report("bundle_unpacked", sum(sizes.values()) / MIB, "MiB", "<=", 780)
    return reached & report("bundle_archive", archive.stat().st_size / MIB, "MiB", "<=", 240)


def use(archive: Path) -> bool:
    """Unpack the archive into a folder of a strange name and use it. Raises BrokenError."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary).resolve() / smoke.PLACE
        place.mkdir()
        if archive.suffix == ".xz":
            with tarfile.open(archive) as packed:
                packed.extractall(place, filter="tar")
        elif sys.platform == "darwin":
            subprocess.run(["ditto", "-x", "-k", archive, place], check=True)
        else:
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(place)
        folder = place / "GAN Studio"
        if sys.platform == "darwin":
            folder = place / "GAN Studio.app" / "Contents" / "MacOS"
        ending = ".exe" if os.name == "nt" else ""
        smoke.command_line(folder / f"ganstudio{ending}", smoke.Home(place))
        if sys.platform != "linux":
            remark("the window is tried on Linux only: here the command line was")
            return True
        with Screen() as screen:
            home = smoke.Home(place, screen.display)
            painted, stepped = smoke.use(folder / "GAN Studio", home, screen, folder / "_internal" / "resources")
    reached = report("bundle_first_paint", painted, "s", "<=", 2.0)
    return reached & report("bundle_first_step", stepped, "s", "<=", 6.0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
