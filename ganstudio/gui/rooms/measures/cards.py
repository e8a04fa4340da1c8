"""The parts of the measures' page: a table of figures, tables of the codes, rows of pictures."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.looks.theme import code_colour
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plots import scale
from ganstudio.gui.rooms.measures.greys import GreyLegend, Ruler
from ganstudio.gui.rooms.measures.heat_table import Cell, HeatTable
from ganstudio.gui.rooms.measures.picture_rows import PictureRows
from ganstudio.gui.rooms.measures.tunes import NearestTunes, Pairs, histograms_of
from ganstudio.gui.rooms.measures.words import explained, known_rows, reading
from ganstudio.gui.text.numbers import signed
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.gui.rooms.measures.words import Figures, Row
    from ganstudio.measurements.record import Pictures, Record

_BETTER = {
    "low": "lower is better",
    "high": "higher is better",
    "floor": "near real is best",
    "5 %": "5 % is expected",
}
_NEAREST = (
    "The samples that come nearest to a training image by pixels, among 500, above those images. Where they are the "
    "same picture again and again, G has learned images by heart"
)
_NEAREST_TUNES = (
    "The samples that come nearest to a training tune, among 1,000, those nearest first. Hear both: a copy is the same "
    "tune, a coincidence only begins like it"
)
_INFORMATION = (
    "Mutual information in nats between what Q reads off real images and what is known of them; brighter: more of the "
    "factor's entropy H. In brackets the control, with the factor shuffled: what is read where there is nothing"
)
_CORRELATION = "Rank correlation of what Q reads of continuous codes, from −1 (pink) over 0 to 1 (blue)"
_ENDS = (
    "Real images that were kept aside, by what Q reads of each code: those with the lowest and the highest reading, or "
    "for each value of a categorical code those that Q gives it most surely"
)


def cards(record: Record, names: Sequence[str] = ()) -> list[QWidget]:
    """Everything that there is to show of a record; ``names``: what the codes are called now, in their order."""
    figures, pictures = renamed(record.figures, names), record.pictures
    made = [_quality(figures)]
    if figures.get("codes_missing", None) is not None:
        made.append(_card("What the codes learned", _words(f"Not known: {figures['codes_missing']}.")))
    elif "codes_information_nats" in figures:
        made += _codes(figures)
        made.append(_ends(figures, pictures))
    if (near := pictures.get("nearest")) is not None:
        made.append(_nearest(figures, near))
    return [*made, *_of_tunes(figures)]


def _of_tunes(figures: Figures) -> list[QWidget]:
    """Histograms, and tunes next to their nearest ones; what a file tells wrongly is left out."""
    made: list[QWidget] = []
    if told := figures.get("histograms"):
        with suppress(ValueError):
            made.append(_card("What the notes are like", histograms_of(told)))
    if told := figures.get("nearest_tunes"):
        with suppress(ValueError):
            made.append(
                _card("Does it copy? Nearest training tunes", _words(_NEAREST_TUNES), NearestTunes(Pairs.of(told)))
            )
    return made


def renamed(figures: Figures, names: Sequence[str]) -> Figures:
    """The figures with the codes' present names: they may have been named since they were measured."""
    before = list(figures.get("codes_information_nats") or figures.get("codes_extremes") or ())
    if len(before) != len(names):
        return figures
    now = dict(zip(before, names, strict=True))
    own = [key for key, value in figures.items() if key.startswith("codes_") and isinstance(value, dict)]
    return {**figures, **{key: {now.get(name, name): each for name, each in figures[key].items()} for key in own}}


def _card(title: str, *parts: QWidget) -> QFrame:
    card = QFrame()
    heading = QLabel(title)
    heading.setProperty("role", "heading")
    stacked(heading, *parts, on=card, spacing=theme.SPACING)
    return card


def _words(text: str, role: str = "help") -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setProperty("role", role)
    return label


def _quality(figures: Figures) -> QWidget:
    """The table: a figure, what G gets, what real images get, and which way is better."""
    title = "How good the samples are"
    missing = figures.get("images_missing") or figures.get("measures_missing")
    if missing:
        return _card(title, _words(f"Not known: {missing}."))
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    rows = known_rows(figures)
    others = list(dict.fromkeys(name for row in rows for name, _ in row.controls))
    grid.setHorizontalSpacing((2 if others else 3) * theme.SPACING)
    grid.setVerticalSpacing(4)
    heads = ("", "G", "real, kept aside", "")
    for column, text in enumerate(heads):
        grid.addWidget(_cell(text, "muted", right=column in (1, 2)), 0, column)
    for line, row in enumerate(rows, start=1):
        texts = (row.name, reading(row, figures), reading(row, figures, "floor"), _BETTER[row.better])
        roles = ("", "", "muted", "help")
        for column, (text, role) in enumerate(zip(texts, roles, strict=True)):
            label = _cell(text, role, right=column in (1, 2))
            label.setToolTip(explained(row, figures))
            grid.addWidget(label, line, column)
        if row.controls:
            grid.addWidget(_ruler(row, figures, others), line, 4)
    grid.setColumnStretch(5 if others else 3, 1)
    WaysOut(table, title, lambda: _as_text(table))
    legend = [GreyLegend(others)] if others else []
    return _card(title, *legend, table, *_remarks(figures))


def _ruler(row: Row, figures: Figures, others: Sequence[str]) -> Ruler:
    """A figure next to those of what is no GAN, by their places among all of these."""
    value, floor, controls = figures[row.key], figures.get(row.floor), dict(row.controls)
    known = [one for one in (value, floor, *controls.values()) if one is not None]
    ruler = Ruler(value, floor, [controls.get(name) for name in others], 1.0 if row.share else max(known))
    ruler.setToolTip(explained(row, figures))
    ruler.setAccessibleName(f"{row.name}: {explained(row, figures)}")
    return ruler


