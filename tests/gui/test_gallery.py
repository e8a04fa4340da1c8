from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from ganstudio.experiment import Experiment
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.gallery.wall import Wall
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.parts.pixels import Mosaic, diverging, pack
from ganstudio.gui.parts.ways_out import grabbed, picture_of
from ganstudio.modalities import Images
from ganstudio.training.messages import Frame, Opened


def opened(real):
    return Opened(
        experiment=Experiment(),
        run=None,
        step=0,
        seconds=0.0,
        data_name="digits",
        data_count=len(real),
        modality=Images((1, 8, 8)),
        real=real,
        latents=np.zeros((4, 2), np.float32),
        plane=None,
        skipped=(),
        skipped_count=0,
        generator_parameters=1,
        discriminator_parameters=1,
        device="cpu",
        threads=1,
    )


def greys(count, size=8):
    """Images of one grey each: 0, 1, 2, ..."""
    return np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, size, size, 1)).copy()


@pytest.fixture
def gallery(qtbot):
    view = GalleryView()
    qtbot.addWidget(view)
    view.resize(700, 700)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_where_the_keyboard_is_stands_in_no_picture_of_the_wall_or_of_what_holds_it(gallery, qtbot):
    gallery.open(opened(greys(100)))
    gallery.show_frame(Frame(step=5, layers={"gallery": greys(16)}))
    wall = gallery._generated
    wall.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(wall.hasFocus)

    def ringed(picture) -> bool:
        image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
        return bool((pixels & 0xFFFFFF == int(theme.FOCUS[1:], 16)).any())

    assert ringed(gallery.grab())
    assert not any(map(ringed, (picture_of(wall, 1), picture_of(gallery, 1), grabbed(gallery))))
    assert ringed(gallery.grab())


def test_images_fit_whole_and_crisp(gallery):
    gallery.open(opened(greys(100)))
    images = np.zeros((16, 8, 8, 1), np.uint8)
    images[:, ::2] = 255
    gallery.show_frame(Frame(step=5, layers={"gallery": images}))
    wall = gallery._generated
    assert wall.mosaic.factor >= 2
    assert wall.mosaic.size[0] <= wall.width()
    assert wall.mosaic.size[1] <= wall.height()
    colours = {wall.grab().toImage().pixel(wall.place_of(3).x(), y) for y in range(wall.height())}
    assert colours <= {0xFF000000, 0xFFFFFFFF, QColor("#14171f").rgb()}  # nothing between: no smoothing


def test_every_image_stands_at_its_index(gallery):
    gallery.open(opened(greys(100)))
    gallery.show_frame(Frame(step=5, layers={"gallery": greys(60)}))
    wall = gallery._generated
    image = wall.grab().toImage()
    for index in (0, 1, 17, 59):
        place = wall.place_of(index)
        assert QColor(image.pixel(place)).red() == index
        assert wall.index_at(place.toPointF()) == index


def test_colour_images_keep_their_channels(gallery):
    gallery.open(opened(greys(4)))
    images = np.zeros((1, 8, 8, 3), np.uint8)
    images[..., :] = (200, 100, 50)
    gallery.show_frame(Frame(step=5, layers={"gallery": images}))
    wall = gallery._generated
    assert QColor(wall.grab().toImage().pixel(wall.place_of(0))).getRgb()[:3] == (200, 100, 50)


def test_more_than_fits_is_made_smaller_but_all_of_it_shown(gallery):
    gallery.open(opened(greys(64, 128)))
    gallery.show_frame(Frame(step=5, layers={"gallery": greys(64, 128)}))
    wall = gallery._generated
    assert wall.mosaic.factor == 0
    place = wall.place_of(63)
    assert wall.rect().contains(place)
    assert QColor(wall.grab().toImage().pixel(place)).red() == 63


def test_a_click_selects_and_a_second_enlarges(gallery, qtbot):
    gallery.open(opened(greys(100)))
    gallery.show_frame(Frame(step=5, layers={"gallery": greys(16)}))
    wall = gallery._generated
    with qtbot.waitSignal(gallery.selected) as caught:
        qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(9))
    assert caught.args == [9]
    qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(9))
    assert wall.enlarged
    assert QColor(wall.grab().toImage().pixel(wall.rect().center())).red() == 9
    qtbot.keyClick(wall, Qt.Key.Key_Escape)
    assert not wall.enlarged


