"""Whether the game has helped, in words: held against G as likelihood left it, and against more likelihood."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganstudio.training.messages import Composed
    from ganstudio.training.messages.sentences import Place

_ERRORS = 2
"""Standard errors from which on a difference is told."""


def verdict_of(composed: Composed, *, as_long: bool = False) -> str:
    """One sentence; nothing while there is nothing to compare, as before the game.

    as_long: whether the controls were trained for as long as the game.
    """
    now, before = (composed.curves.get(name, {}).get(1.0) for name in ("generator", "before"))
    if now is None or before is None:
        return ""
    if now.jsd is None or before.jsd is None:
        return _by_runs(now, before)
    if not (math.isfinite(now.jsd) and math.isfinite(before.jsd)):  # numbers went wrong, which is told elsewhere
        return ""
    changed = _difference(now, before)
    if changed == 0:
        told = "The game has brought G neither nearer to the data nor further away, as far as can be told"
    elif changed > 0:
        told = "The game has made G worse: it is further from the data than it was before"
    else:
        told = "The game has brought G nearer to the data than it was before"
    told += _more_right(now, before, composed.graded, worse=changed > 0)
    return told + _next_to(now, composed.places) if as_long else told


def _by_runs(now: Place, before: Place) -> str:
    """BLEU and self-BLEU have no errors that are known, so that what is seen is told and no more."""
    quality, various = now.quality - before.quality, now.various - before.various
    if quality > 0 > various:
        return "Since before the game G's sentences are more like real ones, and more like each other"
    if quality < 0 < various:
        return "Since before the game G's sentences are less like real ones, and less like each other"
    if quality < 0 and various < 0:
        return "The game has made G worse: its sentences are less like real ones, and more like each other, than before"
    if quality > 0 and various > 0:
        return "Since before the game G's sentences are more like real ones, and less like each other"
    return ""


def _difference(one: Place, other: Place) -> int:
    """1: it is further from the data than the other, -1: it is nearer, 0: nobody can tell."""
    assert one.jsd is not None
    assert other.jsd is not None
    error = _ERRORS * math.hypot(one.error, other.error)
    difference = one.jsd - other.jsd
    return 0 if not abs(difference) > error else 1 if difference > 0 else -1


def _more_right(now: Place, before: Place, graded: bool, *, worse: bool) -> str:
    """What became of the share of sentences that can be, where it is not what the distance would have one think."""
    if not (graded and worse and now.quality > before.quality):
        return ""
    return ", though more of its sentences are right"


def _next_to(now: Place, places: Mapping[str, Place]) -> str:
    """How it stands next to likelihood gone on with for as long, where that can be told."""
    longer = places.get("continued")
    if longer is None or longer.jsd is None or not math.isfinite(longer.jsd):
        return ""
    told = {0: "come as near", 1: "come nearer", -1: "stayed further away"}[_difference(now, longer)]
    return f". Likelihood gone on with for as long would have {told}"
