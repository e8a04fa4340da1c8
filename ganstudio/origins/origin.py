"""What an exported file says of itself, as JSON of plain ASCII that stands in any format without being escaped."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

KEY = "ganstudio"
"""What the entry is called, where a format has names for its entries."""
OPENING = '{"ganstudio":'
"""How it begins, by which it is found in any file."""
MOST_BYTES = 256 * 1024
"""Of all that a file says of itself; a file that says more is not asked."""
_MOST_LATENTS = 24 * 1024  # numbers: base64 makes 128 kB of them
_MOST_TEXT, _LONGEST_NAME, _MOST_WORDS = 64 * 1024, 200, 200
_MOST_STEP = 10**12
_MOST_SEED = 2**63
_VERSION = 1
_MARK = re.compile(r"[0-9a-f]{16}")
_KIND = re.compile(r"[a-z]{1,20}")


class OriginError(ValueError):
    """What a file says of itself is not what this program writes."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Which run made something, at which step, of which latents.

    run: the name of its folder; mark: 16 hexadecimal digits by which it is known under another name. member: of games
    side by side, which. experiment: what was asked for, as TOML. seed: that the latents were drawn by, where they were.
    latents: (n, width) float32, or None where they are too many to be said. what: the kind of export; words: what
    stands behind ``ganstudio export RUN --at STEP`` to make it again; empty where the command line can't.
    """

    run: str
    mark: str
    experiment: str
    step: int
    what: str
    member: str = ""
    seed: int | None = None
    latents: npt.NDArray[np.float32] | None = None
    words: tuple[str, ...] = ()

    def packed(self) -> str:
        """The same as one line of JSON in ASCII without <, > and &."""
        latents = None
        if self.latents is not None and self.latents.size <= _MOST_LATENTS:
            values = np.ascontiguousarray(self.latents, "<f4")
            latents = {"shape": list(values.shape), "float32": base64.b64encode(values.tobytes()).decode()}
        told = {
            "ganstudio": _VERSION,
            "run": self.run,
            "mark": self.mark,
            "member": self.member,
            "experiment": self.experiment,
            "step": self.step,
            "what": self.what,
            "seed": self.seed,
            "latents": latents,
            "words": list(self.words),
        }
        text = json.dumps(told, separators=(",", ":"))
        for sign in "<>&":
            text = text.replace(sign, f"\\u{ord(sign):04x}")
        return text


def parsed(text: str) -> Origin:
    """What ``packed`` made, taken with care. Raises OriginError where it is anything else."""
    if len(text) > MOST_BYTES:
        raise OriginError(f"says more than {MOST_BYTES:,} bytes of itself")
    try:
        told, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        raise OriginError("what it says of itself is no JSON") from None
    if not isinstance(told, dict) or told.get("ganstudio") != _VERSION:
        raise OriginError("says nothing of itself that this version knows")
    return Origin(
        run=_text(told, "run", _LONGEST_NAME),
        mark=_matched(told, "mark", _MARK),
        member=_text(told, "member", _LONGEST_NAME),
        experiment=_text(told, "experiment", _MOST_TEXT, lines=True),
        step=_whole(told, "step", _MOST_STEP),
        what=_matched(told, "what", _KIND),
        seed=None if told.get("seed") is None else _whole(told, "seed", _MOST_SEED),
        latents=_latents(told.get("latents")),
        words=_words(told.get("words")),
    )


def _text(told: dict[str, Any], name: str, most: int, *, lines: bool = False) -> str:
    value = told.get(name)
    if not isinstance(value, str) or len(value) > most:
        raise OriginError(f"{name}: expected a text of up to {most:,} characters")
    plain = value.replace("\n", "").replace("\t", "") if lines else value
    if not plain.isprintable():
        raise OriginError(f"{name}: holds what is no plain text")
    return value


def _matched(told: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = _text(told, name, _LONGEST_NAME)
    if not pattern.fullmatch(value):
        raise OriginError(f"{name}: not what this program writes")
    return value


def _whole(told: dict[str, Any], name: str, most: int) -> int:
    value = told.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise OriginError(f"{name}: expected a whole number from 0 to {most:,}")
    return value


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_WORDS:
        raise OriginError(f"words: expected up to {_MOST_WORDS} of them")
    return tuple(_text({"words": word}, "words", _MOST_TEXT) for word in value)


def _latents(value: Any) -> npt.NDArray[np.float32] | None:
    if value is None:
        return None
    shape = value.get("shape") if isinstance(value, dict) else None
    packed = value.get("float32") if isinstance(value, dict) else None
    sides = (
        isinstance(shape, list)
        and len(shape) == 2
        and all(type(side) is int and 0 <= side <= _MOST_LATENTS for side in shape)
    )
    if not sides or not isinstance(packed, str) or prod(shape) > _MOST_LATENTS:  # type: ignore[arg-type]
        raise OriginError(f"latents: expected up to {_MOST_LATENTS:,} numbers in rows")
    try:
        data = base64.b64decode(packed, validate=True)
    except ValueError:
        raise OriginError("latents: not what this program writes") from None
    if len(data) != 4 * prod(shape):  # type: ignore[arg-type]
        raise OriginError(f"latents: {len(data)} bytes are not the numbers of the shape {shape}")
    latents = np.frombuffer(data, "<f4").astype(np.float32).reshape(shape)
    if not np.isfinite(latents).all():
        raise OriginError("latents: a latent code is made of finite numbers")
    return latents
