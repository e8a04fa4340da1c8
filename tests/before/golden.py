"""The scalars that every preset makes in its first steps: what no move of code may change.

``python -m tests.before.golden`` writes them anew, which is right only where a preset or the game itself was changed on
purpose; the change then says so.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import ChainSpec, GlyphsSpec
from ganstudio.presets import load_preset, preset_names
from ganstudio.training.arrangements import build_system
from ganstudio.training.session.devices import set_determinism

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

TABLE = Path(__file__).with_name("golden.json")
TOLERANCE = 1e-5
STEPS = {
    "grid": 8,
    "disjoint": 12,
    "dcgan": 8,
    "ebgan_glyphs": 8,
    "infogan": 8,
    "lapgan": 8,
    "mnist": 4,
    "srgan": 6,
    "srgan_features": 9,
    "folk": 8,
    "crnn_gan": 7,
    "style_structure": 8,
    "sound_codes": 4,
    "sound_notes": 4,
    "sound_raw": 4,
    "sound_wavegan": 2,
    "text_small": 9,
    "text_mle": 9,
    "seqgan": 7,
}
"""Steps that a preset is held to, 20 where it isn't named. In grid and disjoint a difference grows up to tenfold each
step: between two processors' instructions 1e-15 became 1e-7 after 8 and 12 steps, and 1e-5 after 11 and 15 (measured;
of the others the worst was 1e-11 after 20). Of the large ones a step takes up to a third of a second."""


@contextmanager
def in_double_precision() -> Iterator[None]:
    """Compute in double precision, on one thread: in single precision processors of two kinds part within ten steps."""
    threads = torch.get_num_threads()
    from_numpy = torch.from_numpy

    def doubled(array: npt.NDArray[np.generic]) -> torch.Tensor:
        tensor = from_numpy(array)
        return tensor.double() if tensor.dtype == torch.float32 else tensor

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    try:
        with (
            mock.patch.object(torch, "from_numpy", doubled),
            mock.patch.object(torch.Tensor, "float", torch.Tensor.double),
        ):
            yield
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_num_threads(threads)


def scalars(name: str) -> npt.NDArray[np.float64]:
    """The scalars (steps, names) of a preset's first steps, as ``Trainer.drain`` has them behind step and seconds."""
    experiment = load_preset(name)
    if name == "mnist":  # whose data are fetched: its networks and its game on drawn digits
        experiment = experiment.model_copy(update={"dataset": GlyphsSpec(count=1000, held_out=0)})
    # Some steps of each stage before the game, and then the game.
    stages = tuple(stage.model_copy(update={"steps": 3}) for stage in experiment.stages)
    experiment = experiment.model_copy(update={"stages": stages})
    if isinstance(experiment.arrangement, ChainSpec):
        turns = experiment.arrangement.model_copy(update={"steps": 2, "apart": 2})
        experiment = experiment.model_copy(update={"arrangement": turns})
    with in_double_precision():
        set_determinism(experiment.device)
        trainer = build_system(experiment, build_dataset(experiment.dataset), torch.device("cpu"))
        for _ in range(STEPS.get(name, 20)):
            trainer.step()
        return trainer.drain()[:, 2:]


def main() -> None:
    """Write the table."""
    table = {name: [[float(f"{x:.9g}") for x in row] for row in scalars(name).tolist()] for name in preset_names()}
    rows = ",\n".join(f'"{name}": {json.dumps(rows)}' for name, rows in table.items())
    TABLE.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
    sys.stdout.write(f"{TABLE}\n")


if __name__ == "__main__":
    main()
