"""Divergences of sentences where both probabilities are known exactly: only the means over samples are estimates.

Legend: p the data's probability, q G's; x real sentences, g generated ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Exact:
    """Nats a sentence.

    jsd: 0 where p and q are equal, log 2 where they have nothing in common; error: its standard error. forward: KL(p ||
    q); reverse: KL(q || p), infinite where G makes a sentence that can't be. entropy: of q. right: share of G's
    sentences that can be. likely: mean log p of G's sentences, where all can be.
    """

    jsd: float
    error: float
    forward: float
    reverse: float
    entropy: float
    right: float
    likely: float


def exact(p_of_x: Doubles, q_of_x: Doubles, p_of_g: Doubles, q_of_g: Doubles) -> Exact:
    """From log p and log q (n,) of real sentences and of G's; -inf where one can't be."""
    of_x, of_g = _shared(p_of_x, q_of_x), _shared(q_of_g, p_of_g)
    right = np.isfinite(p_of_g)
    with np.errstate(invalid="ignore"):
        reverse = float((q_of_g - p_of_g).mean()) if right.all() else math.inf
    variance = of_x.var() / len(of_x) + of_g.var() / len(of_g)
    return Exact(
        jsd=0.5 * float(of_x.mean() + of_g.mean()),
        error=0.5 * math.sqrt(variance),
        forward=float((p_of_x - q_of_x).mean()),
        reverse=reverse,
        entropy=float(-q_of_g.mean()),
        right=float(right.mean()),
        likely=float(p_of_g.mean()),
    )


def _shared(own: Doubles, other: Doubles) -> Doubles:
    """Log of own / mean of both, of samples of one's own: log 2 - softplus(other - own)."""
    return np.asarray(math.log(2) - np.logaddexp(0, other - own))
