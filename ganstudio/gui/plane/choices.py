"""What of the plane is shown, as chips in its header: layers to switch, one heat map of several, arrows of updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.plane.arrows import MINIMAX_UPDATES, OWN_UPDATE
from ganstudio.gui.plane.heat import HEATS, Heat, energy_heat
from ganstudio.gui.plane.menus import ChoiceChip, MenuChip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What each heat map needs computed; D* and the difference come together.
_WATCHED = {"landscape": "landscape", "energy": "landscape", "optimal": "optimal", "difference": "optimal"}
_ARROWS = "The step that points feel from D under G's updates, at points of G as it is trained, not of its average"


class PlaneChoices(QObject):
    """The chips, what is chosen with them, and what that needs computed.

    The signals say what is to be drawn otherwise: ``layers_changed`` which of real, generated and manifold,
    ``heat_changed`` the heat map or what it means, ``arrows_changed`` whose arrows. ``needs_changed``: something else
    has to be computed.
    """

    layers_changed = Signal()
    heat_changed = Signal()
    arrows_changed = Signal()
    needs_changed = Signal()
    manifold_shown = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._heats = HEATS | {"energy": energy_heat(1.0)}
        self.layers = {
            "real": Chip("Real", "Points of the data", theme.REAL),
            "generated": Chip("Generated", "Points that G makes from random z", theme.FAKE),
            "manifold": Chip(
                "Manifold", "Where G sends a regular grid of z; faint where it spreads few samples", theme.GENERATOR
            ),
        }
        for name, chip in self.layers.items():
            chip.setChecked(name != "manifold")
            chip.toggled.connect(self.layers_changed)
        for name in ("generated", "manifold"):
            self.layers[name].toggled.connect(self.needs_changed)
        self.layers["manifold"].toggled.connect(self.manifold_shown)
        self.heat_chip = ChoiceChip("Heat map", "No heat map", "What the colours of the plane show")
        for name, heat in self._heats.items():
            self.heat_chip.add_choice(name, heat.title, heat.entry, heat.tip)
        self.heat_chip.add_none()
        self.offer_heats(tuple(HEATS))
        self.heat_chip.choose("landscape")
        self.heat_chip.changed.connect(self.heat_changed)
        self.heat_chip.changed.connect(self.needs_changed)
        self.arrow_chip = MenuChip("Arrows", _ARROWS)
        for name, update in (MINIMAX_UPDATES | OWN_UPDATE).items():
            self.arrow_chip.add(name, update.text, update.tip, update.colour)
        self.offer_arrows(MINIMAX_UPDATES)
        self.arrow_chip.changed.connect(self.arrows_changed)
        self.arrow_chip.changed.connect(self.needs_changed)

    def row(self) -> FlowLayout:
        """The chips side by side."""
        layers = self.layers
        return FlowLayout(layers["real"], layers["generated"], self.heat_chip, self.arrow_chip, layers["manifold"])

    @property
    def heat(self) -> Heat | None:
        """The heat map that is shown, None for none."""
        return self._heats.get(self.heat_chip.choice)

    @property
    def heat_layer(self) -> str:
        """The layer of a frame that has the heat map's values; "" for none."""
        return "landscape" if self.heat_chip.choice == "energy" else self.heat_chip.choice

    @property
    def studies_optimum(self) -> bool:
        """Whether the heat map is one of D*, which is computed more rarely than what D says."""
        return self.heat is not None and _WATCHED[self.heat_chip.choice] == "optimal"

    @property
    def arrows(self) -> frozenset[str]:
        """The updates whose arrows are shown."""
        return self.arrow_chip.chosen()

    def state(self) -> dict[str, Any]:
        """What is shown: to be kept."""
        layers = {name: chip.isChecked() for name, chip in self.layers.items()}
        ticked = sorted(key for key, entry in self.arrow_chip.entries.items() if entry.isChecked())
        return {"layers": layers, "heat": self.heat_chip.choice, "arrows": ticked}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept; what is none of these is passed over."""
        layers, ticked = state.get("layers"), state.get("arrows")
        for name, chip in self.layers.items():
            if isinstance(layers, dict) and isinstance(layers.get(name), bool):
                chip.setChecked(layers[name])
        if (heat := state.get("heat")) in self.heat_chip.entries:
            self.heat_chip.choose(heat)
        if isinstance(ticked, list):
            for key, entry in self.arrow_chip.entries.items():
                entry.setChecked(key in ticked)

    def needed(self) -> frozenset[str]:
        """The layers that must be computed."""
        needed = {name for name in ("generated", "manifold") if self.layers[name].isChecked()}
        if self.heat is not None:
            needed.add(_WATCHED[self.heat_chip.choice])
        if self.arrows:
            needed.add("arrows")
        return frozenset(needed)

    def describe_heat(self, name: str, heat: Heat) -> None:
        """Let a heat map mean something else from now on."""
        if heat != self._heats[name]:
            self._heats[name] = heat
            self.heat_chip.describe(name, heat.title, heat.entry, heat.tip)
            self.heat_changed.emit()

    def offer_heats(self, names: tuple[str, ...]) -> None:
        """Offer the heat maps of what this D says; where another one is shown, the first of them takes its place."""
        for name in self._heats:
            self.heat_chip.entries[name].setVisible(name in names)
        if self.heat_chip.choice and self.heat_chip.choice not in names:
            self.heat_chip.choose(names[0])

    def offer_arrows(self, updates: Iterable[str]) -> None:
        """Offer the arrows of these updates."""
        self.arrow_chip.offer(updates)

    def switch(self, name: str, on: bool) -> None:
        """Switch "real", "generated", "manifold", a heat map or an update's arrows, by the name that they have."""
        if name in self._heats:
            self.heat_chip.choose(name if on else "")
        elif name in self.arrow_chip.entries:
            self.arrow_chip.entries[name].setChecked(on)
        else:
            self.layers[name].setChecked(on)
