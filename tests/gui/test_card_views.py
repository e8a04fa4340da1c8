"""The parts of the dataset card by themselves."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from ganstudio.data.card import Card, ClassCount, MeanImage
from ganstudio.data.errors import Skipped
from ganstudio.data.images.statistics import Tally
from ganstudio.experiment import ImagesSpec
from ganstudio.gui.card import sheet as sheets
from ganstudio.gui.card.classes import ClassList
from ganstudio.gui.card.facts import Facts
from ganstudio.gui.card.progress import span, told
from ganstudio.gui.card.scatter import Scatter
from ganstudio.gui.card.sheet import ContactSheet
from ganstudio.gui.card.view import CardView
from ganstudio.gui.looks import theme
from ganstudio.modalities import Images


def shades(first, count):
    """Pictures whose shade is their number, as far as there are shades."""
    return np.broadcast_to(
        (np.arange(first, first + count) % 256).astype(np.uint8)[:, None, None, None], (count, 48, 48, 3)
    )


@pytest.fixture
def sheet(qtbot):
    made = ContactSheet()
    qtbot.addWidget(made)
    made.resize(540, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_hundred_thousand_samples_are_scrolled_with_few_in_memory(qtbot, sheet):
    def answer(first, count):
        sheet.put(first, shades(first, count).copy())

    sheet.wanted.connect(answer)
    sheet.put(0, shades(0, 2_000).copy(), tuple(f"{number}.png" for number in range(2_000)))
    sheet.set_count(100_000, complete=True)
    bar = sheet.verticalScrollBar()
    for place in (bar.maximum(), 0, bar.maximum() // 2, *range(0, bar.maximum(), bar.maximum() // 60)):
        bar.setValue(place)
        qtbot.waitUntil(lambda: sheet.shown == len(sheet._visible()))
        assert len(sheet._kept) <= sheets.KEPT
        assert len(sheet._names) <= sheets.KEPT
    first = sheet._visible().start
    picture = sheet.viewport().grab().toImage()
    place = sheet.place_of(first + 10).center()
    ratio = picture.devicePixelRatio()
    assert picture.pixelColor((place.toPointF() * ratio).toPoint()).red() == (first + 10) % 256


def test_a_bar_with_nothing_to_scroll_is_not_seen(qapp, sheet):
    def bar():
        return sheet.verticalScrollBar().grab().toImage()

    sheet.put(0, shades(0, 5).copy())
    sheet.set_count(5, complete=True)
    few = bar()
    sheet.set_count(5_000, complete=True)
    many = bar()
    assert len({few.pixelColor(5, y).name() for y in range(4, few.height() - 4)}) == 1
    assert many.pixelColor(5, 12) != few.pixelColor(5, 12)


def test_nothing_is_asked_for_while_it_is_read(qtbot, sheet):
    sheet.put(0, shades(0, 5).copy())
    sheet.set_count(50, complete=False)
    with qtbot.assertNotEmitted(sheet.wanted, wait=3 * sheets._SETTLE_MS):
        sheet.viewport().repaint()
    with qtbot.waitSignal(sheet.wanted) as wanted:
        sheet.set_count(50, complete=True)
        sheet.viewport().repaint()
    assert wanted.args == [5, 45]


def test_old_pictures_stay_until_new_ones_come(qtbot, sheet):
    sheet.put(0, shades(0, 20).copy())
    sheet.set_count(20, complete=True)
    sheet.begin_again()
    assert len(sheet._kept) == 20
    assert sheet.shown == 0
    with qtbot.waitSignal(sheet.wanted) as wanted:
        sheet.set_count(8, complete=True)
        sheet.viewport().repaint()
    assert wanted.args == [0, 8]
    sheet.put(0, shades(100, 8).copy())
    assert sheet.shown == len(sheet._kept) == 8


def test_places_and_samples_agree(sheet):
    sheet.set_count(1_000, complete=False)
    sheet.verticalScrollBar().setValue(333)
    for index in sheet._visible():
        place = sheet.place_of(index).center()
        assert sheet.index_at(place.x(), place.y()) == index
    assert sheet.index_at(-5, 10) is None


def counts(**classes):
    return tuple(ClassCount(name=name, count=count) for name, count in classes.items())


def test_a_class_that_is_left_out_keeps_its_count(qtbot):
    bars = ClassList()
    qtbot.addWidget(bars)
    bars.show_counts(counts(cats=30, dogs=10), used=(), choosable=True)
    heard = []
    bars.changed.connect(heard.append)
    bars.list.setCurrentRow(1)
    qtbot.keyClick(bars.list, Qt.Key.Key_Space)
    bars.show_counts(counts(cats=30), used=("cats",), choosable=True)
    assert bars.list.count() == 2
    assert bars.list.item(1).toolTip() == "dogs: 10"
    assert bars.used == ("cats",)
    qtbot.keyClick(bars.list, Qt.Key.Key_Space)
    bars._all.click()
    assert heard == [("cats",), (), None]


def test_what_is_known_is_told_in_words(qtbot):
    facts = Facts()
    qtbot.addWidget(facts)
    spec = ImagesSpec(path="/faces", held_out=100)
    sizes = [(40, 30, 900), (64, 64, 200), (8, 9, 60), (10, 9, 40)]
    counts = {"grey": 200, "colour": 1_000, "clear": 3, "even": 0}
    originals = Tally.of_facts({"sizes": sizes, "kinds": {}, **counts})
    card = Card(
        name="faces",
        kind="images",
        verdict="a folder",
        spec=spec,
        modality=Images((3, 32, 32)),
        complete=True,
        count=1_200,
        held_out=100,
        facts=originals.rows(),
        duplicates=7,
        skipped=(Skipped(name="a.txt", reason="is not an image"),),
        skipped_more=2,
        picture=MeanImage(np.zeros((32, 32, 3), np.uint8), np.ones((3, 256), np.int64)),
        notes=("all images are alike",),
    )
    facts.show_card(card, spec)
    rows = {name.text(): value.text() for name, value in facts._rows if not name.isHidden()}
    assert rows == {
        "Samples": "1,200 images, 100 of them held out",
        "Size": "40 × 30 (900)\n64 × 64 (200)\n8 × 9 (60)\nand others",
        "Colour": "1,000 in colour, 200 grey, 3 with transparency",
        "Left out": "7 that are there again",
        "Trained on": "images of 32 × 32 pixels, in colour",
    }
    assert facts.skipped.toPlainText() == "a.txt is not an image\nand 2 more"
    assert facts._skipped_heading.text() == "Skipped · 3"
    assert facts.notes.text() == "All images are alike."
    facts.clear()
    assert all(name.isHidden() for name, _ in facts._rows)
    assert facts.skipped.isHidden()


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        ((10, 0, 0.0), "10 files"),
        ((1_000, 20_000, 0.0), "1,000 of 20,000 files"),
        ((1_000, 20_000, 950.0), "1,000 of 20,000 files · 950 a second · 20 s left"),
        ((5, 20_000, 0.5), "5 of 20,000 files · less than one a second · 11.1 h left"),
    ],
)
def test_progress_in_words(progress, words):
    assert told(*progress) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.3, "less than a second"), (40, "40 s"), (150, "2 min"), (600, "10 min")]
)
def test_a_wait_in_words(seconds, words):
    assert span(seconds) == words


@pytest.mark.parametrize("points", [[(1, 2)], [(0, 0), (1e-30, 1e30)], [(5, 1), (5, 2)], [(-1e9, 3), (1e9, 3)]])
def test_points_of_any_extent_are_painted(qtbot, points):
    scatter = Scatter()
    qtbot.addWidget(scatter)
    scatter.show_points(np.array(points, np.float32))
    scatter.resize(300, 300)
    assert not scatter.grab().isNull()


def test_the_ends_of_a_narrow_box_are_told_whole(qtbot):
    scatter = Scatter()
    qtbot.addWidget(scatter)
    scatter.resize(300, 300)
    scatter.show_points(np.array([(100.5, 0), (101.5, 2000)], np.float32))
    image = scatter.grab().toImage()
    seen = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
    font = scatter.font()
    font.setPixelSize(theme.FONT_SMALL)
    for rows, words in ((seen[:24], "101.5, 2,000"), (seen[-24:], "100.5, 0")):
        written = np.flatnonzero((rows != seen[0, 0]).any(axis=0))
        wide = QFontMetrics(font).horizontalAdvance(words)
        assert wide - 8 <= np.ptp(written) <= wide + 8


def test_nothing_is_previewed_until_it_is_known_that_there_are_pictures(qtbot):
    view = CardView()
    qtbot.addWidget(view)
    view.begin("something")
    assert view.choices.strip.isHidden()
    assert view.choices._strip_heading.isHidden()
