"""``python -m ganstudio.system display`` asks whether a window can open; ``... fix`` installs what Qt misses."""

from __future__ import annotations

import sys

from ganstudio.system import display_available, fix


def main() -> int:
    """Exit status: 0 yes or done, 1 no or not possible, 2 an unknown word."""
    match sys.argv[1:]:
        case ["display"]:
            return 0 if display_available() else 1
        case ["fix"]:
            return fix()
    sys.stderr.write("usage: python -m ganstudio.system display|fix\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
