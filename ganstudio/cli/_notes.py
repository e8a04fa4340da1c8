"""The verb ``notes``, and tunes that are played with them: a game of sounds as the instrument of one of tunes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.cli._members import check_member, generator_of
from ganstudio.cli._terminal import UsageError, say, warn

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from ganstudio.modalities import Modality, Samples
    from ganstudio.playing import Notes

_SEED = 0


def notes(arguments: argparse.Namespace) -> int:
    """Write the notes that a run of sounds makes."""
    if arguments.out.suffix.lower() != ".npz":
        raise UsageError(f"{arguments.out}: notes are written as .npz, by the file's ending")
    if arguments.gently:
        from ganstudio.cli._draws import step_back

        step_back()
    found = notes_of(arguments.run, arguments.at)
    from ganstudio.export.writing import written

    written(arguments.out, found.packed())
    say(f"{arguments.out}: {found.described}")
    return 0


def notes_of(path: Path, at: int | None = None) -> Notes:
    """The notes of a run of sounds. Raises UsageError where it is none, or makes none with a pitch."""
    from ganstudio.cli._plan import asked_for
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.sounds.notes import notes_from

    run, step = asked_for(path, at)
    generator = generator_of(run, check_member(run, None, step), at=step, with_data=False)
    if generator.told:
        warn(generator.told)
    label = generator.latent.label

    def make(count: int, of_class: str | None) -> Samples:
        return generator.generate(generator.draw_latents(count, _SEED, of_class))

    try:
        return notes_from(
            generator.experiment.name, generator.dataset.modality, label.names if label is not None else (), make
        )
    except EstimationError as error:
        raise UsageError(f"{path}: {error}") from None


def played_by(path: Path, modality: Modality) -> Modality:
    """Tunes as a run of sounds plays them. Raises UsageError where they are no tunes, or it is no such run."""
    from dataclasses import fields

    from ganstudio.modalities import Melody
    from ganstudio.playing import Sampled

    if not isinstance(modality, Melody):
        raise UsageError(f"--played-by {path}: the run makes {modality.words.many}, and only tunes are played")
    own = {one.name: getattr(modality, one.name) for one in fields(modality)}
    return Sampled(**own, notes=notes_of(path))
