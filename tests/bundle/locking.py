"""``make lock``: write lock.txt: every package that a bundle is made of, in one version, with its files' hashes.

torch stands aside. Its wheel for processors alone comes from an index of its own, with other files than PyPI's, so
that it is installed first, by its exact version; what it needs in turn is in the lock.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCK = Path(__file__).with_name("lock.txt")
ASIDE = "torch"
EDITABLE = "editables"
"""hatchling asks for it only when the checkout itself is installed, and no metadata names it."""
_HEAD = f"""\
# Every package that a bundle is made of but {ASIDE}, for all systems, written by `make lock`; install it with
#   pip install torch==2.13.0 && pip install --require-hashes -r tests/bundle/lock.txt
"""


def asked() -> list[str]:
    """What is to be locked: the needs of the program, of its bundle, of its build and of torch, a requirement each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["bundle"],
        *project["build-system"]["requires"],
        EDITABLE,
    ]
    wanted = [each for each in map(Requirement, own) if each.name != ASIDE]
    # torch's wheels for graphics cards name libraries of CUDA, which no bundle has, each for some machines.
    theirs = [
        each
        for each in map(Requirement, metadata.requires(ASIDE) or [])
        if not each.name.startswith(("nvidia-", "cuda-")) and "platform_machine" not in str(each.marker)
    ]
    plain = [each for each in (*wanted, *theirs) if "extra" not in str(each.marker)]
    return sorted({str(each) for each in plain}, key=str.lower)


def main() -> int:
    """Ask PyPI, through uv, which resolves for all systems at once; exit status 0, or uv's."""
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--quiet"]
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, "-"]
    done = subprocess.run(command, input="\n".join(asked()), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        return done.returncode
    lines = [line for line in done.stdout.splitlines() if not line.lstrip().startswith("#")]
    LOCK.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
