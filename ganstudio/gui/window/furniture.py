"""The views that need pyqtgraph, and what brings them together with the rest of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.settings.panel import SettingsPanel
from ganstudio.gui.sound.sounds import Sounds
from ganstudio.gui.window.directing import Directing
from ganstudio.gui.window.finding import Finding
from ganstudio.gui.window.hearing import Hearing
from ganstudio.gui.window.performing import Performing
from ganstudio.gui.window.rooms import Rooms
from ganstudio.gui.window.scene import Scene

if TYPE_CHECKING:
    from ganstudio.gui.window.main_window import MainWindow


class Furniture:
    """Built once, after the window's first painting; the settings and what plays sounds are the window's own."""

    def __init__(self, window: MainWindow) -> None:
        game, shell, actions, undo = window.game, window.shell, window.actions_by_id, window.undo
        window.sounds = sounds = Sounds(window)
        window.settings = settings = SettingsPanel(game, shell.put_right)
        game.opened.connect(lambda _event: settings.open())
        game.run_created.connect(lambda _event: settings.follow())
        game.adjusted.connect(settings.answer)
        game.notice.connect(settings.refuse)
        game.refused.connect(lambda _event: settings.stay())
        for event in (game.broken, game.failed):
            event.connect(lambda _event: settings.give_up())
        settings.switched.connect(window.teller.switched)
        scene = Scene(game, shell.put_middle)
        self.rooms = Rooms(shell, scene, game, window.opener, sounds)
        window.memory.restore_sounds(sounds)
        self.hearing = Hearing(scene, game, sounds, shell)
        window.drops.near.connect(self.rooms.data.reader.warm)
        actions["toggle_latent"].toggled.connect(scene.latent_panel.setVisible)
        scene.latent_panel.setVisible(actions["toggle_latent"].isChecked())
        window.memory.restore_rooms(self.rooms, shell)
        window.commands.furnish(self.rooms, settings)
        undo.furnish(self.rooms, settings)
        window.staging.turned.connect(undo.history.add)
        self.directing = Directing(scene, game, window.teller)
        self.finding = Finding(window, scene, game, window.teller, self.directing)
        self.finding.furnish(actions["find_picture"])
        window.drops.sought.connect(self.finding.take)
        window.returning.furnish(scene.latent.set_latents, scene.pins.take)
        window.exporter.pins = lambda: scene.pins.points
        window.exporter.seed = lambda: scene.latent.seed
        scene.strip.export_wanted.connect(window.commands.export_kind)
        self.performing = Performing(window, scene, game, actions, window.teller, self.rooms.everything)
