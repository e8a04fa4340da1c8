"""How well a generator enlarges small images, in a table."""

from __future__ import annotations

from typing import Any

_ROWS = {
    "interpolated": "bicubic",
    "noise": "bicubic and noise of the missing power",
    "other_phase": "the originals, their stripes moved",
    "content": "G after the content stage",
    "generator": "G",
}
_COLUMNS = {
    "psnr": ("PSNR dB", ".2f"),
    "ssim": ("SSIM", ".3f"),
    "detail": ("detail", ".2f"),
    "texture": ("texture", ".3f"),
    "consistency": ("small image dB", ".1f"),
    "direction": ("direction off", ".1f"),
    "direction_near": ("within 15", ".2f"),
}


def enlarging_in_words(figures: dict[str, Any]) -> list[str]:
    """A line of heads and one for each way to enlarge; none where G is given no small images."""
    if "enlarging" not in figures:
        return []
    of = "held-out images" if figures["enlarging_from"] == "held out" else "training images"
    rows = figures["enlarging"]
    columns = {name: told for name, told in _COLUMNS.items() if any(name in row for row in rows.values())}
    wide = max(len(_ROWS[name]) for name in rows)
    lines = [
        f"{figures['enlarging_images']:,} {of} made smaller {figures['enlarging_factor']} times and enlarged again; "
        "detail is best at 1, texture at 0, and neither says enough alone:",
        "  " + " " * wide + "".join(f"  {head}" for head, _ in columns.values()),
    ]
    for name, row in rows.items():
        cells = [_cell(row.get(key), digits).rjust(len(head) + 2) for key, (head, digits) in columns.items()]
        lines.append(f"  {_ROWS[name]:<{wide}}{''.join(cells)}")
    return lines


def _cell(value: float | None, digits: str) -> str:
    return "-" if value is None else format(value, digits)
