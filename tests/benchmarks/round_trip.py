"""round_trip: of 40 exports of each kind, how many dropped on the window open their run, step and latents.

Two small runs of points are kept at two steps each; the exports are of all four, of other seeds each, written by the
command line's own functions and dropped one after another on the real window, which stands somewhere else each time.
"""

from __future__ import annotations

import io
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

from tests.benchmarks.figures import remark, report
from tests.benchmarks.live import wait_until

TIMES = 40
KINDS: dict[str, tuple[str, ...]] = {
    "samples.npz": ("samples", "--count", "3"),
    "grid.png": ("grid", "--count", "9"),
    "walk.gif": ("walk", "--count", "2", "--seconds", "0.3", "--fps", "10"),
    "walk.webp": ("walk", "--count", "2", "--seconds", "0.3", "--fps", "10"),
    "walk.avif": ("walk", "--count", "2", "--seconds", "0.3", "--fps", "10"),
    "walk.apng": ("walk", "--count", "2", "--seconds", "0.3", "--fps", "10"),
    "model.py": ("model",),
    "model.pt2": ("model",),
    "model.onnx": ("model",),
}


def run() -> int:
    from importlib.util import find_spec

    from ganstudio.export import ffmpeg
    from ganstudio.gui.app import make_application
    from ganstudio.gui.window.main_window import MainWindow

    kinds = dict(KINDS)
    if find_spec("onnxscript") is None:
        remark("without onnxscript there is no ONNX: left out")
        del kinds["model.onnx"]
    if ffmpeg() is None:
        remark("without ffmpeg there is no MP4 and no WebM: left out")
    else:
        kinds |= dict.fromkeys(("walk.mp4", "walk.webm"), KINDS["walk.gif"])
    app, reached = make_application(), True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = folder / "runs"
        _train(runs)
        window = MainWindow(runs)
        window.show()
        wait_until(lambda: window.game.state == "paused")
        for kind, words in kinds.items():
            right = sum(_returns(window, runs, folder, kind, words, place) for place in range(TIMES))
            reached &= report(f"round_trip.{kind}", right, f"of {TIMES}", ">=", TIMES)
        right = sum(_picture_returns(window, runs, folder, place) for place in range(TIMES))
        reached &= report("round_trip.files", right, f"pictures of the window of {TIMES}", ">=", TIMES)
        window.leave()
        window.close()
        app.processEvents()
    return 0 if reached else 1


def _train(runs: Path) -> None:
    """Two runs, each with two checkpoints."""
    from ganstudio import cli
    from ganstudio.presets import dumps, load_preset, with_setting

    for name in ("ring", "grid"):
        experiment = load_preset(name)
        for path, value in {"generator.width": 8, "discriminator.width": 8, "schedule.batch_size": 8}.items():
            experiment = with_setting(experiment, path, value)
        runs.mkdir(exist_ok=True)
        file = runs.parent / f"{name}.toml"
        for steps in (10, 20):
            file.write_text(dumps(with_setting(experiment, "schedule.steps", steps)), encoding="utf-8")
            words = ["train", str(file), "--out", str(runs / name), "--quiet", "--json"]
            if steps > 10:
                words = ["train", str(runs / name), "--resume", "--steps", str(steps), "--quiet", "--json"]
            with redirect_stdout(io.StringIO()):
                assert cli.main(words) == 0


def _place(place: int) -> tuple[str, int]:
    """Which run and step an export is of."""
    return ("ring", "grid")[place % 2], (10, 20)[place // 2 % 2]


def _returns(window, runs: Path, folder: Path, kind: str, words: tuple[str, ...], place: int) -> bool:
    from ganstudio import cli
    from ganstudio.walks import drawn

    run, step = _place(place)
    file = folder / f"{place}-{kind}"
    command = ["export", str(runs / run), "--at", str(step), "--what", *words, "--out", str(file), "--quiet"]
    with redirect_stdout(io.StringIO()):
        status = cli.main([*command, *(("--seed", str(place)) if words[0] != "model" else ())])
    if status != 0:
        return False
    found = _dropped(window, file, runs / run, step)
    latent = window.scene.latent
    return found and (words[0] == "model" or np.allclose(latent.latents, drawn(latent.spec, place), atol=1e-5))


def _picture_returns(window, runs: Path, folder: Path, place: int) -> bool:
    """Of a picture that the window saves."""
    from ganstudio.gui.parts.ways_out import all_inside

    run, step = _place(place)
    window.open_path(runs / run / "checkpoints" / f"step-{step:08d}")
    wait_until(lambda: window.game.run == runs / run and window.game.step == step and not window.game.awaits)
    window.scene.latent.draws.set_seed(place)
    wanted = window.scene.latent.latents.copy()
    way = all_inside(window.scene)[0]
    way.save(way.picture(1), folder / f"{place}.png")
    window.scene.latent.draws.reset()
    return _dropped(window, folder / f"{place}.png", runs / run, step) and np.allclose(
        window.scene.latent.latents, wanted, atol=1e-5
    )


def _dropped(window, file: Path, run: Path, step: int) -> bool:
    """Drop a file and wait for what opens; whether it is the right run and step."""
    window.take_drop([file])
    wait_until(lambda: not window.returning.looking and not window.game.awaits and window.game.state == "paused")
    return bool(window.game.run == run and window.game.step == step)
