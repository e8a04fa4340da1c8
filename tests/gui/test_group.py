"""Several games side by side: tiles, overlaid curves, what is told of them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from ganstudio.experiment import Experiment
from ganstudio.gui.looks import theme
from ganstudio.gui.plots.series import blend
from ganstudio.gui.rooms.group import tiles, wall
from ganstudio.gui.rooms.group.camera import columns_for
from ganstudio.gui.rooms.group.curves import HINT
from ganstudio.gui.rooms.group.history import GroupHistory, quantiles
from ganstudio.gui.rooms.group.view import GroupView
from ganstudio.gui.rooms.group.words import differing, sentence
from ganstudio.presets import with_setting
from ganstudio.training.messages import SCALARS, GroupFrame, GroupOpened
from ganstudio.training.records.history import History

BOUNDS = (-1.0, 1.0, -1.0, 1.0)
UPDATES = ("saturating", "non_saturating", "combined")


def duel(step=0, experiments=None, names=("saturating", "non-saturating", "combined")) -> GroupOpened:
    base = Experiment()
    experiments = experiments or tuple(with_setting(base, "objective.generator_update", each) for each in UPDATES)
    return opened(experiments, names, band=False, step=step)


def band(seeds=16) -> GroupOpened:
    base = Experiment()
    return opened(
        tuple(with_setting(base, "seed", k) for k in range(seeds)), [f"seed {k}" for k in range(seeds)], band=True
    )


def opened(experiments, names, band, step=0) -> GroupOpened:
    return GroupOpened(
        experiments=tuple(experiments),
        names=tuple(names),
        band=band,
        step=step,
        data_name="ring",
        real=np.array([[0.5, 0.5]], np.float32),
        plane=BOUNDS,
    )


def make_rows(members: int, count: int, first: int = 1, **scalars: float) -> np.ndarray:
    """Steps with all scalars random about 0.7, but for those that are given: equal for all games and steps."""
    random = np.random.default_rng(first)
    rows = np.abs(random.normal(0.7, 0.1, (members, count, 2 + len(SCALARS))))
    rows[:, :, 0] = np.arange(first, first + count)
    rows[:, :, 1] = rows[:, :, 0] / 100.0
    rows[:, :, 2 + SCALARS.index("value")] = random.normal(-1.0, 0.02, (members, count))
    for name, value in scalars.items():
        rows[:, :, 2 + SCALARS.index(name)] = value
    return rows


def make_frame(members: int, step: int = 10) -> GroupFrame:
    """One generated point at (-0.5, -0.5) each; game k's D says k / members everywhere."""
    verdicts = np.arange(members, dtype=np.float32) / members
    return GroupFrame(
        step=step,
        generated=np.full((members, 1, 2), -0.5, np.float32),
        landscapes=np.broadcast_to(verdicts[:, None, None], (members, 48, 48)).copy(),
        bounds=BOUNDS,
    )


@pytest.fixture
def view(qtbot) -> GroupView:
    view = GroupView()
    qtbot.addWidget(view)
    view.resize(1100, 800)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def playing_duel(view) -> GroupView:
    """A duel of three with a frame and 100 steps on the screen."""
    return play(view, duel())


@pytest.fixture
def playing_band(view) -> GroupView:
    """A band of 16 with a frame and 100 steps on the screen."""
    return play(view, band())


def play(view: GroupView, message: GroupOpened) -> GroupView:
    members = len(message.names)
    view.open(message)
    QApplication.processEvents()
    view.add_scalars(make_rows(members, 100))
    view.show_frame(make_frame(members))
    view.refresh()
    QApplication.processEvents()
    return view


def colour_in(tile, x: float, y: float) -> QColor:
    """What a tile shows at a point of the plane."""
    rect = tile.picture_rect()
    factor, shift = tile._plane.camera.place(rect.size())
    place = np.array([x, y]) * factor + shift
    image = tile.grab().toImage()
    return QColor(image.pixel(rect.left() + round(place[0]), rect.top() + round(place[1])))


def near(colour: QColor, name: str, tolerance: int = 40) -> bool:
    other = QColor(name)
    return all(abs(a - b) <= tolerance for a, b in zip(colour.getRgb()[:3], other.getRgb()[:3], strict=True))


def panel(view: GroupView, key: str):
    return next(each for each in view.curves.panels if each.quantity.key == key)


def colours(one) -> set[int]:
    return set(np.unique(one._pixels).tolist())


