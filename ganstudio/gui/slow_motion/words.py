"""What is said of each stage of a step: its name, one sentence, the equation and the numbers that matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ganstudio.gui.numbers import short
from ganstudio.gui.words import value_label
from ganstudio.modalities import ByKind
from ganstudio.presets import packing_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganstudio.experiment import Experiment
    from ganstudio.modalities import Modality
    from ganstudio.training.messages import Stage

_D, _G = "<sub>D</sub>", "<sub>G</sub>"


_PULLS: ByKind[str] = ByKind(
    "the {} that come first pull hardest on D", points="the larger a dot, the harder its point pulls on D"
)
_FEELS: ByKind[str] = ByKind(
    "how to change",
    points="where to go, along its arrow",
    images="which pixels to brighten and which to darken",
)
_CHANGE: ByKind[str] = ByKind("differ by {}", points="land {} away", images="differ by {} grey levels")


@dataclass(frozen=True)
class Words:
    """Templates for a stage; what stands in braces is a number of the stage, or a word of ``_context``.

    short: name in the strip; symbol: the same where room is scarce. readouts: (label, number's name).
    """

    short: str
    symbol: str
    title: str
    sentence: str
    equation: str
    readouts: tuple[tuple[str, str], ...] = field(default=())


_VERDICTS = (("D(x)", "d_real"), ("D(G(z))", "d_fake"))
_MOVED = (("D(x) after", "d_real_after"), ("D(G(z)) after", "d_fake_after"))
_GRADIENT = (("norm", "gradient"), ("learning rate", "rate"))

WORDS: Mapping[str, Words] = {
    "draw_z": Words(
        "Draw z",
        "z",
        "Draw z",
        "{count} latent codes are drawn from the prior: {prior} in {dimensions}.{given}",
        "z ~ {prior_sign}",
    ),
    "generate": Words(
        "Generate", "G(z)", "Generate", "G turns each z into {a_sample}, without a look at the data.{noise}", "G(z)"
    ),
    "draw_x": Words("Draw x", "x", "Draw x", "As many real {samples} are drawn from the data.", "x ~ p<sub>data</sub>"),
    "judge": Words(
        "Judge",
        "D",
        "D judges both",
        "D judges both: it gives real {samples} {d_real} on average and generated ones {d_fake}.{packs}",
        "D(x) = σ(l(x)), 1 for real, 0 for generated",
        _VERDICTS,
    ),
    "discriminator_loss": Words(
        "Loss",
        f"L{_D}",
        "D's loss",
        "D's loss is {loss}{penalty}: it falls as D tells the two apart better.",
        "{loss_equation}",
        (("loss", "loss"), ("penalty", "penalty")),
    ),
    "discriminator_gradient": Words(
        "Gradient",
        "∇",
        "D's gradient",
        "The gradient says how each of D's weights must change; {what_pulls}.",
        f"∇<sub>θ{_D}</sub> L{_D}",
        _GRADIENT,
    ),
    "discriminator_moves": Words(
        "Move",
        "θ",
        "D moves",
        "D takes one step of {optimiser}: the same real {samples} now get {d_real_after}, the generated ones "
        "{d_fake_after}.",
        f"θ{_D} ← {{optimiser}}(θ{_D}, ∇L{_D}), learning rate {{rate}}",
        (*_VERDICTS, *_MOVED),
    ),
    "g_draw_z": Words(
        "Draw z",
        "z",
        "Draw z again",
        "G's own move begins with {count} fresh latent codes.",
        "z ~ {prior_sign}",
    ),
    "g_generate": Words(
        "Generate",
        "G(z)",
        "Generate again",
        "G turns each z into {a_sample} and keeps the way, for the gradient to come back along it.{noise}",
        "G(z)",
    ),
    "g_judge": Words(
        "Judge",
        "D",
        "D judges G's {samples}",
        "D, as it is after its move, gives G's {samples} {d_fake} on average; it stands still while G moves.",
        "D(G(z)) = σ(l(G(z)))",
        _VERDICTS[1:],
    ),
    "generator_loss": Words(
        "Loss",
        f"L{_G}",
        "G's loss",
        "G's loss is {loss}: it falls as D takes G's {samples} for real.",
        "{loss_equation}",
        (("loss", "loss"),),
    ),
    "generator_gradient": Words(
        "Gradient",
        "∇",
        "G's gradient",
        "Through D each generated {sample} feels {what_it_feels}, and G's weights get the blame.",
        f"∇<sub>θ{_G}</sub> L{_G} = Σ (∂G/∂θ{_G})<sup>T</sup> ∂L{_G}/∂G(z)",
        _GRADIENT,
    ),
    "generator_moves": Words(
        "Move",
        "θ",
        "G moves",
        "G takes one step of {optimiser}: the same z now {change}, and D gives them {d_fake_after}.",
        f"θ{_G} ← {{optimiser}}(θ{_G}, ∇L{_G}), learning rate {{rate}}",
        (_VERDICTS[1], _MOVED[1]),
    ),
}

# Where D's output is a score and no logit of a probability, its mean is told as it is.
SCORES: Mapping[str, str] = {
    "judge": "D scores both: real {samples} get {l_real} on average and generated ones {l_fake}.{packs}",
    "discriminator_moves": "D takes one step of {optimiser}: the same real {samples} now score {l_real_after}, "
    "the generated ones {l_fake_after}.",
    "g_judge": "D, as it is after its move, scores G's {samples} {l_fake} on average; it stands still while G moves.",
    "generator_moves": "G takes one step of {optimiser}: the same z now {change}, and score {l_fake_after}.",
}
_SCORE_LABELS = {"D(x)": "l(x)", "D(G(z))": "l(G(z))", "D(x) after": "l(x) after", "D(G(z)) after": "l(G(z)) after"}
_SCORE_EQUATIONS = {"judge": "l(x), higher for what D takes for real", "g_judge": "l(G(z))"}

_GIVEN = "Beside each stands its sample's class, as one-hot."


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said of one stage. equation is rich text; readouts are (label, value)."""

    title: str
    sentence: str
    equation: str
    readouts: tuple[tuple[str, str], ...]


def tell(stage: Stage, experiment: Experiment, modality: Modality) -> Told:
    """Put a stage into words, with the settings that its step was made with and what its samples are."""
    words = WORDS[stage.name]
    context = _context(stage, experiment, modality)
    scores = not experiment.objective.classifies
    sentence = SCORES.get(stage.name, words.sentence) if scores else words.sentence
    equation = _SCORE_EQUATIONS.get(stage.name, words.equation) if scores else words.equation
    readouts = []
    for label, name in words.readouts:
        if scores and label in _SCORE_LABELS:
            label, name = _SCORE_LABELS[label], name.replace("d_", "l_")
        if name in stage.numbers and not (name == "penalty" and stage.numbers[name] == 0):
            readouts.append((label, _number(name, stage.numbers[name])))
    return Told(
        title=words.title.format_map(context),
        sentence=sentence.format_map(context),
        equation=equation.format_map(context),
        readouts=tuple(readouts),
    )


def _context(stage: Stage, experiment: Experiment, modality: Modality) -> dict[str, str]:
    numbers, latent = stage.numbers, experiment.latent
    normal = latent.prior == "normal"
    dimensions = int(numbers["dimensions"])
    context = {name: _number(name, number) for name, number in numbers.items()}
    packing = packing_of(experiment)
    noise, penalty, distance = numbers["noise"], numbers.get("penalty", 0.0), context.get("distance", "")
    return context | {
        "sample": modality.words.one,
        "samples": modality.words.many,
        "a_sample": modality.words.a,
        "prior": "a standard normal" if normal else "uniform between −1 and 1",
        "prior_sign": "N(0, I)" if normal else f"U(−1, 1)<sup>{dimensions}</sup>",
        "dimensions": f"{dimensions} dimension{'s' if dimensions > 1 else ''}",
        "given": f" {_GIVEN}" if experiment.conditioning.labels != "off" else "",
        "packs": f" It takes {packing} of a kind at a time, as one." if packing > 1 else "",
        "noise": f" Instance noise of {_number('noise', noise)} blurs all that D sees." if noise else "",
        "penalty": f", and {_number('penalty', penalty)} more for its slope" if penalty else "",
        "what_pulls": _PULLS[modality.kind].format(modality.words.many),
        "what_it_feels": _FEELS[modality.kind],
        "change": _CHANGE[modality.kind].format(distance),
        "optimiser": value_label(getattr(experiment.optimisers, stage.player).kind),
        "loss_equation": _loss(stage, experiment),
    }


def _loss(stage: Stage, experiment: Experiment) -> str:
    equations = experiment.objective.equations
    if stage.player == "generator":
        return f"L{_G} = {equations.generator}"
    has_penalty = equations.penalty and stage.numbers.get("penalty", 0.0)
    return f"L{_D} = {equations.discriminator}" + (f" + {equations.penalty}" if has_penalty else "")


def _number(name: str, value: float) -> str:
    """A number as it is said: probabilities and scores with two digits behind the point, others with three in all."""
    if name in ("count", "dimensions"):
        text = f"{value:,.0f}"
    elif name.startswith(("d_", "l_")):
        text = f"{value:.2f}"
    elif name in ("loss", "penalty"):
        text = f"{value:.3f}"
    else:
        text = short(float(f"{value:.3g}"))
    return text.replace("-", "−")
