"""What G and D minimise."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from ganstudio.experiment._base import Spec, knob

_FADES = "Let gamma fall with the variance of the instance noise: as the noise sharpens, D may; both are gone together"

_SLOPES = "γ/2 (E ‖∇l(x)‖² + E ‖∇l(G(z))‖²)"


class Equations(NamedTuple):
    """The losses of both players as they are read: l is D's output before the sigmoid.

    penalty: what is added to D's in the steps that have it; "": nothing ever is.
    """

    discriminator: str
    generator: str
    penalty: str = ""


class GameSpec(Spec):
    """Base of all objectives' specs: what of an objective can be said without computing it.

    classifies: whether D is trained to tell real from generated as a classifier, so that its output is a log-odds.
    levelled: whether D's output has a level of its own, rather than differences alone that matter. energies: whether D
    is an autoencoder, whose outputs are energies of samples. updates: the names of what else its G could descend.
    needs_small: whether G must be given smaller images, which a term holds its samples to. needs_dice: whether G must
    draw samples part by part, and tell how likely each part was.
    """

    classifies: ClassVar[bool] = False
    levelled: ClassVar[bool] = False
    energies: ClassVar[bool] = False
    needs_small: ClassVar[bool] = False
    needs_dice: ClassVar[bool] = False
    updates: ClassVar[tuple[str, ...]] = ()

    @property
    def equations(self) -> Equations:
        """The losses as these settings make them."""
        raise NotImplementedError

    @property
    def needs_prefixes(self) -> bool:
        """Whether D must judge a sample after each of its parts."""
        return False

    @property
    def energy_margin(self) -> float | None:
        """Up to where D raises the energy of generated samples; None where there is no such margin."""
        return None


class MinimaxSpec(GameSpec):
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

    classifies: ClassVar[bool] = True
    levelled: ClassVar[bool] = True
    updates: ClassVar[tuple[str, ...]] = ("saturating", "non_saturating", "combined")

    @property
    def equations(self) -> Equations:
        """V, and the update of G that is chosen."""
        generator = {
            "saturating": "E log(1 − D(G(z)))",
            "non_saturating": "−E log D(G(z))",
            "combined": "E log(1 − D(G(z))) − E log D(G(z)) = −E l(G(z))",
        }[self.generator_update]
        a = f"{self.real_label:g}"
        real = "−E log D(x)" if self.real_label == 1 else f"−E [{a} log D(x) + (1 − {a}) log(1 − D(x))]"
        return Equations(f"{real} − E log(1 − D(G(z)))", generator, _SLOPES)


class LeastSquaresSpec(GameSpec):
    """Least squares on the logit, real 1 and generated 0 (Mao et al. 2016)."""

    kind: Literal["least_squares"] = "least_squares"

    levelled: ClassVar[bool] = True

    @property
    def equations(self) -> Equations:
        """Squared distances from the labels."""
        return Equations("½ E (l(x) − 1)² + ½ E l(G(z))²", "½ E (l(G(z)) − 1)²")


class HingeSpec(GameSpec):
    """Hinge loss on the logit with margin 1 (Lim and Ye 2017)."""

    kind: Literal["hinge"] = "hinge"

    levelled: ClassVar[bool] = True

    @property
    def equations(self) -> Equations:
        """What is missing to a margin of 1."""
        return Equations("E [1 − l(x)]₊ + E [1 + l(G(z))]₊", "−E l(G(z))")


class WassersteinSpec(GameSpec):
    """Earth mover's distance with a gradient penalty (Gulrajani et al. 2017). No batch normalisation in D."""

    kind: Literal["wasserstein"] = "wasserstein"
    penalty: float = knob(0.1, "Weight lambda of the gradient penalty", ge=0, le=1000, live=True, log=True)

    @property
    def equations(self) -> Equations:
        """The difference of the critic's means."""
        return Equations("E l(G(z)) − E l(x)", "−E l(G(z))", "λ E (‖∇l‖ − 1)²")


class RelativisticSpec(GameSpec):
    """Relativistic pairing with R1 and R2 penalties (Huang et al. 2024, R3GAN). No batch normalisation in D."""

    kind: Literal["relativistic"] = "relativistic"
    gamma: float = knob(0.02, "Weight gamma of the two gradient penalties", ge=0, le=1000, live=True, log=True)
    fades: bool = knob(False, _FADES, live=True)

    @property
    def equations(self) -> Equations:
        """Of pairs of a real and a generated sample."""
        return Equations("E softplus(l(G(z)) − l(x))", "E softplus(l(x) − l(G(z)))", _SLOPES)