def test_arrows_move_the_selection(gallery, qtbot):
    gallery.open(opened(greys(100)))
    gallery.show_frame(Frame(step=5, layers={"gallery": greys(16)}))
    wall = gallery._generated
    columns = wall.mosaic.columns
    for key, expected in (
        (Qt.Key.Key_Right, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + columns),
        (Qt.Key.Key_Left, columns),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
    ):
        qtbot.keyClick(wall, key)
        assert wall.chosen == expected


def test_the_real_wall_is_shown_beside_with_as_many(gallery, qtbot):
    gallery.open(opened(greys(100)))
    gallery.show_frame(Frame(step=5, layers={"gallery": greys(16)}))
    gallery.set_mode("both")
    names = [one._title.text() for one in (gallery._made, gallery._data) if one._title.isVisible()]
    assert names == ["Generated", "Real"]  # which is which is said where both are
    assert gallery._generated.isVisible()
    assert gallery._real.isVisible()
    assert gallery._real.mosaic.count == 16
    with qtbot.assertNotEmitted(gallery.selected):
        qtbot.mouseClick(gallery._real, Qt.MouseButton.LeftButton, pos=gallery._real.place_of(2))


def test_only_real_images_need_no_frames(gallery, qtbot):
    assert gallery.watch().layers == {"gallery"}
    with qtbot.waitSignal(gallery.watch_changed) as caught:
        gallery.set_mode("real")
    assert caught.args[0].layers == frozenset()
    assert not gallery._generated.isVisible()


def test_empty_walls_say_what_to_do_and_opening_forgets(gallery):
    loading = gallery._generated.grab().toImage()
    gallery.open(opened(greys(100)))
    before = gallery._generated.grab().toImage()
    assert before != loading  # until there is a game nothing asks for Play, which can't be pressed yet
    gallery.show_frame(Frame(step=5, layers={"gallery": greys(16)}))
    assert gallery._step.text() == "step 5"
    assert gallery._generated.grab().toImage() != before
    gallery.open(opened(greys(100)))
    assert gallery._generated.grab().toImage() == before
    gallery.show_frame(Frame(step=6, layers={}))
    assert gallery._step.text() == "step 0"


@pytest.mark.parametrize(
    ("count", "room", "columns"), [(64, (900, 600), 8), (16, (400, 400), 4), (1, (50, 50), 1), (7, (700, 100), 7)]
)
def test_mosaic_prefers_full_rectangles(count, room, columns):
    assert Mosaic.fit(count, 8, 8, room).columns == columns


def test_mosaic_knows_gaps_and_outsides():
    mosaic = Mosaic.fit(3, 8, 8, (34, 34))
    assert (mosaic.columns, mosaic.factor) == (2, 2)
    assert mosaic.index_at(0, 0) == 0
    assert mosaic.index_at(16, 0) is None  # the gap
    assert mosaic.index_at(18, 0) == 1
    assert mosaic.index_at(20, 20) is None  # the place that is left over
    assert mosaic.index_at(-1, 0) is None


def test_pack_refuses_what_is_no_image():
    with pytest.raises(ValueError, match=r"not \(2, 8, 8\)"):
        pack(np.zeros((2, 8, 8), np.uint8))


def test_diverging_runs_from_end_to_end():
    table = diverging("#ff0000", "#000000", "#0000ff")
    assert table.shape == (256,)
    assert table[0] == 0xFFFF0000
    assert table[255] == 0xFF0000FF
    assert table[128] & 0xFFFFFF <= 0x020002


def test_the_image_that_was_clicked_last_is_told_again_as_it_changes(gallery, qtbot):
    gallery.open(opened(greys(16)))
    gallery.set_mode("both")
    gallery.show_frame(Frame(step=1, layers={"gallery": greys(4)}))
    told = []
    gallery.examined.connect(lambda image, kind: told.append((int(image[0, 0, 0]), kind)))
    for wall in (gallery._generated, gallery._real):
        qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(2))
    assert told == [(2, "generated"), (2, "real")]
    gallery.show_frame(Frame(step=2, layers={"gallery": greys(4) + 50}))
    assert told[-1] == (2, "real")
    gallery._generated.choose(3)
    assert told[-1] == (53, "generated")
    told.clear()
    gallery.open(opened(greys(16)))
    gallery.show_frame(Frame(step=0, layers={"gallery": greys(4)}))
    assert told == []


