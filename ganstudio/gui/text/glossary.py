"""Every term and number that the window shows, in a sentence or two: the glossary's table, and the tooltips' one.

Numbers of a step are told by the scalars that declare them, figures of the measures by their rows, heat maps by what
draws them, all else that can be switched by the chips: ``entries`` takes these in, so that nothing is told twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ganstudio.scalars import COMMON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ganstudio.scalars import Scalar


class Term(NamedTuple):
    """A name, and what it means."""

    name: str
    text: str


_LEAST = "Told as what it is at least, with 95 % confidence: samples set it no upper limit"

TERMS: Mapping[str, Term] = {
    "generator": Term("Generator G", "The network that makes samples G(z) from random latents z"),
    "discriminator": Term(
        "Discriminator D", "The network that is to tell real samples x from generated ones G(z); G learns from it"
    ),
    "p_data": Term("p_data", "The distribution of the data, of which the real samples are drawn"),
    "p_g": Term("p_g", "The distribution of what G makes. The game is won when it is p_data"),
    "latent": Term("Latent code z", "The random numbers that G is given: a sample for each of them"),
    "prior": Term("Prior of z", "The distribution that z is drawn from: normal or uniform"),
    "code": Term("Code c", "An input of an InfoGAN's G that is led to mean something: Q reads it back off the samples"),
    "class": Term("Class y", "The class of a sample in a conditional game: both players are told it"),
    "truncation": Term(
        "Truncation",
        "Truncation: 1 = the whole prior; smaller = nearer to its centre, more typical, less varied. It scales z, what "
        "Randomise draws and how far the sliders reach; a normal prior is drawn within three standard deviations",
    ),
    "minibatch": Term("Minibatch", "The samples that one update is computed from"),
    "step": Term("Step", "k updates of D, then one of G"),
    "run": Term("Run", "A training with its settings, curves and checkpoints, kept in a folder of its own"),
    "checkpoint": Term("Checkpoint", "All that a training needs to go on exactly: networks, optimisers, random states"),
    "average": Term(
        "EMA of G", "The exponential moving average of G's weights, which makes the pictures; G itself is trained on"
    ),
    "speed": Term("Steps/s", "Steps a second, over the last seconds of training"),
    "time": Term("Training", "Time spent training, without pauses"),
    "device": Term("Device", "Where the networks are computed, and with how many threads"),
    "left": Term("Time left", "How long the steps that are left take at the present speed"),
    "optimal": Term("D*", "The best D there can be of G as it is: p_data/(p_data + p_g)"),
    "criterion": Term("C(G)", "The game's value with the best D: −log 4 + 2 JSD. Above V by D's slack"),
    "jsd": Term(
        "JSD",
        "Jensen-Shannon divergence of p_data and p_g: the bound log 2 + V/2 that D proves (blue, band: 2 standard "
        "errors), and estimates with 95 % intervals. Dotted: an estimator's floor, which it reads for equal "
        "distributions",
    ),
    "kl_forward": Term("KL(p ‖ g)", f"KL(p_data ‖ p_g): large where G misses what the data has. {_LEAST}"),
    "kl_reverse": Term("KL(g ‖ p)", f"KL(p_g ‖ p_data): large where G makes what the data has not. {_LEAST}"),
    "probe": Term("Probe", "An estimator: a fresh classifier, judged on samples that it never saw; thorough and slow"),
    "histogram": Term("Histogram", "An estimator: a grid of the plane against the exact masses of p_data; quick"),
    "neighbours": Term("Neighbours", "An estimator: distances to nearest neighbours"),
    "coverage": Term(
        "Modes, high quality, rKL",
        "Modes: those with at least one sample within 3 standard deviations. High quality: the share of samples "
        "within 3 standard deviations of a mode; 98.9 % of the data are. rKL: KL of the modes' shares of these "
        "to equal shares, nats; 0 is even.",
    ),
    "energy": Term(
        "Energy",
        "The mean squared error, over all pixels of a sample or both coordinates of a point, with which D's "
        "autoencoder reconstructs it, in model units. D pushes the energy of generated samples up to the margin m and "
        "the real ones' down; at the equilibrium the generated ones are close to m",
    ),
    "information": Term(
        "Information",
        "I(c; G(z, c)) ≥ L_I = H(c) minus the cross-entropy of Q, for each code; dashed: its ceiling H(c), where it "
        "has one. I(t; X) ≥ log 2 + V/2: what a sample tells of the fair bit t that says real or generated; this "
        "information is the JSD. Huszár's reading of InfoGAN: G minimises V = I(t; X) - lambda I(c; G), the sum over "
        "the codes; the chip I−λI shows it, from the two bounds and with the lambda in force now. The same variational "
        "bound is used twice: for c it is raised, as a lower bound should be; for t G lowers it, the wrong way round",
    ),
    "nats": Term("Nats, bits", "Units of information: a bit is log 2 = 0.69 nats"),
    "alarms": Term(
        "Alarms",
        "The training is watched for mode collapse, a vanishing gradient, a constant or perfect D, and oscillation",
    ),
    "collapse": Term("Mode collapse", "G makes few kinds of samples, whatever z is"),
    "vanishing": Term("Vanishing gradient", "D is so sure that G is told next to nothing: it stops learning"),
    "duel": Term("Duel", "Two to four games side by side that differ in one thing"),
    "band": Term("Seed band", "One game with many seeds, as one computation: luck told from rule"),
}


def told(key: str) -> str:
    """A term's meaning, for a tooltip."""
    return TERMS[key].text


def entries(scalars: Sequence[Scalar] = COMMON, more: Iterable[tuple[str, str]] = ()) -> list[Term]:
    """All terms by name, with the numbers of a step that these scalars declare, and ``more`` (name, meaning)."""
    found = dict(TERMS.values())
    for scalar in scalars:
        if scalar.tip or scalar.about:
            found.setdefault(f"{scalar.plot}: {scalar.label}", scalar.tip or scalar.about)
    for name, text in more:
        if text not in found.values():
            found.setdefault(name, text)
    return [Term(*pair) for pair in sorted(found.items(), key=lambda pair: pair[0].casefold())]