def wheel(tile, spot: QPointF, delta: int) -> None:
    event = QWheelEvent(
        spot,
        QPointF(tile.mapToGlobal(spot.toPoint())),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(tile, event)


# --- history ----------------------------------------------------------------------------------------------------------


def test_averages_are_those_of_a_history_of_each_game():
    rows = make_rows(3, 500)
    rows[1, 7, 3] = np.nan
    group = GroupHistory(3, 50, spread=True)
    for part in np.array_split(rows, (1, 130, 300), axis=1):
        group.append(part)
    for member in range(3):
        alone = History(50)
        alone.append(rows[member])
        np.testing.assert_array_equal(group.step, alone.step)
        np.testing.assert_allclose(group.curve(member, "jsd"), alone.jsd_bound().average, rtol=1e-5)
        for name in group.quantities[1:]:
            np.testing.assert_allclose(group.curve(member, name), alone.average(name), rtol=1e-5)


def test_spread_is_numpys_quantiles_of_what_is_known():
    values = np.random.default_rng(0).normal(size=(7, 2, 30))
    values[3, :, 10:] = np.nan
    values[:, 1, 5] = np.nan
    found = quantiles(values)
    assert np.isnan(found[:, 1, 5]).all()
    known = np.ones((2, 30), bool)
    known[1, 5] = False
    expected = np.nanquantile(values[:, known], [0, 0.25, 0.5, 0.75, 1], axis=0)
    np.testing.assert_allclose(found[:, known], expected, atol=1e-12)


def test_a_history_keeps_more_than_it_had_room_for():
    history = GroupHistory(2, 10, spread=True)
    history.append(make_rows(2, 5000))
    history.append(make_rows(2, 3, first=5001))
    assert len(history) == 5003
    assert history.step[-1] == 5003
    low, high = history.quantile(0, "g_loss")[-1], history.quantile(1, "g_loss")[-1]
    assert {low, high} == {history.curve(0, "g_loss")[-1], history.curve(1, "g_loss")[-1]}


def test_scalars_of_another_group_are_refused():
    with pytest.raises(ValueError, match=r"should be \(2, n, 9\)"):
        GroupHistory(2, 10, spread=False).append(make_rows(3, 5))


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "values", "words"),
    [
        ("objective.generator_update", UPDATES, "the generator's update"),
        ("schedule.discriminator_steps", (1, 5), "k, the updates of D for each of G"),
        ("optimisers.generator.learning_rate", (1e-3, 2e-3), "G's learning rate"),
        ("objective.kind", ("minimax", "hinge"), "the objective"),
        ("optimisers.discriminator.kind", ("adam", "sgd"), "the optimiser"),
        ("schedule.batch_size", (16, 32), "batch size"),
    ],
)
def test_a_duel_says_what_its_games_differ_in(path, values, words):
    experiments = [with_setting(Experiment(), path, value) for value in values]
    assert sentence(experiments, band=False) == f"Same data, same seed, same initial weights: they differ in {words}."


def test_other_networks_have_other_weights():
    wide = with_setting(Experiment(), "generator.width", 16)
    assert sentence([Experiment(), wide], band=False) == "Same data, same seed: they differ in G's width."


def test_names_are_no_difference():
    assert differing([Experiment(name="a"), Experiment(name="b", summary="other")]) == ()


def test_a_band_says_that_only_chance_differs(view):
    view.open(band())
    assert "16 seeds" in view._sentence.text()
    assert view._kind.text() == "Seed band on ring"


# --- tiles ------------------------------------------------------------------------------------------------------------


def test_before_a_group_is_open_it_says_how_to_get_one(view):
    view.refresh()
    view.fit()
    assert view._empty.isVisible()
    assert "set up a duel" in view._empty.text()


def test_before_the_first_step_the_data_stands_in_every_tile(view):
    view.open(duel())
    QApplication.processEvents()
    assert view.curves.panels[0].hint == HINT
    for tile in view.wall.tiles:
        assert near(colour_in(tile, 0.5, 0.5), theme.REAL)
        assert near(colour_in(tile, -0.5, -0.5), theme.BACKGROUND, 8)


def test_each_tile_shows_its_own_game(playing_duel):
    for tile in playing_duel.wall.tiles:
        assert near(colour_in(tile, 0.5, 0.5), theme.REAL)
        assert near(colour_in(tile, -0.5, -0.5), theme.FAKE)
        assert tile._landscape.value_at(0.0, 0.0) == pytest.approx(tile.index / 3, abs=1e-6)
    assert colour_in(playing_duel.wall.tiles[0], 0, 0) != colour_in(playing_duel.wall.tiles[2], 0, 0)
    assert playing_duel._place.text() == "step 10"


