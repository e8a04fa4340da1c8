"""How a code of InfoGAN is called and coloured, the same in the controls, the sheet and the plot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ganstudio.gui.text.numbers import number
from ganstudio.gui.text.words import NOTHING

if TYPE_CHECKING:
    from ganstudio.experiment import CodeSpec


def prior_words(code: CodeSpec) -> str:
    """What values a code takes, in words."""
    if code.kind == "categorical":
        return f"one of {code.size} values, all equally likely"
    if code.prior == "normal":
        return f"normal around 0 with standard deviation {number(code.reach)}"
    return f"uniform from {number(-code.reach)} to {number(code.reach)}"


def information_text(code: CodeSpec, nats: float | None) -> str:
    """L_I of a code as a short readout, with its ceiling H(c) where it has one."""
    if nats is None or math.isnan(nats):
        return "not known yet"
    if nats <= 0:
        return f"I: {NOTHING}"
    ceiling = f" of {number(code.entropy)}" if code.kind == "categorical" else ""
    return f"I ≥ {number(nats)}{ceiling} nats"


def information_tip(code: CodeSpec) -> str:
    """What the readout of L_I says."""
    about = (
        "L_I, a lower bound on the information I(c; G(z, c)) that a sample holds of this code: how surely Q reads it"
    )
    if code.kind == "categorical":
        return f"{about}. It can't exceed H(c) = log {code.size} = {number(code.entropy)} nats"
    return f"{about}. A continuous code has no ceiling"
