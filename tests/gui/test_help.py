"""The Help menu: all keys, one glossary that tooltips read too, and what the program is."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QDialog, QPushButton

import ganstudio.gui
from ganstudio import __version__
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.plane.heat import HEATS
from ganstudio.gui.plots.bound import BoundPanel
from ganstudio.gui.rooms.measures.words import ROWS
from ganstudio.gui.text import glossary
from ganstudio.gui.window.action_table import ACTIONS
from ganstudio.gui.window.help import LOCAL, About, shortcuts, terms
from ganstudio.presets import load_preset
from ganstudio.system.logs import log_file


@pytest.fixture
def shown(monkeypatch):
    """The dialogs that were opened, each closed at once."""
    found = []

    def note(dialog: QDialog) -> int:
        table = getattr(dialog, "table", None)
        rows = [] if table is None else [table.item(row, 0).text() for row in range(table.rowCount())]
        found.append((dialog.windowTitle(), rows))
        return 0

    monkeypatch.setattr(QDialog, "exec", note)
    return found


def test_menus_are_those_that_people_expect(studio):
    titles = [act.text().replace("&", "") for act in studio.window.menuBar().actions()]
    assert titles == ["File", "Edit", "Train", "View", "Help"]


def test_the_dialog_of_keys_is_the_table_of_actions(qtbot):
    page = shortcuts()
    qtbot.addWidget(page)
    told = {page.table.item(row, 1).text() for row in range(page.table.rowCount())}
    assert {spec.text for spec in ACTIONS if spec.shortcut} <= told
    page.search.setText("pane")
    seen = [row for row in range(page.table.rowCount()) if not page.table.isRowHidden(row)]
    assert len(seen) >= 2
    assert all("Pane" in page.table.item(row, 1).text() for row in seen)


CALLED = {"Return": "Enter", "Plus": "+", "Equal": "+", "Minus": "−", "PageUp": "Page Up", "PageDown": "Page Down"}


def test_each_key_that_a_part_of_the_window_takes_is_told():
    sources = "\n".join(path.read_text("utf-8") for path in Path(ganstudio.gui.__file__).parent.rglob("*.py"))
    taken = {CALLED.get(key, key) for key in re.findall(r"Qt\.Key\.Key_(\w+)", sources)}
    assert {"L", "F2", "Page Up", "Backspace", "Left"} <= taken
    told = {key for keys, _, _ in LOCAL for key in re.split(r", |(?<=\w)\+", keys)}
    told |= {key for spec in ACTIONS for each in (spec.shortcut, *spec.also) for key in each.split("+")}
    if "Arrows" in told:
        told |= {"Left", "Right", "Up", "Down"}
    for first, last in re.findall(r"(\w) … (\w)", " ".join(told)):
        told |= {chr(code) for code in range(ord(first), ord(last) + 1)}
    assert taken <= told, f"{taken - told} do something, and F1 does not say so"


def test_a_search_that_finds_nothing_says_what_was_not_found(qtbot):
    page = shortcuts()
    qtbot.addWidget(page)
    assert page.search.placeholderText() == ""  # its label says it
    with qtbot.waitExposed(page):
        page.show()
    page.search.setText(" <b>zebra</b> ")
    assert page.nothing.isVisible()
    assert not page.table.isVisible()
    assert page.nothing.text() == "“<b>zebra</b>” is not here"
    page.search.clear()
    assert page.table.isVisible()
    assert not page.nothing.isVisible()


def test_each_item_of_the_help_menu_opens(studio, shown):
    for name in ("shortcuts", "glossary", "about"):
        studio.trigger(name)
    assert [title for title, _ in shown] == ["Keyboard Shortcuts", "Glossary", "About GAN Studio"]


@pytest.mark.parametrize("preset", ["ring", "infogan", "ebgan"])
def test_the_glossary_has_each_number_of_the_game(studio, shown, preset):
    studio.start(load_preset(preset))
    studio.trigger("glossary")
    rows = set(shown[-1][1])
    for scalar in studio.game.single.scalars:
        if scalar.tip or scalar.about:
            assert f"{scalar.plot}: {scalar.label}" in rows
    assert {term.name for term in glossary.TERMS.values()} <= rows


def test_the_glossary_has_what_can_be_switched_and_what_is_measured(studio):
    rooms = studio.window._rooms
    names, terms = (set(each) for each in zip(*studio.window.commands.glossary(), strict=True))
    tips: dict[str, set[str]] = {}
    for chip in studio.window.findChildren(Chip):
        if chip.isCheckable():
            tips.setdefault(chip.accessibleName().partition(":")[0], set()).add(chip.toolTip())
    assert len(tips) > 20
    for name, found in tips.items():
        told = {tip.removeprefix("Show or hide: ").casefold() for tip in found}
        # One name may stand in several rooms; of one told as another term is, that term is there.
        assert told & {text.casefold() for text in terms}, name
    assert {"Manifold", "Log y", "Traversal", "D after"} <= names
    for entry in rooms.scene.samples.choices.arrow_chip.entries.values():
        assert entry.toolTip() in terms
    assert {heat.tip for heat in HEATS.values()} <= terms
    for row in ROWS:
        assert row.name in names or row.help in terms


def test_tooltips_are_the_glossarys_words(studio):
    bound = next(panel for panel in studio.scene.curves.plots.values() if isinstance(panel, BoundPanel))
    for quantity in ("kl_forward", "kl_reverse", "jsd"):
        studio.scene.curves.controls.quantities[quantity].click()
        assert bound.toolTip() == glossary.told(quantity)
    head = studio.scene.latent.head
    assert head.truncation.toolTip() == glossary.told("truncation")
    assert studio.scene.coverage.toolTip() == glossary.told("coverage")


def test_no_term_is_told_twice_and_all_are_sorted(qtbot):
    found = glossary.entries(more=[("JSD", "another"), ("Zebra", "striped")])
    names = [term.name for term in found]
    assert names == sorted(set(names), key=str.casefold)
    assert dict(found)["JSD"] == glossary.told("jsd")
    assert dict(found)["Zebra"] == "striped"
    page = terms(found)
    qtbot.addWidget(page)
    assert page.table.rowCount() == len(found)


def test_about_says_version_licence_runs_and_log(qtbot, tmp_path):
    about = About(tmp_path)
    qtbot.addWidget(about)
    assert about.windowTitle() == "About GAN Studio"
    words = about.words.text()
    for told in ("MIT", str(tmp_path), str(log_file())):
        assert told in words
    assert __version__ in "".join(label.text() for label in about.findChildren(type(about.words)))
    buttons = {button.text(): button.isEnabled() for button in about.findChildren(QPushButton)}
    assert buttons["Open &Runs"]


def test_the_lines_of_a_page_have_air_however_many_they_are(qtbot):
    page = shortcuts()
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    table = page.table
    for row in range(table.rowCount()):
        air = table.rowHeight(row)
        for column in range(table.columnCount()):
            room = QRect(0, 0, table.columnWidth(column) - 10, 1000)
            text = table.item(row, column).text()
            taken = table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap.value, text).height()
            air = min(air, table.rowHeight(row) - taken)
        assert air >= 6