def _as_text(table: QWidget) -> str:
    """A table of labels with a tab between its cells, as a spreadsheet takes it."""
    grid = table.layout()
    assert isinstance(grid, QGridLayout)
    lines: dict[int, list[str]] = {}
    for label in table.findChildren(QLabel):
        place: Any = grid.getItemPosition(grid.indexOf(label))  # row, column, and how many of each
        lines.setdefault(place[0], []).append(label.text())
    return "\n".join("\t".join(line) for line in lines.values())


_NO_FID = "FID (Inception) was not measured. Tick it above, once Get weights… has fetched the network that it needs."


def _remarks(figures: Figures) -> list[QLabel]:
    told = []
    if figures.get("images_floor_from") == "training":
        told.append(
            "No images were held out of this data: those kept aside were kept from the features only, not from G."
        )
    if figures.get("fid_inception_missing"):
        told.append(_NO_FID)  # why it is missing is told in the command line's words
    if figures.get("estimate_missing"):
        told.append(f"JSD by the {figures['estimator']}: not known: {figures['estimate_missing']}.")
    return [_words(text) for text in told]


def _cell(text: str, role: str, *, right: bool) -> QLabel:
    label = QLabel(text)
    if role:
        label.setProperty("role", role)
    if right:
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _codes(figures: Figures) -> list[QWidget]:
    """How well codes match classes, the information table, and rank correlations; what there is of them."""
    parts: list[QWidget] = []
    for name, accuracy in figures["codes_accuracy"].items():
        pairs = ", ".join(f"{value} → {label}" for value, label in figures["codes_matched"][name].items())
        parts.append(
            _words(f"{name} as a classifier: {percent(accuracy)} right, its values matched one to one: {pairs}", "")
        )
    if figures.get("codes_mig") is not None:
        gap = "MIG, the mean gap between the two codes that tell most of a factor, as a share of its H"
        parts.append(_words(f"{gap}: {scale.readout(figures['codes_mig'])}", ""))
    if any(figures["codes_information_nats"].values()):
        parts += [_information(figures), _words(_INFORMATION)]
    made: list[QWidget] = (
        [_card(f"What the codes learned, on {figures['codes_samples']:,} real images", *parts)] if parts else []
    )
    if any(figures["codes_rank_correlation"].values()):
        made.append(_card("Which way the continuous codes go", _correlation(figures), _words(_CORRELATION)))
    return made


def _information(figures: Figures) -> HeatTable:
    nats, control = figures["codes_information_nats"], figures["codes_information_control_nats"]
    entropies = figures["factor_entropies_nats"]
    cells = [
        [
            Cell(
                nats[code][factor] / entropy if entropy else 0.0,
                f"{nats[code][factor]:.2f}",
                f"({control[code][factor]:.2f})",
            )
            for factor, entropy in entropies.items()
        ]
        for code in nats
    ]
    columns = [(factor, f"H = {entropy:.2f}") for factor, entropy in entropies.items()]
    return HeatTable(_code_heads(figures, nats), columns, cells, "Mutual information of codes and factors, nats")


def _correlation(figures: Figures) -> HeatTable:
    found: dict[str, dict[str, Any]] = figures["codes_rank_correlation"]
    columns = [(factor, "") for factor in next(iter(found.values()))]
    cells = [[_signed(value) for value in row.values()] for row in found.values()]
    return HeatTable(_code_heads(figures, found), columns, cells, "Rank correlation of codes and factors")


def _signed(value: float | None) -> Cell:
    if value is None or not math.isfinite(value):
        return Cell(0.0, "–")
    return Cell(value, signed(f"{value:+.2f}"))


def _code_heads(figures: Figures, codes: dict[str, Any]) -> list[tuple[str, str]]:
    """The codes by their names, each in the colour that it has everywhere."""
    order = list(figures["codes_information_nats"])
    return [(name, code_colour(order.index(name))) for name in codes]


def _ends(figures: Figures, pictures: Pictures) -> QWidget:
    parts: list[QWidget] = [_words(_ENDS)]
    for place, (name, ends) in enumerate(figures["codes_extremes"].items()):
        shown = pictures[f"extremes_{place}"]
        rows = []
        for (end, found), images in zip(ends.items(), shown, strict=True):
            count = len(found["images"])
            rows.append((_end_words(end, found["readings"]), images[:count]))
        heading = _words(name, "")
        heading.setStyleSheet(f"color: {code_colour(place)};")
        parts += [heading, PictureRows(rows)]
    return _card("Images at the ends of each code", *parts)


def _end_words(end: str, readings: list[float]) -> str:
    """Which end, and what Q reads of the images there: the most extreme, or how sure it is of the first."""
    if not readings:
        return end
    first = readings[0]
    return signed(f"{end}\n{first:+.2f} …") if end in ("lowest", "highest") else f"{end}\nup to {first:.2f}"


def _nearest(figures: Figures, near: Any) -> QWidget:
    count = figures["nearest_count"]
    ordinals = ("nearest", "2nd nearest", "3rd nearest", "4th nearest")
    words = ["G's sample"]
    words += [f"{ordinals[k]} by pixels" for k in range(count)]
    words += [f"{ordinals[k]} in features" for k in range(count)]
    rows = PictureRows(list(zip(words, near, strict=True)), gaps=frozenset({1, 1 + count}))
    return _card("Does it copy? Nearest training images", _words(_NEAREST), rows)
