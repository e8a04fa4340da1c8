"""srgan_quality: the preset srgan as it comes, three seeds, on striped digits whose truth is known; and its controls.

srgan_photographs: the same preset on dropped photographs (``GANSTUDIO_BENCHMARK_DATA``/cifar-4x2500.zip), of which
1,000 are kept aside, seed 0, and whose small copies have no noise: it is there for what shrinking leaves of stripes.

The figures are those of ``ganstudio measure``, of images that were held out. Bicubic interpolation with noise of the
missing power must fail by its texture, and G of the content stage by its detail and by the stripes' direction. A sheet
of each is left in build/: bicubic, the content stage's G, G, the original.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.presets import experiment_for, load_preset, with_setting, with_settings
from tests.benchmarks.figures import data_folder, remark, report
from tests.benchmarks.headless import train_to_the_end

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment

SEEDS = range(3)
SHEETS = Path("build")
PHOTOGRAPHS = "cifar-4x2500.zip"
_SHOWN = 16

Rows = dict[str, dict[str, float]]


def measured(experiment: Experiment, folder: Path) -> Rows:
    """Train to the end, and the table of ``ganstudio measure``."""
    from ganstudio.measurements.enlarging import enlarging_figures
    from ganstudio.training.checkpoints.loaded import load_generator, load_kept

    seconds = train_to_the_end(experiment, folder)
    loaded, kept = load_generator(folder), load_kept(folder)
    assert kept is not None
    networks = {"content": kept, "generator": loaded.network}
    rows: Rows = enlarging_figures(loaded.experiment, loaded.dataset, networks)["enlarging"]
    remark(f"{folder.name}: {seconds:.0f} s of training")
    for name, row in rows.items():
        remark(f"{folder.name}, {name}: " + ", ".join(f"{key} {value:.3f}" for key, value in row.items()))
    leave_sheet(loaded, networks, SHEETS / f"{folder.name}.png")
    return rows


def leave_sheet(loaded: Any, networks: dict[str, Any], path: Path) -> None:
    """What becomes of some held-out images, a row each way."""
    import torch

    from ganstudio.export import save_rows
    from ganstudio.measurements.enlarging import made_of
    from ganstudio.measurements.image_figures import as_pictures
    from ganstudio.networks import Inputs
    from ganstudio.networks.super_resolution import enlarged

    data = loaded.dataset
    real = data.at(data.count + np.arange(_SHOWN))
    given = torch.from_numpy(loaded.prior.sampler.small(real, np.random.default_rng(0)))
    inputs = Inputs(torch.zeros(_SHOWN, loaded.latent.width), given)
    made = {name: made_of(network, inputs) for name, network in networks.items()}
    rows = {"bicubic": enlarged(given, 4).numpy(), **made, "original": real}
    SHEETS.mkdir(exist_ok=True)
    save_rows(path, [(name, as_pictures(images)) for name, images in rows.items()])


def striped(folder: Path, seed: int) -> Rows:
    """The preset as it comes."""
    preset = with_setting(load_preset("srgan"), "device", {"kind": "cpu", "threads": 1})
    return measured(with_setting(preset, "seed", seed), folder / f"srgan-{seed}")


def photographs(folder: Path) -> Rows | None:
    """The preset on dropped photographs; None where there are none."""
    from ganstudio.data import open_path

    path = data_folder() / PHOTOGRAPHS
    if not path.exists():
        remark(f"{path}: not there, srgan_photographs is left out")
        return None
    spec, dataset = open_path(path)
    base = with_setting(load_preset("srgan"), "device", {"kind": "cpu", "threads": 1})
    dropped = experiment_for(spec, dataset.modality, base, classes=dataset.has_classes, name="srgan-photographs")
    dropped = with_settings(dropped, [("dataset.held_out", 1000), ("given.noise", 0.0)])
    return measured(dropped, folder / "srgan-photographs")


def judged(results: list[Rows]) -> bool:
    """The bars, each for the worst of the seeds."""

    def worst(of: Any, *, most: bool) -> float:
        return float((max if most else min)(of(rows) for rows in results))

    name = "srgan_quality"
    gained = worst(lambda rows: rows["content"]["psnr"] - rows["interpolated"]["psnr"], most=False)
    lost = worst(lambda rows: rows["content"]["psnr"] - rows["generator"]["psnr"], most=True)
    share = worst(lambda rows: rows["generator"]["texture"] / rows["content"]["texture"], most=True)
    reached = report(f"{name}.content_gain", gained, "dB over bicubic, worst", ">=", 1.5)
    reached &= report(f"{name}.loss", lost, "dB below the content stage, worst", "<=", 3.2)
    for key, sign, bar in (
        ("detail", ">=", 0.78),
        ("detail", "<=", 1.15),
        ("direction_near", ">=", 0.75),
        ("consistency", ">=", 31.0),
    ):
        value = worst(lambda rows, key=key: rows["generator"][key], most=sign == "<=")
        reached &= report(f"{name}.{key}", value, "worst", sign, bar)  # type: ignore[arg-type]
    reached &= report(f"{name}.texture", share, "of the content stage's, worst", "<=", 0.52)
    for row, key, sign, bar in (
        ("noise", "texture", ">=", 0.5),
        ("content", "detail", "<=", 0.6),
        ("content", "direction_near", "<=", 0.3),
    ):
        value = worst(lambda rows, row=row, key=key: rows[row][key], most=sign == "<=")
        reached &= report(f"{name}.control.{row}_{key}", value, "worst", sign, bar)  # type: ignore[arg-type]
    return reached


def run() -> int:
    """Print the figures; 0 when the targets are reached."""
    with tempfile.TemporaryDirectory() as folder:
        reached = judged([striped(Path(folder), seed) for seed in SEEDS])
        rows = photographs(Path(folder))
    if rows is not None:
        gained = rows["content"]["psnr"] - rows["interpolated"]["psnr"]
        share = rows["generator"]["texture"] / rows["content"]["texture"]
        reached &= report("srgan_photographs.content_gain", gained, "dB over bicubic", ">=", 0.7)
        reached &= report("srgan_photographs.detail", rows["generator"]["detail"], "", ">=", 0.5)
        reached &= report("srgan_photographs.texture", share, "of the content stage's", "<=", 0.8)
    return 0 if reached else 1