def test_nothing_is_painted_before_refresh(playing_duel):
    before = playing_duel.wall.tiles[0].grab().toImage()
    frame = make_frame(3, step=20)
    playing_duel.show_frame(GroupFrame(**{**vars(frame), "landscapes": 1 - frame.landscapes}))
    playing_duel.add_scalars(make_rows(3, 50, first=101))
    assert playing_duel.wall.tiles[0].grab().toImage() == before
    playing_duel.refresh()
    assert playing_duel.wall.tiles[0].grab().toImage() != before


def test_a_layer_that_is_off_is_off_in_every_tile(playing_duel):
    playing_duel.chips["generated"].setChecked(False)
    playing_duel.chips["landscape"].setChecked(False)
    for tile in playing_duel.wall.tiles:
        assert near(colour_in(tile, -0.5, -0.5), theme.BACKGROUND, 8)
        assert near(colour_in(tile, 0.5, 0.5), theme.REAL)


def test_zoom_and_fit_move_all_tiles(playing_duel):
    first, last = playing_duel.wall.tiles[0], playing_duel.wall.tiles[-1]
    rect = first.picture_rect()
    factor, shift = first._plane.camera.place(rect.size())
    spot = QPointF(rect.topLeft()) + QPointF(*(np.array([0.5, 0.5]) * factor + shift))
    assert not playing_duel._fit.isEnabled()
    wheel(first, spot, 1200)
    assert near(colour_in(first, 0.5, 0.5), theme.REAL)  # what is under the mouse stays there
    after = last._plane.camera.place(last.picture_rect().size())
    assert after[0, 0] == pytest.approx(factor[0] * 1.2**10, rel=1e-6)
    np.testing.assert_allclose(np.array([0.5, 0.5]) * after[0] + after[1], np.array([0.5, 0.5]) * factor + shift)
    playing_duel._fit.click()
    np.testing.assert_allclose(last._plane.camera.place(last.picture_rect().size()), [factor, shift])


def test_dragging_moves_the_plane_and_is_no_click(qtbot, playing_duel):
    tile = playing_duel.wall.tiles[1]
    start = tile.picture_rect().center()
    before = tile._plane.camera.place(tile.picture_rect().size())[1]
    qtbot.mousePress(tile, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(tile, start + QPoint(30, 12))
    qtbot.mouseRelease(tile, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 12))
    after = tile._plane.camera.place(tile.picture_rect().size())[1]
    np.testing.assert_allclose(after - before, [30, 12], atol=1e-6)
    assert panel(playing_duel, "jsd").followed is None


def test_a_point_under_the_mouse_is_judged_in_every_tile(qtbot, playing_duel):
    tile = playing_duel.wall.tiles[0]
    before = [each.grab().toImage() for each in playing_duel.wall.tiles]
    qtbot.mouseMove(tile, tile.picture_rect().center())
    assert playing_duel.wall.plane.probe == pytest.approx((0.0, 0.0), abs=0.02)
    assert all(each.grab().toImage() != image for each, image in zip(playing_duel.wall.tiles, before, strict=True))
    QApplication.sendEvent(tile, QEvent(QEvent.Type.Leave))
    assert playing_duel.wall.plane.probe is None


def test_a_header_tells_where_the_game_stands(view):
    view.open(duel())
    view.add_scalars(make_rows(3, 20, value=-1.0, d_fake=0.25))
    view.refresh()
    bound = np.log(2) - 0.5
    assert view.wall.tiles[2]._standing.values == (("JSD", f"≥ {bound:.3f}"), ("D(G(z))", "0.25"))
    view.add_scalars(make_rows(3, 500, first=21, value=-3.0))
    view.refresh()
    assert view.wall.tiles[2]._standing.values[0] == ("JSD", "says nothing yet")  # below 0


def test_a_game_that_diverged_says_so(playing_duel):
    frame = make_frame(3)
    frame.generated[1] = np.nan
    playing_duel.show_frame(frame)
    playing_duel.refresh()
    assert [tile._diverged for tile in playing_duel.wall.tiles] == [False, True, False]
    playing_duel.wall.tiles[1].grab()  # no warning


def test_sixteen_tiles_stand_four_by_four(playing_band):
    corners = {(tile.x(), tile.y()) for tile in playing_band.wall.tiles}
    assert len({x for x, _ in corners}) == len({y for _, y in corners}) == 4
    assert all(playing_band.wall.rect().contains(tile.geometry()) for tile in playing_band.wall.tiles)


@pytest.mark.parametrize(
    ("count", "size", "columns"), [(2, (800, 400), 2), (3, (1000, 380), 3), (4, (600, 600), 2), (16, (560, 700), 4)]
)
def test_tiles_are_as_large_as_fits(count, size, columns):
    assert columns_for(count, *size, 26, 1.0) == columns


