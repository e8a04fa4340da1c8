"""The verb ``measure``: how far a run's generator is from its data, and what its codes learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.cli._terminal import number, say, to_json

if TYPE_CHECKING:
    import argparse

    import numpy as np
    import numpy.typing as npt

    from ganstudio.measurements.estimate import Draw
    from ganstudio.training.checkpoint import LoadedGenerator

SEED = 0
_ESTIMATED = {
    "jsd_nats": "jsd",
    "jsd_low": "jsd_low",
    "jsd_high": "jsd_high",
    "jsd_floor_nats": "jsd_floor",
    "kl_forward_nats": "kl_forward",
    "kl_forward_low": "kl_forward_low",
    "kl_forward_high": "kl_forward_high",
    "kl_reverse_nats": "kl_reverse",
    "kl_reverse_low": "kl_reverse_low",
    "kl_reverse_high": "kl_reverse_high",
    "kl_clipped": "clipped",
    "estimate_samples": "samples",
}


def measure(arguments: argparse.Namespace) -> int:
    """Measure the newest checkpoint of a run."""
    from ganstudio.cli._measure_codes import codes_figures, codes_in_words
    from ganstudio.cli._measure_images import image_figures, images_in_words
    from ganstudio.cli._results import summarise
    from ganstudio.run import RunFolder
    from ganstudio.training.messages import SCALARS

    folder = RunFolder.open(arguments.run, read_only=True)
    rows = folder.scalars(SCALARS)
    folder.close()
    from ganstudio.training.checkpoint import load_generator

    generator = load_generator(arguments.run)
    # The run may have gone on since the checkpoint: both figures are of the same moment.
    summary = summarise(generator.experiment, rows[rows[:, 0] <= generator.step])
    figures = {
        "run": str(arguments.run),
        "name": generator.experiment.name,
        "step": generator.step,
        "jsd_bound_nats": summary["jsd_bound_nats"],
        "jsd_bound_se_nats": summary["jsd_bound_se_nats"],
        **_divergences(generator, arguments.estimator),
        **_coverage(generator),
    }
    if not generator.dataset.is_plane:
        figures |= image_figures(generator.dataset, draw_from(generator), SEED)
        figures |= codes_figures(arguments.run, generator.experiment.latent.codes, generator.dataset, SEED)
    words = [_measured(figures), *images_in_words(figures), *codes_in_words(figures)]
    say(to_json(figures) if arguments.json else "\n".join(words))
    return 0


def draw_from(generator: LoadedGenerator) -> Draw:
    """What draws samples (count, *shape) in model units from a run's generator, always the same ones in turn."""
    import torch

    from ganstudio.latent import draw_latents

    random = torch.Generator().manual_seed(SEED)

    @torch.no_grad()
    def draw(count: int) -> npt.NDArray[np.float32]:
        latents = draw_latents(generator.experiment.latent, count, random)
        samples: npt.NDArray[np.float32] = generator.network(latents.to(generator.device)).cpu().numpy()
        return samples

    return draw


def _divergences(generator: LoadedGenerator, estimator: str) -> dict[str, Any]:
    """The estimate's figures; None each where it can't be made, and why."""
    from ganstudio import measurements
    from ganstudio.measurements.estimators import ESTIMATORS

    sides = measurements.Sides.of(generator.dataset, draw_from(generator), SEED)
    found, reason = None, None
    try:
        found = measurements.finish(ESTIMATORS[estimator](sides, measurements.SAMPLES, SEED))
    except measurements.EstimationError as error:
        reason = str(error)
    figures: dict[str, Any] = {"estimator": estimator, "estimate_missing": reason}
    for key, name in _ESTIMATED.items():
        figures[key] = getattr(found, name) if found else None
    return figures


def _coverage(generator: LoadedGenerator) -> dict[str, Any]:
    """Mode coverage where the data is a mixture whose means are known."""
    import numpy as np

    from ganstudio.measurements import mode_coverage
    from ganstudio.measurements.coverage import SAMPLES

    dataset = generator.dataset
    if dataset.modes is None or dataset.mode_sigma is None:
        return {}
    points = generator.generate(generator.draw_latents(SAMPLES, SEED))
    found = mode_coverage(np.asarray(points, np.float32), dataset.modes, dataset.mode_sigma)
    return {
        "modes": found.modes,
        "modes_strict": found.modes_strict,
        "modes_total": len(dataset.modes),
        "high_quality": found.high_quality,
        "mode_kl": found.mode_kl,
        "samples": SAMPLES,
    }


def _measured(figures: dict[str, Any]) -> str:
    lines = [f"{figures['name']} at step {figures['step']:,}"]
    if figures["jsd_bound_nats"] is not None:
        bound, error = number(figures["jsd_bound_nats"]), number(figures["jsd_bound_se_nats"])
        lines.append(f"JSD bound from the game: {bound} nats, standard error {error}")
    else:
        lines.append("JSD bound from the game: not known")
    lines += _estimated(figures)
    if "modes" in figures:
        total, strict = figures["modes_total"], figures["modes_strict"]
        lines.append(f"modes reached: {figures['modes']} of {total} ({strict} with a tenth of their share or more)")
        lines.append(f"within 3 standard deviations of a mode: {figures['high_quality']:.1%}")
        lines.append(f"KL of the modes' shares to uniform: {number(figures['mode_kl'])} nats")
    return "\n".join(lines)


def _estimated(figures: dict[str, Any]) -> list[str]:
    way = f"{figures['estimator']} of {figures['estimate_samples'] or 0:,} samples a side"
    if figures["estimate_missing"]:
        return [f"JSD by the {figures['estimator']}: not known, because {figures['estimate_missing']}"]

    def between(low: str, high: str) -> str:
        return f"95 % within {number(figures[low])} to {number(figures[high])}"

    jsd, floor = number(max(0.0, figures["jsd_nats"])), number(figures["jsd_floor_nats"])
    lines = [f"JSD by the {way}: {jsd} nats, {between('jsd_low', 'jsd_high')}, floor {floor}"]
    cut = ", too small: some log-ratios are beyond what so many samples tell" if figures["kl_clipped"] else ""
    for name, key in (("KL(p_data || p_g)", "kl_forward"), ("KL(p_g || p_data)", "kl_reverse")):
        if figures[f"{key}_nats"] is not None:
            value = number(max(0.0, figures[f"{key}_nats"]))
            lines.append(f"{name}: {value} nats, {between(f'{key}_low', f'{key}_high')}{cut}")
    return lines
