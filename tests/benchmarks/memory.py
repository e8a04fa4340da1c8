"""How near the memory that is foreseen for a game is to what its process takes: `make bench NAME=memory`.

Each case runs in a process of its own, whose peak is read from the system after three steps and a checkpoint; so the
figures are Linux's. Refusing what would run well is as wrong as letting the system end the program: the shares of
foreseen and measured are to lie between 0.7 and 2.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import remark, report

LEAST, MOST = 0.7, 2.0
CASES: dict[str, tuple[str, dict[str, object]]] = {
    "points": ("ring", {"schedule.batch_size": 65_536}),
    "points_wgan": ("ring", {"schedule.batch_size": 32_768, "objective.kind": "wasserstein"}),
    "wide": ("ring", {name: size for player in ("generator", "discriminator")
                      for name, size in ((f"{player}.width", 2048), (f"{player}.depth", 8))}),
    "energies": ("ebgan", {"schedule.batch_size": 8_192}),
    "images": ("digits", {"dataset.size": 64, "schedule.batch_size": 256}),
    "images_large": ("digits", {"dataset.size": 128, "schedule.batch_size": 64}),
    "images_small": ("digits", {"schedule.batch_size": 4_096}),
    "images_wgan": ("digits", {"dataset.size": 32, "schedule.batch_size": 256, "discriminator.normalisation": "none",
                               "objective.kind": "wasserstein"}),
    "images_relativistic": ("digits", {"dataset.size": 32, "schedule.batch_size": 512,
                                       "discriminator.normalisation": "spectral", "objective.kind": "relativistic"}),
    "images_wide": ("digits", {"dataset.size": 32, "generator.width": 256, "discriminator.width": 256}),
    "images_energies": ("ebgan_glyphs", {"dataset.size": 64, "schedule.batch_size": 256}),
    "codes": ("infogan", {"schedule.batch_size": 2_048}),
}  # fmt: skip


def run() -> int:
    """Measure every case; 0 when all shares lie between the bounds."""
    shares = []
    for name in CASES:
        command = [sys.executable, "-m", "tests.benchmarks.memory", name]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        foreseen, measured = json.loads(done.stdout)
        shares.append(foreseen / measured)
        remark(f"{name}: {foreseen / 1e6:,.0f} MB foreseen, {measured / 1e6:,.0f} MB taken: {shares[-1]:.2f}")
    reached = report("memory.least", min(shares), "share of what is taken", ">=", LEAST)
    reached &= report("memory.most", max(shares), "share of what is taken", "<=", MOST)
    return 0 if reached else 1


def take(name: str) -> tuple[int, int]:
    """Bytes that are foreseen for a case, and those that this process then takes for it."""
    import torch

    from ganstudio.data import build_dataset
    from ganstudio.presets import load_preset, with_setting
    from ganstudio.training.checkpoints.checkpoint import save_checkpoint
    from ganstudio.training.session.needs import ALWAYS, foreseen, outline
    from ganstudio.training.step.trainer import Trainer

    preset, settings = CASES[name]
    experiment = load_preset(preset)
    dataset = build_dataset(experiment.dataset)
    Trainer(experiment, dataset, torch.device("cpu")).step()  # what loads with the first step of any game
    for path, value in settings.items():
        experiment = with_setting(experiment, path, value)
    dataset = build_dataset(experiment.dataset)
    told = foreseen(experiment, dataset, outline(experiment, dataset))
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _told("VmRSS")
    trainer = Trainer(experiment, dataset, torch.device("cpu"))
    for _ in range(3):
        trainer.step()
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(Path(folder), trainer)
    return ALWAYS + told.total(trainer.sights.batch_size), _told("VmHWM") - before


def _told(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(take(sys.argv[1])))