def test_many_tiles_are_shown_in_turn(view):
    view.open(band(40))
    QApplication.processEvents()
    view.show_frame(make_frame(40))
    shown = []
    for _ in range(4):
        view.refresh()
        shown.append(sum(bool(tile._landscape._values.size) for tile in view.wall.tiles))
    assert shown == [wall.AT_ONCE, 2 * wall.AT_ONCE, 40, 40]


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_a_click_follows_a_game_and_another_lets_it_go(qtbot, playing_duel):
    losses = panel(playing_duel, "g_loss")
    assert {blend(colour, 1.0) for colour in theme.GAMES[:3]} <= colours(losses)
    tile = playing_duel.wall.tiles[1]
    middle = tile.picture_rect().center()
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=middle)
    assert losses.followed == 1
    assert blend(theme.GAMES[1], 1.0) in colours(losses)
    assert not {blend(theme.GAMES[0], 1.0), blend(theme.GAMES[2], 1.0)} & colours(losses)
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=middle)
    assert losses.followed is None


def test_hovering_a_seed_draws_its_curve(qtbot, playing_band):
    losses = panel(playing_band, "g_loss")
    assert blend(theme.CHOSEN, 1.0) not in colours(losses)
    tile = playing_band.wall.tiles[5]
    with qtbot.waitSignal(playing_band.wall.followed, check_params_cb=lambda member: member == 5):
        qtbot.mouseMove(tile, tile.picture_rect().center())
    assert blend(theme.CHOSEN, 1.0) in colours(losses)
    assert losses.readouts()[1][1] == "seed 5"
    with qtbot.waitSignal(playing_band.wall.followed, check_params_cb=lambda member: member is None):
        QApplication.sendEvent(tile, QEvent(QEvent.Type.Leave))
    assert blend(theme.CHOSEN, 1.0) not in colours(losses)


def test_double_click_opens_a_game(qtbot, playing_band):
    tile = playing_band.wall.tiles[3]
    with qtbot.waitSignal(playing_band.member_chosen, check_params_cb=lambda index: index == 3):
        qtbot.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=tile.picture_rect().center())


def test_the_button_that_comes_with_the_mouse_opens_a_game(qtbot, playing_band):
    tile = playing_band.wall.tiles[6]
    assert not tile.button.isVisible()
    place = QPointF(20, 50)
    QApplication.sendEvent(tile, QEnterEvent(place, place, place))
    assert tile.button.isVisible()
    assert tile.button.text() == "Open seed 6"
    assert tile.rect().contains(tile.button.geometry())
    with qtbot.waitSignal(playing_band.member_chosen, check_params_cb=lambda index: index == 6):
        qtbot.mouseClick(tile.button, Qt.MouseButton.LeftButton)


def test_keys_go_from_tile_to_tile(qtbot, playing_band):
    keys = playing_band.wall
    for key, game in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 5), (Qt.Key.Key_Left, 4)):
        qtbot.keyClick(keys, key)
        assert panel(playing_band, "jsd").followed == game
    with qtbot.waitSignal(playing_band.member_chosen, check_params_cb=lambda index: index == 4):
        qtbot.keyClick(keys, Qt.Key.Key_Return)
    qtbot.keyClick(keys, Qt.Key.Key_Escape)
    assert panel(playing_band, "jsd").followed is None


def test_close_asks_to_leave(qtbot, playing_duel):
    with qtbot.waitSignal(playing_duel.closed):
        playing_duel._close.click()


# --- curves -----------------------------------------------------------------------------------------------------------


def test_a_band_reads_out_median_and_quartiles(view):
    view.open(band(5))
    QApplication.processEvents()
    rows = make_rows(5, 3)
    rows[:, :, 2 + SCALARS.index("g_loss")] = np.array([1.0, 2.0, 3.0, 4.0, 5.0])[:, None]
    view.add_scalars(rows)
    view.refresh()
    assert panel(view, "g_loss").readouts() == [(theme.GENERATOR, "median", "3.000", "(2.000 to 4.000)")]


def test_a_band_whose_bounds_say_nothing_says_so_once(view):
    view.open(band(5))
    QApplication.processEvents()
    view.add_scalars(make_rows(5, 500, value=-3.0))
    view.refresh()
    assert panel(view, "jsd").readouts()[0][1:] == ("median", "says nothing yet", "")


def test_a_seed_that_ran_away_does_not_flatten_the_band(view):
    view.open(band(16))
    QApplication.processEvents()
    rows = make_rows(16, 200)
    rows[3, :, 2 + SCALARS.index("g_loss")] = 1e6
    view.add_scalars(rows)
    view.refresh()
    low, high = panel(view, "g_loss").y_range
    assert 0.0 <= low < 0.7
    assert 0.7 < high < 2.0


