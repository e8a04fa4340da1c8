"""What a training leaves: samples and curves as pictures, a summary as JSON and in words."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from ganstudio.cli._terminal import note, number, say, shown, to_json, warn
from ganstudio.measurements import displayed, estimate_jsd_bound, moving_average
from ganstudio.modalities import counted
from ganstudio.presets import judged
from ganstudio.run import Choice, RunFolder, in_force, write_aside
from ganstudio.training.messages import SCALARS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.measurements import JSDBound
    from ganstudio.modalities import Samples

Stop = Literal["finished", "seconds", "interrupted", "diverged", "unwritable"]

SIDE_BY_SIDE, TOGETHER = 64, 2500
"""How many samples the picture of a run shows: each by itself, or all in one plot."""
SAMPLE_SEED = 0


def finish(
    run: Path, *, stop: Stop, as_json: bool, at: int | None = None, steps_per_second: float | None = None
) -> int:
    """Write samples.png, curves.png and summary.json into the run, and print the results.

    at: the step of the checkpoint that they are of; None: the newest. Returns 0, or 2 where one of the files could not
    be written; the others are, and the results are printed all the same.
    """
    folder = RunFolder.open(run, read_only=True)
    choice = Choice(run, at)
    experiment, _ = in_force(folder, choice)
    # Of several games a step may be another's, and lack the numbers of the one whose samples are shown.
    others = [f"{game}.{SCALARS[0]}" for game in experiment.games if game]
    rows = folder.scalars([*SCALARS, *others])[:, : 2 + len(SCALARS)]
    place = _place(folder)
    folder.close()
    for fault in folder.missing:
        note(fault)
    summary = summarise(experiment, rows, diverged=stop == "diverged")
    if steps_per_second is not None:
        summary["steps_per_second"] = steps_per_second
    kept = None if choice.path is None else choice.step
    summary = {
        "run": str(run),
        "name": experiment.name,
        **summary,
        "stopped": stop,
        "kept_step": kept,
        **place,
    }
    makers = _makers(run, choice, experiment, rows, summary)
    written = [name for name, make in makers.items() if is_written(run / name, make, kept=kept is not None)]
    say(to_json(summary) if as_json else in_words(summary, written))
    return 0 if len(written) == len(makers) else 2


def _makers(
    run: Path, choice: Choice, experiment: Experiment, rows: npt.NDArray[np.float64], summary: dict[str, Any]
) -> dict[str, Callable[[Path], None]]:
    """The files that a training leaves, and how each is written. Without a checkpoint there are no samples."""
    from ganstudio.export import curves_png

    samples = {} if choice.path is None else {"samples.png": lambda path: _draw_samples(path, run, choice.step)}
    return {
        **samples,
        "curves.png": lambda path: curves_png(path, rows, SCALARS, experiment, of_run=True),
        "summary.json": lambda path: write_aside(path, to_json(summary, indent=2) + "\n"),
    }


def is_written(path: Path, make: Callable[[Path], None], *, kept: bool) -> bool:
    """Have a file written that a training leaves; whether it could be. Where it couldn't a line says why.

    kept: whether there is a checkpoint.
    """
    from ganstudio.export import ExportError

    try:
        make(path)
    except (OSError, ExportError) as error:
        why = error.strerror or error if isinstance(error, OSError) else str(error).removeprefix(f"{path}: ")
        warn(f"{path}: {why}" + ("; the training itself is kept" if kept else ""))
        return False
    return True


def summarise(experiment: Experiment, rows: npt.NDArray[np.float64], *, diverged: bool = False) -> dict[str, Any]:
    """The figures after the last of rows (n, 2 + 7): losses as moving averages; None where a number isn't known.

    Of a run that diverged the averages would tell how it was before, not how it is: they are None.
    """
    steps, seconds = (int(rows[-1, 0]), float(rows[-1, 1])) if len(rows) else (0, 0.0)
    window = experiment.measures.window
    known = len(rows) > 0 and not diverged
    averages = {
        name: float(moving_average(rows[:, column], window)[-1]) if known else None
        for column, name in enumerate(SCALARS, start=2)
    }
    bound = estimate_jsd_bound(rows[:, 2 + SCALARS.index("value")], window) if known else None
    return {
        "steps": steps,
        "seconds": seconds,
        "steps_per_second": steps / seconds if seconds > 0 else None,
        "d_loss": averages["d_loss"],
        "g_loss": averages["g_loss"],
        "d_real": averages["d_real"],
        "d_fake": averages["d_fake"],
        # Of packs or of samples with their class, where D judges these: then it bounds no JSD of samples alone.
        "jsd_bound_of": judged(experiment) or "samples",
        **_bound(bound),
    }


def _bound(bound: JSDBound | None) -> dict[str, Any]:
    """The bound where it says something; else None, and why."""
    missing = bound.empty if bound else "the value of the game is not known"
    if bound is None or missing:
        return {"jsd_bound_nats": None, "jsd_bound_se_nats": None, "jsd_bound_missing": missing}
    nats = displayed(bound.nats)
    return {"jsd_bound_nats": nats, "jsd_bound_se_nats": bound.standard_error, "jsd_bound_missing": None}


def bound_in_words(figures: dict[str, Any]) -> str:
    """The bound that follows from the game, as ``summarise`` has it, or that it says nothing."""
    name = f"JSD bound from the game{of_what(figures)}"
    if figures["jsd_bound_nats"] is None:
        return f"{name}: says nothing yet, because {figures['jsd_bound_missing']}"
    error = number(figures["jsd_bound_se_nats"])
    return f"{name}: at least {number(figures['jsd_bound_nats'])} nats, standard error {error}"


def in_words(summary: dict[str, Any], written: Sequence[str]) -> str:
    """The summary for people. written: the files that were."""
    rate = summary["steps_per_second"]
    speed = f" ({rate:.0f} steps/s)" if rate else ""
    name, steps, seconds, run = (summary[key] for key in ("name", "steps", "seconds", "run"))
    lines = [f"{name}: {counted(steps, 'step')} in {seconds:.1f} s{speed}"]
    if summary["d_loss"] is not None:
        lines[0] += f", D loss {number(summary['d_loss'])}, G loss {number(summary['g_loss'])}"
        lines.append(bound_in_words(summary))
    lines.append(f"run: {run}" + (f" ({', '.join(written)})" if written else ""))
    return "\n".join(map(shown, lines))


def of_what(figures: dict[str, Any]) -> str:
    """Which divergence the bound is of, where it is not that of single samples."""
    of = figures.get("jsd_bound_of", "samples")  # figures that were kept before may not tell
    return "" if of == "samples" else f", of {of}"


def _place(folder: RunFolder) -> dict[str, Any]:
    known = folder.environment()
    return {key: known.get(key) for key in ("device", "threads", "seed")}


def _draw_samples(path: Path, run: Path, step: int) -> None:
    from ganstudio.data import DatasetError
    from ganstudio.export import save_samples
    from ganstudio.training.checkpoints.loaded import load_data, load_generator

    generator = load_generator(run, at=step, with_data=False)
    modality = generator.dataset.modality
    if modality.side_by_side:
        latents, columns = generator.latents_in_columns(SIDE_BY_SIDE, SAMPLE_SEED)
        save_samples(path, generator.generate(latents), modality, columns=columns, of_run=True)
        return
    samples, real = generator.generate(generator.draw_latents(TOGETHER, SAMPLE_SEED)), None
    with suppress(DatasetError):  # what was trained on may be gone by now, and the samples stand without it
        real = real_samples(load_data(run, generator.experiment), TOGETHER)
    save_samples(path, samples, modality, real=real, of_run=True)


def real_samples(dataset: Dataset, count: int) -> Samples:
    """Samples of p_data in people's units, always the same."""
    import numpy as np

    return dataset.modality.to_people(dataset.draw(count, np.random.default_rng(SAMPLE_SEED)))
