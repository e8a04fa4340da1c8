"""What G and D minimise."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob

_FADES = "Let gamma fall with the variance of the instance noise: as the noise sharpens, D may; both are gone together"


class MinimaxSpec(Spec):
    """The game of Goodfellow et al. 2014, with a choice of the generator's update."""

    kind: Literal["minimax"] = "minimax"
    generator_update: Literal["saturating", "non_saturating", "combined"] = knob(
        "non_saturating",
        "Saturating descends log(1 - D), non-saturating ascends log D, combined does both: descends KL(p_g || p_data)",
        live=True,
    )
    gamma: float = knob(
        0.0,
        "Weight of a penalty on D's slope at x and G(z) (R1 + R2): damps the circling; 0 turns it off",
        ge=0,
        le=1000,
        live=True,
    )
    fades: bool = knob(False, _FADES, live=True)
    real_label: float = knob(
        1.0, "Label of x in D's loss: below 1, often 0.95, keeps D from being too sure", ge=0.5, le=1, live=True
    )


class LeastSquaresSpec(Spec):
    """Least squares on the logit, real 1 and generated 0 (Mao et al. 2016)."""

    kind: Literal["least_squares"] = "least_squares"


class HingeSpec(Spec):
    """Hinge loss on the logit with margin 1 (Lim and Ye 2017)."""

    kind: Literal["hinge"] = "hinge"


class WassersteinSpec(Spec):
    """Earth mover's distance with a gradient penalty (Gulrajani et al. 2017). No batch normalisation in D."""

    kind: Literal["wasserstein"] = "wasserstein"
    penalty: float = knob(0.1, "Weight lambda of the gradient penalty", ge=0, le=1000, live=True, log=True)


class RelativisticSpec(Spec):
    """Relativistic pairing with R1 and R2 penalties (Huang et al. 2024, R3GAN). No batch normalisation in D."""

    kind: Literal["relativistic"] = "relativistic"
    gamma: float = knob(0.02, "Weight gamma of the two gradient penalties", ge=0, le=1000, live=True, log=True)
    fades: bool = knob(False, _FADES, live=True)


class EnergySpec(Spec):
    """Energy of an autoencoder: low on real samples, at least a margin on generated ones (Zhao et al. 2016, EBGAN)."""

    kind: Literal["energy"] = "energy"
    margin: float = knob(
        0.2,
        "Margin m: energy up to which D pushes generated samples. Energies are mean squared errors per pixel (of "
        "points: per coordinate) in model units: images go from -1 to 1, points have variance 1",
        gt=0,
        le=1000,
        live=True,
        log=True,
    )
    pulling_away: float = knob(
        0.0,
        "Weight in G's loss of the pulling-away term, the mean squared cosine between codes: spreads the samples. "
        "A weight decay of D's keeps D from answering it with codes that are all alike",
        ge=0,
        le=1000,
        live=True,
    )


ObjectiveSpec = Annotated[
    MinimaxSpec | LeastSquaresSpec | HingeSpec | WassersteinSpec | RelativisticSpec | EnergySpec,
    Field(discriminator="kind"),
]
