"""The program's start: environment variables first, then the verb. Nothing heavy is imported here."""

from __future__ import annotations

import multiprocessing
import os
import sys
from importlib import import_module

# OpenMP's threads by default spin while they wait, and take the cores from the window: a small GAN beside a window then
# falls to a fiftieth of its speed. They are read when torch and numpy load, so they are set before.
_ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}

# What runs in a process of its own, by the name that follows ``--inside``: the function takes the words after it.
_INSIDE = {
    "decoding": ("ganstudio.system.decoding", "serve"),
    "foreign": ("ganstudio.data.files.foreign", "serve"),
    "qt": ("ganstudio.system.doctor", "start_qt"),
}


def main(argv: list[str] | None = None) -> int:
    """Run the command line, or open the window when there is none; the exit status."""
    multiprocessing.freeze_support()  # first: in a bundle the processes of multiprocessing come in here, and stay
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["--inside"] and (named := _INSIDE.get("".join(words[1:2]))):
        module, function = named
        getattr(import_module(module), function)(*words[2:])
        return 0
    from ganstudio import cli

    return cli.main(words)


if __name__ == "__main__":
    sys.exit(main())
