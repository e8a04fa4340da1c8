"""The word that a game stands ready, with all that the window needs to show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.training.messages import Opened
from ganstudio.training.pictures.geometry import home
from ganstudio.training.pictures.real_samples import shown_given, shown_real

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.training.step.games import System


def announcement(system: System, *, run: Path | None, threads: int) -> Opened:
    """What is told of a game that was opened in a run's folder, or in none yet. It takes long for large images."""
    dataset = system.dataset
    (real, columns), given = shown_real(system), shown_given(system) or (None, None)
    return Opened(
        experiment=system.experiment,
        run=run,
        step=system.step_count,
        seconds=system.seconds,
        data_name=dataset.name,
        data_count=dataset.count,
        modality=dataset.modality,
        real=real,
        latents=system.fixed_inputs.latents.cpu().numpy(),
        plane=home(system),
        skipped=tuple((skipped.name, skipped.reason) for skipped in dataset.skipped),
        skipped_count=dataset.skipped_count,
        generator_parameters=sum(p.numel() for p in system.generator.parameters()),
        discriminator_parameters=sum(p.numel() for p in system.discriminator.parameters()),
        device=str(system.device),
        threads=threads,
        notes=dataset.notes,
        label=system.latent.label,
        stages=tuple((stage.first, stage.kind) for stage in system.stages),
        columns=columns,
        scalars=system.scalars,
        given=given[0],
        given_kind=given[1],
        way=system.generator.way_kinds(dataset.modality),
    )