SMALL = Images((1, 2, 2))


def test_what_g_is_given_is_shown_next_to_what_it_made_and_what_it_was_taken_from(gallery, qtbot):
    chip = next(chip for chip in gallery.findChildren(Chip) if chip.text() == "Given")
    assert not chip.isVisible()
    gallery.open(replace(opened(greys(100)), given=greys(4, 2) + 7, given_kind=SMALL))
    assert chip.isVisible()
    gallery.show_frame(Frame(step=5, layers={"gallery": greys(4) + 50}))
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert gallery.watch().layers == {"gallery"}
    (given,) = (wall for wall in gallery.findChildren(Wall) if wall.accessibleName() == "Given")
    walls = (given, gallery._generated, gallery._real)
    assert all(wall.isVisible() for wall in walls)
    assert "images of 2 × 2 pixels" in given.toolTip()
    for wall, grey in zip(walls, (9, 52, 2), strict=True):
        assert QColor(wall.grab().toImage().pixel(wall.place_of(2))).red() == grey
    # A click on one of them chooses what was made of it, and all that belongs to it is outlined.
    with qtbot.waitSignal(gallery.selected) as caught:
        qtbot.mouseClick(given, Qt.MouseButton.LeftButton, pos=given.place_of(3))
    assert caught.args == [3]
    assert [wall.chosen for wall in walls] == [3, 3, 3]
    # A game that is given nothing has no such chip; what was wished for comes back with the next that is.
    gallery.open(opened(greys(100)))
    assert not chip.isVisible()
    assert not given.isVisible()
    assert not gallery._real.isVisible()
    assert gallery.state() == {"mode": "given"}
    gallery.open(replace(opened(greys(100)), given=greys(4, 2), given_kind=SMALL))
    assert given.isVisible()


def test_the_steps_on_the_way_are_shown_each_in_a_wall(gallery, qtbot):
    gallery.set_mode("way")
    assert gallery.watch().layers == {"gallery"}
    with qtbot.waitSignal(gallery.watch_changed) as caught:
        gallery.open(replace(opened(greys(100)), way=(SMALL, Images((1, 4, 4)))))
    assert caught.args[0].layers == {"gallery", "way"}
    layers = {"way_0": greys(4, 2) + 10, "way_1": greys(4, 4) + 20, "gallery": greys(4) + 30}
    gallery.show_frame(Frame(step=5, layers=layers))
    steps = sorted(
        (wall for wall in gallery.findChildren(Wall) if wall.accessibleName().startswith("Step")),
        key=lambda wall: wall.accessibleName(),
    )
    shown = [*steps, gallery._generated]
    assert [QColor(wall.grab().toImage().pixel(wall.place_of(1))).red() for wall in shown] == [11, 21, 31]
    assert not gallery._real.isVisible()
    with qtbot.waitSignal(gallery.selected) as caught:
        qtbot.mouseClick(steps[1], Qt.MouseButton.LeftButton, pos=steps[1].place_of(0))
    assert caught.args == [0]
    # With fewer steps there are fewer walls.
    gallery.open(replace(opened(greys(100)), way=(SMALL,)))
    assert [wall.isVisible() for wall in steps] == [True, False]


def test_five_walls_are_arranged_so_that_they_are_largest(gallery, qtbot):
    gallery.open(replace(opened(greys(100)), way=(SMALL,) * 4))
    gallery.set_mode("way")
    walls = [wall for wall in gallery.findChildren(Wall) if wall.isVisible()]
    assert len(walls) == 5

    def columns() -> int:
        return len({wall.mapTo(gallery, wall.rect().topLeft()).x() for wall in walls})

    qtbot.waitUntil(lambda: columns() == 3)
    gallery.resize(1400, 300)
    qtbot.waitUntil(lambda: columns() == 5)
    gallery.resize(300, 900)
    qtbot.waitUntil(lambda: columns() == 1)
