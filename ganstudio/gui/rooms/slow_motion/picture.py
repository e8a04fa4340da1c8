"""The picture of a stage: the plane, or the prior's, with the layers that the stage concerns, or walls of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.gui.gallery.lines import Lines
from ganstudio.gui.gallery.wall import Wall
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import muted_label
from ganstudio.gui.parts.laid import in_line, stacked
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plane.layers import Bounds, Landscape, Points
from ganstudio.gui.plane.plot import PlanePlot
from ganstudio.gui.rooms.slow_motion.layers import Arrows, Dots, magnification
from ganstudio.gui.text.plain import markup
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt
    from PySide6.QtGui import QResizeEvent

    from ganstudio.modalities import Modality, Pixels
    from ganstudio.training.messages import Stage

    Array = npt.NDArray[Any]

_ARROWS = 200
_REACH = 0.08  # length of a long arrow, as a share of the picture
_NARROW = 620
_LEAST = 150
"""Height of the picture and its caption, pixels."""
_AIR = 1.08  # what is seen around the data, beyond its own bounds
_LATENT_HOME = {"normal": (-3.2, 3.2, -3.2, 3.2), "uniform": (-1.15, 1.15, -1.15, 1.15)}
_WANTED: ByKind[str] = ByKind("What G's loss wants", images="What G's loss wants: brighter, darker")


class StagePicture(QWidget):
    """Shows one stage at a time; under it stands what its colours mean."""

    def __init__(self) -> None:
        super().__init__()
        self._prior, self._space, self._wanted = "normal", "", _WANTED.others
        self._home: Bounds | None = None
        self._bounds: Bounds = (-1.0, 1.0, -1.0, 1.0)
        self._pictures: dict[str, Callable[[Array], Pixels]] = {}
        self._others: Callable[[Array], Pixels] = lambda samples: samples
        self._texts: dict[str, Callable[[Array], Sequence[str] | None]] = {}
        self._text: Callable[[Array], Sequence[str] | None] = lambda _samples: None
        self.landscape = Landscape(0)
        self.real, self.generated = Points(1, theme.REAL, 4.2), Points(2, theme.FAKE, 4.2)
        self.latents = Points(1, theme.TEXT, 4.2)
        self.pull_real, self.pull_fake = Dots(1, theme.REAL), Dots(2, theme.FAKE)
        self.arrows = Arrows(4, theme.TEXT)
        self._layers = (self.landscape, self.real, self.generated, self.latents, self.pull_real, self.pull_fake)
        self._plot = PlanePlot((*self._layers, self.arrows))
        self._plot.setAcceptDrops(False)
        self._plot.viewport().setAcceptDrops(False)
        self._plot.getPlotItem().getAxis("bottom").setHeight(36)
        self.walls = (Wall(""), Wall(""))
        self.lines = tuple(Lines(wall) for wall in self.walls)
        self._wall_captions = (muted_label(), muted_label())
        self.caption = markup(muted_label())
        self.caption.setWordWrap(True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # Its own hint is that of a plot alone on a screen: the buttons below it would not be seen in a low window.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(_LEAST)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._plot)
        self._stack.addWidget(self._build_walls())
        stacked((self._stack, 1), self.caption, on=self, spacing=4)
        WaysOut(self, "Stage")
        for wall, title in zip(self.walls, ("Stage, left", "Stage, right"), strict=True):
            WaysOut(wall, title)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the longest caption, so that the picture keeps its size."""
        lines = 2 if event.size().width() < _NARROW else 1
        self.caption.setFixedHeight(lines * self.caption.fontMetrics().lineSpacing() + 2)
        super().resizeEvent(event)

    def hasHeightForWidth(self) -> bool:
        """No: the picture takes what there is, and the caption's lines are counted here."""
        return False

    def set_prior(self, prior: str) -> None:
        """Show latents on the plane of this prior, "normal" or "uniform"."""
        self._prior = prior

    def open(self, modality: Modality, home: Bounds | None) -> None:
        """Show another game: what its samples are, and where they lie where they are points, else None."""
        self._home, self._space = home, ""
        self.tell_kinds(modality, None)

    def tell_kinds(self, modality: Modality, given: Modality | None) -> None:
        """Show samples of this kind from now on, and of the other what G is given with each."""
        self._wanted = _WANTED[modality.kind]
        self._pictures = {"given": modality.pictures if given is None else given.pictures}
        self._others = modality.pictures
        self._texts = {"given": modality.text if given is None else given.text, "wanted": lambda _samples: None}
        self._text = modality.text

    def coverage(self) -> Bounds | None:
        """What a landscape must cover to fill the picture when it is fitted."""
        if self._home is None:
            return None
        left, right, low, high = self._home
        room = self._plot.getViewBox()
        # Before the first stage nothing has its size yet: then rather cover too much.
        wide, tall = (room.width(), room.height()) if self._plot.isVisible() else (2.0, 1.0)
        pixel = _AIR * max((right - left) / wide, (high - low) / tall)
        x, y = (left + right) / 2, (low + high) / 2
        return (x - pixel * wide / 2, x + pixel * wide / 2, y - pixel * tall / 2, y + pixel * tall / 2)

    def show_stage(self, stage: Stage, bounds: Bounds | None, *, change: bool) -> None:
        """Show a stage's layers over ``bounds``, or as pictures where there are none.

        change: show what D's move did instead of D after it.
        """
        layers = stage.layers
        drawn = set(layers) == {"latents"} or (bounds is not None and set(layers) == {"latents", "given"})
        if drawn and layers["latents"].shape[1]:
            self._show_latents(layers["latents"], _share(stage, "latents"))
        elif bounds is None:
            self._show_walls(stage)
        else:
            self._bounds = bounds
            self._show_plane(layers, change=change)

    def fit(self) -> None:
        """Show the whole of it again."""
        home = _LATENT_HOME[self._prior] if self._space == "latent" else self._home or self._bounds
        self._plot.look_at(home)

    # --- the plane ---

    def _enter(self, space: str, home: Bounds, across: str, up: str) -> None:
        self._stack.setCurrentIndex(0)
        for layer in (*self._layers, self.arrows):
            layer.setVisible(False)
        if space == self._space:
            return
        self._space = space
        for layer in (*self._layers, self.arrows):
            layer.set_reach(home)
        self._plot.getPlotItem().setLabel("bottom", across)
        self._plot.getPlotItem().setLabel("left", up)
        self.fit()

    def _show_latents(self, latents: Array, share: str) -> None:
        dimensions = latents.shape[1]
        self._enter("latent", _LATENT_HOME[self._prior], "z₁", "z₂" if dimensions > 1 else "")
        flat = latents[:, :2] if dimensions > 1 else np.column_stack([latents[:, 0], np.zeros(len(latents))])
        self._show_points(self.latents, flat)
        of = f", the first two of {dimensions} dimensions" if dimensions > 2 else ""
        self._explain((theme.TEXT, f"z{share}{of}"))

    def _show_plane(self, layers: Mapping[str, Array], *, change: bool) -> None:
        self._enter("data", self._home or self._bounds, "", "")
        legend: list[tuple[str, str]] = []
        changed: list[tuple[str, str]] = []
        if (landscape := layers.get("landscape")) is not None:
            before = layers.get("landscape_before")
            if before is not None and change:
                changed = self._show_change(landscape - before)
            else:
                self._show_landscape(landscape)
        if "pull_real" in layers:
            return self._explain(*self._show_pulls(layers))
        if (real := layers.get("real")) is not None:
            self._show_points(self.real, real)
            legend.append((theme.REAL, "real"))
        if "generated" in layers:
            legend.append((theme.FAKE, "generated"))
            self._show_points(self.generated, layers["generated"])
        if "arrows" in layers:
            legend.append(self._show_arrows(*layers["arrows"], grows=True))
        elif "moved" in layers:
            old = layers["generated"]
            legend[-1] = (theme.FAKE, "before")
            legend.append(self._show_arrows(old, layers["moved"] - old, grows=False))
        return self._explain(*legend, *changed)

    def _show_points(self, layer: Points, points: Array) -> None:
        layer.set_points(points)
        layer.setVisible(True)

    def _show_landscape(self, values: Array) -> None:
        self.landscape.set_values(values, self._bounds)
        self.landscape.setVisible(True)

    def _show_change(self, change: Array) -> list[tuple[str, str]]:
        largest = float(np.nanmax(np.abs(change), initial=0.0))
        self._show_landscape(0.5 + change / (2 * largest) if largest > 0 else np.full_like(change, 0.5))
        return [("", f"D rose where it is teal, fell where it is amber, by {largest:.2g} at most")]

    def _show_pulls(self, layers: Mapping[str, Array]) -> list[tuple[str, str]]:
        pulls = {"real": layers["pull_real"], "generated": layers["pull_fake"]}
        largest = max(*(float(np.nanmax(np.abs(pull), initial=0.0)) for pull in pulls.values()), 1e-30)
        for name, layer in (("real", self.pull_real), ("generated", self.pull_fake)):
            layer.set_dots(layers[name], 1.5 + 8.5 * np.sqrt(np.abs(pulls[name]) / largest))
            layer.setVisible(True)
        return [(theme.REAL, "pulls D up"), (theme.FAKE, "pulls D down")]

    def _show_arrows(self, points: Array, ways: Array, *, grows: bool) -> tuple[str, str]:
        """Draw ``ways`` from points: ``grows``: to a scale of their own, else by a round factor that is told."""
        points, ways = points[:_ARROWS], ways[:_ARROWS]
        lengths = np.linalg.norm(ways.astype(float), axis=1)
        left, right, *_ = self._home or self._bounds
        goal = _REACH * (right - left)
        self.arrows.setVisible(True)
        if grows:
            long = lengths[np.isfinite(lengths)]
            scale = goal / max(float(np.quantile(long, 0.95)) if len(long) else 0.0, 1e-30)
            self.arrows.set_arrows(points, points + scale * ways)
            return (theme.TEXT, "where each would go, longer where the loss is steeper")
        factor = magnification(lengths, goal)
        self.arrows.set_arrows(points, points + factor * ways)
        return (theme.TEXT, "its move" + (f", drawn {factor:,.0f} times as long" if factor > 1 else ""))

    def _explain(self, *legend: tuple[str, str]) -> None:
        entries = [f'<span style="color:{colour}">●</span> {text}' if colour else text for colour, text in legend]
        self.caption.setText("&nbsp;&nbsp; ".join(entries))

    # --- pictures ---

    def _build_walls(self) -> QWidget:
        page = QWidget()
        across = in_line(on=page, spacing=theme.SPACING)
        for wall, lines, caption in zip(self.walls, self.lines, self._wall_captions, strict=True):
            column = QVBoxLayout()
            for samples in (wall, lines):
                samples.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys go from stage to stage
                column.addWidget(samples, 1)
            column.addWidget(caption)
            across.addLayout(column)
        return page

    def _show_walls(self, stage: Stage) -> None:
        self._stack.setCurrentIndex(1)
        self._explain()
        layers = stage.layers
        names = {
            "generated": "Generated",
            "moved": "The same z after G's move",
            "wanted": self._wanted,
            "real": "Real",
            "given": "Given",
        }
        shown = [(name, text) for name, text in names.items() if name in layers]
        for k, (wall, lines, caption) in enumerate(zip(self.walls, self.lines, self._wall_captions, strict=True)):
            on = k < len(shown)
            caption.setVisible(on)
            if not on:
                wall.hide()
                lines.hide()
            else:
                name, title = shown[k]
                order, note = _order(stage, name)
                text = self._texts.get(name, self._text)
                wall.set_pictures(self._pictures.get(name, self._others))
                lines.set_text(text)
                wall.set_samples(layers[name][order])
                lines.show_these(text(layers[name][:1]) is not None)
                caption.setText(title + _share(stage, name) + note)


def _share(stage: Stage, name: str) -> str:
    """How many of the minibatch a layer shows, where that is not all of it."""
    count, shown = int(stage.numbers["count"]), len(stage.layers[name])
    return f", {shown:,} of {count:,}" if shown < count else ""


def _order(stage: Stage, name: str) -> tuple[Array, str]:
    """How samples of a layer stand, and what is said of that: by D's verdict, by their pull, or as they were drawn."""
    side = {"generated": "fake", "real": "real"}.get(name)
    verdict, pull = stage.layers.get(f"verdict_{side}"), stage.layers.get(f"pull_{side}")
    if pull is not None:
        return np.argsort(-np.abs(pull)), ", the hardest pull first"
    if verdict is not None and stage.name in ("judge", "g_judge"):
        order = np.argsort(-verdict)
        return order, f", by D's verdict: {verdict[order[0]]:.2f} … {verdict[order[-1]]:.2f}"
    return np.arange(len(stage.layers[name])), ""
