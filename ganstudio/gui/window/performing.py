"""The full view and OSC: what is shown to an audience, and what other programs move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from shiboken6 import isValid

from ganstudio.gui.perform.osc import HOST, PORT, Osc, OscControls, OscError
from ganstudio.gui.perform.osc_dialog import OscDialog
from ganstudio.gui.perform.stage import Stage
from ganstudio.training.messages import Pause, Play, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QAction, QImage
    from PySide6.QtWidgets import QWidget

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.window.scene import Scene
    from ganstudio.gui.window.telling import Teller

_OWN_COMPUTER = ("127.0.0.1", "localhost", "::1")


class Performing(QObject):
    """Brings the stage and the addresses of OSC together with the views."""

    def __init__(
        self,
        window: QWidget,
        scene: Scene,
        game: Game,
        actions: Mapping[str, QAction],
        teller: Teller,
        everything: Callable[[QSize], QImage],
    ) -> None:
        super().__init__(window)
        self._window, self._scene, self._game, self._teller = window, scene, game, teller
        self.stage = Stage(
            lambda: scene.turned.picture() if scene.samples.pictured else None,
            everything,
            moves=lambda: game.single is not None,
        )
        player = scene.strip.player
        self.stage.pin.connect(scene.strip.go_to)
        self.stage.faster.connect(player.faster)
        self.stage.walk.connect(lambda: player.play(not player.playing))
        self.stage.randomise.connect(scene.latent.draws.randomise)
        for event in (game.rendered, game.frame, game.opened, game.group_opened, game.group_frame):
            event.connect(lambda _event: self.stage.refresh())
        self.osc = Osc(self)
        self._at = (HOST, PORT)
        self.controls = OscControls(self._does(), self)
        self.osc.heard.connect(self.controls.take)
        self._actions = {name: action for name, action in actions.items() if name in _ADDRESSED}
        actions["stage"].triggered.connect(lambda: self.stage.open(window))
        actions["osc"].triggered.connect(self.ask)
        for event in (game.opened, game.state_changed, game.failed):  # of which Play tells in its own tooltip
            event.connect(lambda _event: self._show_addresses())
        scene.latent.directions.changed.connect(self._show_addresses)

    def ask(self) -> None:
        """Let the user switch listening on or off."""
        host, port = self._at
        dialog = OscDialog(
            self._window,
            on=self.osc.listening is not None,
            host=host,
            port=port,
            addresses=[f"{address}  {_TOLD[address]}" for address in self.controls.addresses],
        )
        if dialog.exec() == OscDialog.DialogCode.Accepted:
            self.listen(dialog.host.text().strip(), dialog.port.value(), on=dialog.listens.isChecked())
        dialog.deleteLater()

    def listen(self, host: str = HOST, port: int = PORT, *, on: bool = True) -> None:
        """Listen to OSC at an address, or no more, and say which."""
        self._at = (host, port)
        if not on:
            was = self.osc.listening is not None
            self.osc.stop()
            self._show_addresses()
            if was:
                self._teller.tell("OSC is off.")
            return
        try:
            self.osc.listen(host, port)
        except OscError as error:
            self._show_addresses()  # where it listened before it does no more
            self._teller.tell(f"{error}.", wrong=True)
            return
        self._at = (host, port)
        self._show_addresses()
        others = "" if host in _OWN_COMPUTER else " Anybody who reaches this address can move everything here."
        self._teller.tell(f"Listening to OSC at {host}:{port}. Tooltips tell each control's address.{others}")

    def close(self) -> None:
        """Listen no more, and leave the stage; a window may be left twice."""
        self.osc.stop()
        if isValid(self.stage):
            self.stage.close()
            self.stage.deleteLater()

    def _does(self) -> dict[str, Callable[..., object]]:
        scene, game = self._scene, self._game
        latent, player = scene.latent, scene.strip.player

        def z(place: int, value: float = 0.0) -> None:
            if place < len(latent.sliders):
                latent.inputs.set_value(place, max(-10.0, min(10.0, value)))

        def code(place: int, value: float = 0.0) -> None:
            spec = latent.spec
            if spec is None or place >= len(spec.codes):
                return
            one = spec.codes[place]
            if one.kind == "categorical":
                latent.inputs.turn_code(place, max(0, min(one.width - 1, round(value))))
            else:
                latent.inputs.turn_code(place, max(-100.0, min(100.0, value)))

        return {
            "/z/N": z,
            "/code/N": code,
            "/direction/N": lambda place, value=0.0: latent.along.set_value(place, max(-10.0, min(10.0, value))),
            "/truncation": lambda value=1.0: latent.draws.set_truncation(value),
            "/seed": lambda value=0.0: latent.draws.set_seed(int(max(0.0, min(value, 2**31 - 1)))),
            "/randomise": lambda _value=1.0: latent.draws.randomise(),
            "/nudge": lambda _value=1.0: latent.draws.nudge(),
            "/reset": lambda _value=1.0: latent.draws.reset(),
            "/pin/N": lambda place, _value=1.0: scene.strip.go_to(place),
            "/pin": lambda _value=1.0: scene.latent_panel.pin(),
            "/walk": lambda value=1.0: player.play(value > 0),
            "/wander": lambda value=1.0: scene.wanderer.wander(value > 0),
            "/speed": lambda value=1.0: player.set_speed(value),
            "/play": lambda _value=1.0: game.act(Play()),
            "/pause": lambda _value=1.0: game.act(Pause()),
            "/step": lambda _value=1.0: game.act(Step("both")),
            "/step/d": lambda _value=1.0: self._trigger("step_discriminator"),
            "/step/g": lambda _value=1.0: self._trigger("step_generator"),
            "/start_over": lambda _value=1.0: self._trigger("reset"),
            "/loop": lambda value=1.0: scene.strip.loop.setChecked(value > 0),
            "/ease": lambda value=1.0: scene.strip.ease.setChecked(value > 0),
            "/seconds": lambda value=2.0: scene.strip.seconds.setValue(value),
            "/volume": lambda value=1.0: latent.head.volume_to(max(0.0, min(value, 1.0))),
        }

    def _trigger(self, name: str) -> None:
        """Do what a button does, where it can be done."""
        self._actions[name].trigger()

    def _show_addresses(self) -> None:
        """Tell each control's address in its tooltip while it is listened to."""
        on, latent = self.osc.listening is not None, self._scene.latent
        for place, slider in enumerate(latent.sliders):
            _show(slider, f"/z/{place + 1}", on=on)
        for place, row in enumerate(latent.along.controls.rows):
            _show(row.slider, f"/direction/{place + 1}", on=on)
        for place, control in {**latent.codes.buttons, **latent.codes.sliders}.items():
            _show(control, f"/code/{place + 1}", on=on)
        head, strip = latent.head, self._scene.strip
        for widget, address in (
            (head.truncation, "/truncation"),
            (head.randomise, "/randomise"),
            (head.nudge, "/nudge"),
            (head.wander, "/wander"),
            (head.reset, "/reset"),
            (head.pin, "/pin"),
            (head.seed, "/seed"),
            (strip.list, "/pin/1, /pin/2 and on"),
            (strip.play, "/walk"),
            (strip.seconds, "/seconds, /speed"),
            (strip.loop, "/loop"),
            (strip.ease, "/ease"),
            (head.volume, "/volume"),
        ):
            _show(widget, address, on=on)
        for name, action in self._actions.items():
            _show(action, _ADDRESSED[name], on=on)