def test_median_and_both_bands_are_drawn(playing_band):
    losses = panel(playing_band, "g_loss")
    faint, middle = losses.series[:2]
    found = colours(losses)
    assert {blend(middle.colour, 1.0), blend(middle.colour, 0.28), blend(faint.colour, 0.28)} <= found


def test_a_bound_below_zero_is_not_shown_as_a_divergence(view):
    view.open(duel())
    view.add_scalars(make_rows(3, 50, value=-2.0))
    view.refresh()
    assert [entry[2] for entry in panel(view, "jsd").readouts()] == ["says nothing yet"] * 3


def test_losses_that_do_not_compare_are_marked(view):
    view.open(duel())
    assert "compare the course" in panel(view, "g_loss").note
    assert not panel(view, "d_loss").note
    assert not panel(view, "jsd").note
    experiments = (Experiment(), with_setting(Experiment(), "objective.kind", "hinge"))
    view.open(duel(experiments=experiments, names=("minimax", "hinge")))
    assert "compare the course" in panel(view, "d_loss").note
    assert "Loose" in panel(view, "jsd").note


def test_zoom_of_the_steps_is_shared_and_fit_follows_again(qtbot, playing_duel):
    curves = playing_duel.curves
    curves.look_at(20, 60)
    assert {(each._timeline.low, each._timeline.high) for each in curves._visible()} == {(20, 60)}
    playing_duel.add_scalars(make_rows(3, 100, first=101))
    playing_duel.refresh()
    assert curves.axis.range == (20, 60)
    curves.choices.fit.click()
    assert curves.axis.range[1] >= 200


def test_the_crosshair_stands_at_one_step_in_all_plots(playing_duel):
    playing_duel.curves._hover(40.2)
    assert {each._row for each in playing_duel.curves._visible()} == {39}
    assert playing_duel.curves.choices.place.text() == "at step 40"
    playing_duel.curves._hover(None)
    assert playing_duel.curves.choices.place.text() == ""


def test_quantities_come_and_go_with_their_chips(playing_duel):
    curves = playing_duel.curves
    hidden = panel(playing_duel, "d_gradient")
    assert not hidden.isVisible()
    curves.choices.chips["d_gradient"].setChecked(True)
    assert hidden.isVisible()
    for chip in curves.choices.chips.values():
        chip.setChecked(False)
    playing_duel.refresh()
    assert not any(each.isVisible() for each in curves.panels)


def test_another_group_forgets_the_last(playing_band):
    playing_band.wall.pick(2)
    playing_band.open(duel(step=5))
    QApplication.processEvents()
    assert len(playing_band.wall.tiles) == 3
    assert len(playing_band.history) == 0
    assert playing_band._place.text() == "step 5"
    playing_band.set_state("finished")
    assert playing_band._place.text() == "step 5, the last"
    play(playing_band, duel())
    assert panel(playing_band, "g_loss").followed is None


def test_a_refresh_of_sixteen_games_fits_the_windows_budget(playing_band):
    """20 to 25 ms of the processor's time where it was measured; 60 leaves room for a slower machine."""
    rows, frame = make_rows(16, 50 * 9, first=101), make_frame(16)
    spent = []
    for k in range(9):
        start = time.process_time()
        playing_band.add_scalars(rows[:, 50 * k : 50 * (k + 1)])
        playing_band.show_frame(frame)
        playing_band.refresh()
        QApplication.processEvents()
        spent.append(time.process_time() - start)
    assert 0.0 < np.median(spent) < 0.06


def test_tiles_know_every_layer(view):
    assert set(view.chips) == set(tiles.LAYERS)


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c"), ("a", "b", "c", "d")])
@pytest.mark.parametrize("size", [(1030, 660), (1500, 1000)])
def test_the_tiles_of_a_duel_take_the_room_that_they_need_and_the_curves_the_rest(view, qtbot, names, size):
    view.resize(*size)
    games = [Experiment(seed=seed) for seed in range(len(names))]
    play(view, duel(experiments=games, names=names))
    view.curves.setMinimumHeight(0)
    tiles, curves = view.halves
    qtbot.waitUntil(lambda: view.wall.height() <= view.wall.height_in_a_row())
    lowest = max(tile.geometry().bottom() for tile in view.wall.tiles)
    assert view.wall.height() - lowest <= 2  # nothing between the tiles and the curves
    assert curves.height() >= 0.4 * (tiles.height() + curves.height())
