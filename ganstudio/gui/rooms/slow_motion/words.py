"""What is said of each stage of a step: its name, one sentence, the equation and the numbers that matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ganstudio.gui.text.numbers import short, signed
from ganstudio.gui.text.words import value_label
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
        "{latents_drawn}.{given}",
        "{drawn}",
    ),
    "generate": Words(
        "Generate",
        "G(z)",
        "Generate",
        "G turns each {input} into {a_sample}{blind}.{noise}",
        "{made_of}",
    ),
    "draw_x": Words(
        "Draw x",
        "x",
        "Draw x",
        "{count} real {samples} are drawn from the data, as many as G made.",
        "x ~ p<sub>data</sub>",
    ),
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
        "G's own move begins with {count} fresh {inputs}.",
        "{drawn}",
    ),
    "g_generate": Words(
        "Generate",
        "G(z)",
        "Generate again",
        "G turns each {input} into {a_sample} and keeps the way, for the gradient to come back along it.{noise}",
        "{made_of}",
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
        "G's loss is {loss}{added}: it falls as D takes G's {samples} for real.",
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
    "draw": Words(
        "Draw x", "x", "Draw x", "{count} real {samples} are drawn from the data{with_given}.", "x ~ p<sub>data</sub>"
    ),
    "make": Words("Generate", "G(z)", "Generate", "G turns each {input} into {a_sample}.", "{made_of}"),
    "loss": Words(
        "Loss",
        "L",
        "{whose} loss",
        "{whose} loss is {loss}: {stage_about}.",
        "L = {stage_equation}",
        (("loss", "loss"),),
    ),
    "gradient": Words(
        "Gradient",
        "∇",
        "{whose} gradient",
        "The gradient says how each of {weights_of} weights must change.",
        "∇<sub>θ</sub> L",
        _GRADIENT,
    ),
    "moves": Words(
        "Move",
        "θ",
        "{who} moves",
        "{who} takes one step of {optimiser}; D is not asked in this stage.",
        "θ ← {optimiser}(θ, ∇L), learning rate {rate}",
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

_GIVEN_DRAWN = "y ~ p<sub>data</sub>"
_GIVEN = "Beside each stands its sample's class, as one-hot."


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said of one stage. equation is rich text; readouts are (label, value)."""

    title: str
    sentence: str
    equation: str
    readouts: tuple[tuple[str, str], ...]


def tell(stage: Stage, experiment: Experiment, modality: Modality, given: Modality | None = None) -> Told:
    """Put a stage into words, with the settings of its game, what its samples are, and what G is given with each."""
    words = WORDS[stage.name]
    context = _context(stage, experiment, modality) | _of_given(stage, given) | _of_stage(stage, experiment)
    context |= {name: context[name].format_map(context) for name in ("latents_drawn", "drawn", "stage_about")}
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
        "loss_equation": _loss(stage, experiment),
    }


def _of_given(stage: Stage, given: Modality | None) -> dict[str, str]:
    """Words for what G makes samples of: z, what is given with it, or that alone."""
    if given is None:
        drawn = "{count} latent codes are drawn from the prior: {prior} in {dimensions}"
        made_of = {"input": "z", "inputs": "latent codes", "made_of": "G(z)", "blind": ", without a look at the data"}
        return {"latents_drawn": drawn, "drawn": "z ~ {prior_sign}", "with_given": "", **made_of}
    one = given.words.one
    with_given = f", each with the {one} y that G is given with it"
    if not stage.numbers["dimensions"]:
        drawn = f"{{count}} real {{samples}} are drawn{with_given}: there is no z"
        made_of = {"input": f"{one} y", "inputs": f"{given.words.many} y", "made_of": "G(y)", "blind": ""}
        return {"latents_drawn": drawn, "drawn": _GIVEN_DRAWN, "with_given": with_given, **made_of}
    drawn = (
        f"{{count}} latent codes are drawn from the prior, {{prior}} in {{dimensions}}, and with each {given.words.a} y"
    )
    inputs = f"latent codes, and as many {given.words.many} y"
    made_of = {"input": f"z, with the {one} y next to it,", "inputs": inputs, "made_of": "G(z, y)", "blind": ""}
    return {"latents_drawn": drawn, "drawn": f"z ~ {{prior_sign}}, {_GIVEN_DRAWN}", "with_given": with_given, **made_of}


def _of_stage(stage: Stage, experiment: Experiment) -> dict[str, str]:
    """Words for who learns in a stage before the game, and what; and for what such a stage adds to G's loss."""
    spec = next((one for one in experiment.stages if one.kind == stage.during), None)
    who = f"the {stage.learner}" if stage.learner else "G" if stage.player == "generator" else "D"
    own = getattr(spec, "optimiser", None) if stage.learner else None
    adds = (
        stage.name == "generator_loss" and stage.numbers.get("penalty") and any(each.adds for each in experiment.stages)
    )
    return {
        "who": who[0].upper() + who[1:],
        "whose": f"{who[0].upper()}{who[1:]}'s",
        "weights_of": f"{who}'s",
        "stage_equation": "" if spec is None else spec.equation,
        "stage_about": "" if spec is None else spec.about,
        "optimiser": value_label((own or getattr(experiment.optimisers, stage.player)).kind),
        "added": f", and {_number('penalty', stage.numbers['penalty'])} more from the stages before" if adds else "",
    }


def _loss(stage: Stage, experiment: Experiment) -> str:
    equations = experiment.objective.equations
    if stage.player == "generator":
        more = [f" + {each.adds}" for each in experiment.stages if each.adds]
        return f"L{_G} = {equations.generator}{''.join(more) if stage.numbers.get('penalty') else ''}"
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
    return signed(text)
