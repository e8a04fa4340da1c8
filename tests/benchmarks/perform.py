"""What playing a training costs: the latent code moved by hand and by OSC while G learns, in the real window.

perform_p95: from a slider's move, and from a message of OSC that another socket sends, to the repainted sample; of the
presets ring and dcgan, and of a DCGAN of 64 x 64 pixels. perform_kept: steps/s while a slider is moved 60 times a
second, and while OSC is listened to with nobody sending, over those with neither, the three taking turns.
"""

from __future__ import annotations

import socket
import struct
import tempfile
from pathlib import Path

from PySide6.QtCore import QTimer

from ganstudio.gui.app import make_application
from ganstudio.gui.window.main_window import MainWindow
from ganstudio.gui.window.shell import SIZE
from ganstudio.presets import load_preset, with_settings
from tests.benchmarks.figures import median, percentile, remark, report
from tests.benchmarks.live import Live, spend, wait_until

TURNS, TURN_SECONDS, DRAG_MS = 10, 3.0, 16


class Sender:
    """Another program that moves the first slider of z by OSC."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, index: int) -> None:
        value = -2.7 + (index * 371 % 1800) / 1800 * 5.4
        self._socket.sendto(b"/z/1\0\0\0\0,f\0\0" + struct.pack(">f", value), ("127.0.0.1", self._port))

    def close(self) -> None:
        self._socket.close()


def measure(window: MainWindow, name: str, experiment, least: float, folder: Path) -> bool:
    """The figures of one game. least: milliseconds that a sample may take."""
    experiment = with_settings(experiment, [("schedule.steps", 50_000_000)])
    live, osc = Live(window, experiment, folder / name), window.performing.osc
    scene, game = window.scene, window.game
    times = {"slider": live.slider_times()}
    osc.listen("127.0.0.1", 0)
    assert osc.listening is not None
    sender = Sender(osc.listening[1])
    times["osc"] = live.answer_times(
        game.rendered, lambda: wait_until(lambda: not game.bridge.asked), sender.send, (scene.samples, scene.latent)
    )
    reached = True
    for how, found in times.items():
        remark(f"{name}, {how}: median {median(found):.1f} ms, longest {max(found):.1f}")
        reached &= report(f"perform_p95.{name}.{how}", percentile(found, 0.95), "ms", "<=", least)
    dragging, moves = QTimer(interval=DRAG_MS), iter(range(10**9))
    slider = scene.latent.sliders[0]
    dragging.timeout.connect(lambda: slider.setValue(-900 + next(moves) * 37 % 1800))
    dragged, listened = [], []
    for _ in range(TURNS):
        osc.stop()
        alone = live.rate(TURN_SECONDS)
        osc.listen("127.0.0.1", 0)
        listened.append(live.rate(TURN_SECONDS) / alone)
        osc.stop()
        dragging.start()
        dragged.append(live.rate(TURN_SECONDS) / alone)
        dragging.stop()
        remark(f"{name}: {alone:.0f} it/s alone, {listened[-1]:.3f} listened to, {dragged[-1]:.3f} dragged")
    sender.close()
    reached &= report(f"perform_kept.{name}.dragged", median(dragged), "of the steps/s", ">=", 0.85)
    return reached & report(f"perform_kept.{name}.listened", median(listened), "of the steps/s", ">=", 0.99)


def run() -> int:
    """Print the figures; 0 where their targets are reached."""
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Path(folder))
        window.resize(SIZE)
        window.show()
        wait_until(lambda: window.game.state == "paused")
        spend(1.0)
        reached = measure(window, "ring", load_preset("ring"), 33, Path(folder))
        reached &= measure(window, "dcgan", load_preset("dcgan"), 33, Path(folder))
        large = with_settings(load_preset("dcgan"), [("dataset.size", 64), ("schedule.batch_size", 16)])
        reached &= measure(window, "dcgan64", large, 50, Path(folder))
        window.leave()
        window.close()
        app.processEvents()
    return 0 if reached else 1
