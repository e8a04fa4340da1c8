"""What is asked and told of sentences: what G writes, what D says of each word, and where G stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Tokens = npt.NDArray[Any]
    Parts = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Compose:
    """Let G write sentences, out of turn and again with every frame. Newest request wins; only of a G of words.

    show: whether any are wanted. prefix: how each begins, numbers of words. temperature: below 1 likely words are
    likelier still. before: by G as likelihood alone left it, where it is kept. seed: of the dice. chosen: a sentence
    (t,) of which alternatives for the word at ``place`` are wanted. seconds: for how long controls are trained, which
    tells whether they are wanted: None: they are not. game: as in ``RenderLatent``.
    """

    request: int
    show: bool = True
    prefix: tuple[int, ...] = ()
    temperature: float = 1.0
    before: bool = False
    seed: int = 0
    chosen: tuple[int, ...] = ()
    place: int = 0
    seconds: float | None = None
    game: int | None = None


class Alternative(NamedTuple):
    """A word that may stand at a place. share: its probability by G; part: what D says of it there."""

    token: int
    share: float
    part: float | None


class Place(NamedTuple):
    """Where sentences stand.

    quality: the share that can be, mean log p in nats, or BLEU-4; various: entropy, or 1 less self-BLEU-4. error: the
    JSD's standard error.
    """

    quality: float
    various: float
    jsd: float | None
    error: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Composed:
    """The answer to a Compose. n sentences, t places.

    made, real: numbers of words (n, t), G's and the data's, of different numbers. made_parts, real_parts: what D says
    of each word, log p/q; None where this D judges whole sentences. faults: the place of the first word of each of G's
    with which it can't be right any more, t where there is none; None where nobody knows. alternatives: as they were
    asked for. curves: by what they are of ("before", "generator"), where it stands at some temperatures; places: where
    others stand ("real", and the controls "continued" and "constant" while these are wanted). marked_at: the step of G
    as its mark at temperature 1 tells of it; None: there is no such mark. controls_seconds: for how long the controls
    were trained; None: they are not wanted, or not done. exact: whether probabilities are known; graded: whether some
    sentences can't be, so that quality is the share of right ones. more: whether there is more to be
    told of curves and places. game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    made: Tokens
    made_parts: Parts | None
    real: Tokens
    real_parts: Parts | None
    faults: Tokens | None
    alternatives: tuple[Alternative, ...]
    curves: Mapping[str, Mapping[float, Place]]
    places: Mapping[str, Place]
    marked_at: int | None = None
    controls_seconds: float | None = None
    exact: bool
    graded: bool = True
    more: bool
