"""The numbers of a step as data: each declared once, where it is computed, and recorded and plotted from that.

Lowest of all rooms, since objectives declare what the training records and the window draws. No torch, no Qt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

Player = Literal["discriminator", "generator"]
PLAYERS: tuple[Player, ...] = get_args(Player)
Role = Literal["discriminator", "generator", "real", "generated", "other"]


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things: "1 file", "2,000 files". many: where that is not one with an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def percent(value: float, digits: int = 1) -> str:
    """A share of 1 as it is written everywhere, with so many decimals: 0.688 is 68.8 %."""
    return f"{value:.{digits}%}".replace("%", " %")


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """A number of every step.

    name: in the run's metrics. plot: the plot that it is drawn in, with all others that name the same one, and label:
    what it is called there. The plot takes its unit, its axis (``span``, ``log``), its dashed ``levels`` and what it
    tells under the mouse (``about``) from the first that it draws; tip: what is told of this number there.
    role: whose colour it has. player: in whose move it is computed, and NaN where that player did not move; None: in
    either's. sparse: NaN also where it was not computed, as some steps do without it.
    game: of which of several games it is, as it is called there; "" of the one whose samples are shown.
    span: from where to where it can be. title: what it is called where several games are compared in it;
    "": they are not. called: its name in a sentence.
    """

    name: str
    plot: str
    label: str
    role: Role = "other"
    player: Player | None = "discriminator"
    unit: str = ""
    about: str = ""
    tip: str = ""
    span: tuple[float, float] | None = None
    levels: tuple[float, ...] = ()
    log: bool = False
    sparse: bool = False
    game: str = ""
    title: str = ""
    called: str = ""


D_LOSS = Scalar(
    name="d_loss",
    plot="Losses",
    label="D",
    role="discriminator",
    about="What D and G minimise, on each minibatch (faint) and as moving average",
    tip="What D minimises",
    title="D loss",
    called="D's loss",
)
G_LOSS = replace(
    D_LOSS,
    name="g_loss",
    label="G",
    role="generator",
    player="generator",
    tip="What G minimises",
    title="G loss",
    called="G's loss",
)
D_REAL = Scalar(
    name="d_real",
    plot="Belief",
    label="D(x)",
    role="real",
    unit="mean probability",
    about="Means of D(x) on real and D(G(z)) on generated samples",
    tip="How real D holds real samples to be",
    span=(0.0, 1.0),
    levels=(0.5,),
    called="D(x)",
)
D_FAKE = replace(
    D_REAL,
    name="d_fake",
    label="D(G(z))",
    role="generated",
    tip="How real D holds generated samples to be",
    title="D(G(z))",
    called="D(G(z))",
)
VALUE = Scalar(
    name="value",
    plot="Value",
    label="V",
    role="discriminator",
    unit="nats",
    about="V(D, G), and C(G), what it would be with the best D: between them lies D's slack",
    tip="V(D, G) = E log D(x) + E log(1 - D(G(z))), on the minibatch before D moved on it",
    called="the game's value",
)
D_GRADIENT = Scalar(
    name="d_gradient",
    plot="Gradients",
    label="D",
    role="discriminator",
    unit="2-norm",
    about="Norms of the gradients that moved D and G",
    tip="Norm of the gradient that moved D",
    log=True,
    title="D gradient",
    called="the gradient of D's weights",
)
G_GRADIENT = replace(
    D_GRADIENT,
    name="g_gradient",
    label="G",
    role="generator",
    player="generator",
    tip="Norm of the gradient that moved G",
    title="G gradient",
    called="the gradient of G's weights",
)
COMMON = (D_LOSS, G_LOSS, D_REAL, D_FAKE, VALUE, D_GRADIENT, G_GRADIENT)
"""What every game of one G and one D has, in the order of a row."""
