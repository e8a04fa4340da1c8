"""What a bundle is made of: the list that was written when it was built, beside the licences of what is in it."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

FOLDER = "licences"
"""Lies among the bundle's own files, a file for each part."""
CONTENTS = "contents.json"
_WIDTH = 100


def contents() -> dict[str, Any] | None:
    """What this bundle holds, as values that JSON can hold; None where the program is not a bundle.

    place: its folder. licences: the folder of licences. built: when, from what and with what. parts: name, version and
    licence of each. Empty lists where the list itself is missing or damaged: ``damaged`` then says so.
    """
    if (frozen := getattr(sys, "_MEIPASS", None)) is None:
        return None
    folder = Path(frozen) / FOLDER
    found: dict[str, Any] = {"place": str(Path(sys.executable).parent), "licences": str(folder)}
    try:
        written = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        return found | {"damaged": None, "built": written["built"], "parts": written["parts"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        return found | {"damaged": f"{CONTENTS} can't be read: {error}", "built": {}, "parts": []}


def described(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The same in words: a label and a text for each line."""
    if found["damaged"]:
        return [("Bundle", f"{found['place']} (damaged: {found['damaged']})")]
    built = ", ".join(f"{name} {value}" for name, value in found["built"].items())
    parts = ", ".join(f"{part['name']} {part['version'] or ''}".strip() for part in found["parts"])
    first, *rest = textwrap.wrap(parts, _WIDTH) or ["nothing"]
    return [
        ("Bundle", f"{found['place']} ({built})"),
        ("Inside", first),
        *(("", line) for line in rest),
        ("Licences", found["licences"]),
    ]
