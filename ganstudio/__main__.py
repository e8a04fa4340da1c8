"""The program's start: environment variables first, then the verb. Nothing heavy is imported here."""

from __future__ import annotations

import multiprocessing
import os
import sys

# OpenMP's threads by default spin while they wait, and take the cores from the window: a small GAN beside a window then
# falls to a fiftieth of its speed. They are read when torch and numpy load, so they are set before.
_ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}


def main(argv: list[str] | None = None) -> int:
    """Run the command line, or open the window when there is none; the exit status."""
    multiprocessing.freeze_support()
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from ganstudio import cli

    return cli.main(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