class SuperResolutionSpec(GameSpec):
    """Squared errors and a relativistic D, each with its weight (Ledig et al. 2016, SRGAN): for a G given small images.

    The small image is kept by a term of its own, so that the one that holds all pixels to the original can be weak.
    """

    kind: Literal["super_resolution"] = "super_resolution"
    adversarial: float = knob(
        0.02,
        "Weight lambda of what D says in G's loss: how much G invents; 0: nothing, it makes the mean of what may be",
        ge=0,
        le=1000,
        live=True,
        log=True,
    )
    pixels: float = knob(
        0.4, "Weight a of the squared error of each pixel, against the original", ge=0, le=1000, live=True, log=True
    )
    small_image: float = knob(
        10.0,
        "Weight b of the squared error of the small image that G's shrinks to, against the original's without noise",
        ge=0,
        le=1000,
        live=True,
        log=True,
    )
    gamma: float = knob(
        0.5, "Weight gamma of the penalty on D's slope at real images (R1)", ge=0, le=1000, live=True, log=True
    )

    needs_small: ClassVar[bool] = True

    @property
    def equations(self) -> Equations:
        """The losses of both; d makes images smaller."""
        generator = "a E (G(z) − x)² + b E (d(G(z)) − d(x))² + λ E softplus(l(x) − l(G(z)))"
        return Equations("E softplus(l(G(z)) − l(x))", generator, "γ/2 E ‖∇l(x)‖²")


class EnergySpec(GameSpec):
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

    energies: ClassVar[bool] = True

    @property
    def energy_margin(self) -> float | None:
        """The margin m."""
        return self.margin

    @property
    def equations(self) -> Equations:
        """Energies, which are minus D's output."""
        return Equations("E [m + l(G(z))]₊ − E l(x), where −l is the energy", "−E l(G(z)), where −l is the energy")


class PolicySpec(GameSpec):
    """Policy gradient: G is led to make what D rewards more likely (Yu et al. 2016, SeqGAN); for a G that throws dice.

    With D's logit l, three of the rewards are the minimax game's three updates of G, and the fourth is the paper's.
    """

    kind: Literal["policy"] = "policy"
    reward: Literal["saturating", "non_saturating", "combined", "probability"] = knob(
        "combined",
        "What G is rewarded with: saturating -log(1 - D), non-saturating log D, combined the sum of both, which is l "
        "and descends KL(p_g || p_data), or as in SeqGAN the probability D itself",
        live=True,
    )
    credit: Literal["prefix", "rollouts"] = knob(
        "prefix",
        "How each word gets its part of it: prefix: what it adds, by a D that judges after each word; rollouts: the "
        "mean reward of sentences that G goes on with from there, as in SeqGAN",
    )
    rollouts: int = knob(16, "Sentences that are gone on with from each word, where these give the credit", ge=1, le=64)
    baseline: bool = knob(
        True, "Take from each reward the minibatch's mean at that place, which has less noise", live=True
    )
    clamp: float = knob(
        4.0, "Largest reward of a single word, where a prefix's judge gives it", gt=0, le=100, live=True
    )
    likelihood: float = knob(
        1.0,
        "Weight mu in G's loss of how unlikely it finds real samples: 0 the game alone, which forgets what G is not "
        "rewarded for; 1 descends KL(p_g || p_data) + KL(p_data || p_g)",
        ge=0,
        le=1000,
        live=True,
    )
    control: Literal["none", "constant", "shuffled"] = knob(
        "none",
        "To see what the rewards are worth: constant gives all words the same one, shuffled those of another sentence. "
        "A figure that gets better all the same says nothing of D",
        live=True,
    )

    classifies: ClassVar[bool] = True
    levelled: ClassVar[bool] = True
    needs_dice: ClassVar[bool] = True

    @property
    def needs_prefixes(self) -> bool:
        """Where D itself gives each word its part."""
        return self.credit == "prefix"

    @property
    def equations(self) -> Equations:
        """D's cross-entropy after each word, and the policy gradient's."""
        at = "l(x<sub>≤t</sub>)" if self.needs_prefixes else "l(x)"
        of_g = "l(G(z)<sub>≤t</sub>)" if self.needs_prefixes else "l(G(z))"
        reward = {
            "saturating": "−log(1 − D)",
            "non_saturating": "log D",
            "combined": "l",
            "probability": "D",
        }[self.reward]
        part = (
            "Σ<sub>s≥t</sub> r<sub>s</sub>" if self.needs_prefixes else f"mean of r over {self.rollouts} ways to go on"
        )
        if self.control != "none":
            part = {"constant": "1", "shuffled": "that of another sentence"}[self.control]
        policy = "−E Σ<sub>t</sub> A<sub>t</sub> log p<sub>g</sub>(g<sub>t</sub> | g<sub>&lt;t</sub>)"
        generator = f"{policy}, g = G(z), A<sub>t</sub> = {part}, r = {reward}"
        if self.likelihood:
            generator += f" − {self.likelihood:g} E log p<sub>g</sub>(x)"
        return Equations(f"E softplus(−{at}) + E softplus({of_g})", generator)


ObjectiveSpec = Annotated[
    MinimaxSpec
    | LeastSquaresSpec
    | HingeSpec
    | WassersteinSpec
    | RelativisticSpec
    | SuperResolutionSpec
    | EnergySpec
    | PolicySpec,
    Field(discriminator="kind"),
]
