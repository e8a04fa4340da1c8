"""The verbs that look at something: ``measure``, ``sample``, ``presets``, ``doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.cli._terminal import number, say, to_json

if TYPE_CHECKING:
    import argparse

    from ganstudio.training.checkpoint import LoadedGenerator

SEED = 0


def measure(arguments: argparse.Namespace) -> int:
    """Measure the newest checkpoint of a run."""
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
        **_coverage(generator),
    }
    say(to_json(figures) if arguments.json else _measured(figures))
    return 0


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
    if "modes" in figures:
        total, strict = figures["modes_total"], figures["modes_strict"]
        lines.append(f"modes reached: {figures['modes']} of {total} ({strict} with a tenth of their share or more)")
        lines.append(f"within 3 standard deviations of a mode: {figures['high_quality']:.1%}")
        lines.append(f"KL of the modes' shares to uniform: {number(figures['mode_kl'])} nats")
    return "\n".join(lines)


def sample(arguments: argparse.Namespace) -> int:
    """Write samples to a file."""
    from ganstudio.export import check_suffix, save_samples

    check_suffix(arguments.out)
    from ganstudio.run import RunFolder

    RunFolder.open(arguments.run, read_only=True)
    from ganstudio.training.checkpoint import load_generator

    generator = load_generator(arguments.run)
    samples = generator.generate(generator.draw_latents(arguments.count, arguments.seed))
    save_samples(arguments.out, samples)
    say(str(arguments.out))
    return 0


def presets(arguments: argparse.Namespace) -> int:
    """List the presets, a line each."""
    from ganstudio.presets import load_preset, preset_names

    names = preset_names()
    width = max(map(len, names))
    for name in names:
        say(f"{name:<{width}}  {load_preset(name).summary}")
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """Say what the machine has, or mend it."""
    from ganstudio import system

    if arguments.fix:
        return system.fix()
    from ganstudio.run import default_runs

    found = system.report(default_runs())
    say(to_json(found) if arguments.json else system.describe(found))
    return 0
