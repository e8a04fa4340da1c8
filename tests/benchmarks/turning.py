"""What turning an input of G by hand takes while a DCGAN of 32 x 32 pixels trains, in the real window.

turning_p95: from a move of a slider of z, of a continuous code and from a press on a categorical code's picture to the
repainted sample. turning_sheet: from such a move to a repainted traversal sheet of 10 x 10 images, median. The game is
the preset infogan at 32 x 32; wide: with networks of twice its width, the paper's.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from ganstudio.gui.app import make_application
from ganstudio.gui.window.main_window import MainWindow
from ganstudio.gui.window.shell import SIZE
from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, percentile, remark, report
from tests.benchmarks.live import Live, spend, wait_until

SHEETS = 30


def measure(window: MainWindow, name: str, width: int, folder: Path) -> bool:
    experiment = with_setting(load_preset("infogan"), "dataset.size", 32)
    experiment = with_setting(experiment, "schedule.steps", 50_000_000)
    for player in ("generator", "discriminator"):
        experiment = with_setting(experiment, f"{player}.width", width)
    live = Live(window, experiment, folder / name)
    scene, game = window.scene, window.game
    controls = scene.latent.codes
    values = controls.buttons[0]
    reached = True
    times = {
        "z": live.slider_times(),
        "continuous": live.slider_times(controls.sliders[1]),
        "categorical": live.answer_times(
            game.rendered,
            lambda: wait_until(lambda: not game.bridge.asked),
            lambda index: values.chosen.emit((index * 3 + 1) % 10),
            (scene.latent,),
        ),
    }
    for what, found in times.items():
        remark(f"{name}, {what}: median {median(found):.1f} ms, longest {max(found):.1f}")
        reached &= report(f"turning_p95.{name}.{what}", percentile(found, 0.95), "ms", "<=", 33)
    scene.samples.set_mode("sheet")
    sheet = scene.samples.sheet
    frames = []
    connection = game.frame.connect(frames.append)

    def just_after_a_frame() -> None:
        # The renderer rests behind a frame for longer than a sheet takes, so that the next one is the answer.
        frames.clear()
        wait_until(lambda: frames)

    slider = scene.latent.sliders[0]
    found = live.answer_times(
        game.frame,
        just_after_a_frame,
        lambda index: slider.setValue(-900 + (index * 371) % 1800),
        (sheet.canvas,),
        SHEETS,
    )
    game.frame.disconnect(connection)
    scene.samples.set_mode("generated")
    remark(
        f"{name}: a sheet of {sheet.canvas.cells} images took at least {min(found):.0f} ms, at most {max(found):.0f}"
    )
    return reached & report(f"turning_sheet.{name}", median(found), "ms, 10 x 10", "<=", 250)


def run() -> int:
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Path(folder))
        window.resize(SIZE)
        window.show()
        wait_until(lambda: window.game.state == "paused")
        spend(1.0)
        reached = measure(window, "narrow", 32, Path(folder))
        reached &= measure(window, "wide", 64, Path(folder))
        window.close()
        app.processEvents()
    return 0 if reached else 1