_ADDRESSED = {
    "play": "/play, /pause",
    "step_both": "/step",
    "step_discriminator": "/step/d",
    "step_generator": "/step/g",
    "reset": "/start_over",
    "randomise": "/randomise",
    "nudge": "/nudge",
    "pin": "/pin",
}
_MARK = "\nOSC: "
_TOLD = {
    "/z/N": "value of z, N from 1",
    "/code/N": "a code's value, or the number of its category from 0",
    "/direction/N": "how far z lies along a direction, N from 1",
    "/truncation": "0.05 to 1",
    "/seed": "a whole number",
    "/randomise": "",
    "/nudge": "",
    "/reset": "",
    "/pin/N": "go to a pin, N from 1",
    "/pin": "pin what the sliders make",
    "/walk": "1 walks, 0 stands still",
    "/wander": "1 wanders on and on, 0 stands still",
    "/speed": "of the walk, 0.1 to 8",
    "/play": "",
    "/pause": "",
    "/step": "both players",
    "/step/d": "D alone",
    "/step/g": "G alone",
    "/start_over": "at step 0, with fresh networks",
    "/loop": "of the walk, 1 or 0",
    "/ease": "of the walk, 1 or 0",
    "/seconds": "from pin to pin",
    "/volume": "0 to 1",
}


def _show(widget: QWidget | QAction, address: str, *, on: bool) -> None:
    """Write an address behind a tooltip, or take it away."""
    plain = widget.toolTip().partition(_MARK)[0]
    widget.setToolTip(f"{plain}{_MARK}{address}" if on else plain)
