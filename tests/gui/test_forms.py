import math
import re
from functools import reduce
from types import SimpleNamespace
from typing import get_args

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QVBoxLayout, QWidget

from ganstudio.experiment import (
    AdamSpec,
    ArraySpec,
    DensitySpec,
    DrawingSpec,
    Experiment,
    GaussianSpec,
    GridSpec,
    HingeSpec,
    ImagesSpec,
    MinimaxSpec,
    MixtureSpec,
    ObjectiveSpec,
    OptimisersSpec,
    RMSpropSpec,
    ScheduleSpec,
)
from ganstudio.gui.forms import fields
from ganstudio.gui.forms.forms import SpecForm, UnionRow
from ganstudio.gui.forms.rows import LOCKED
from ganstudio.gui.settings.groups import GROUPS
from ganstudio.gui.text import numbers
from ganstudio.gui.text.words import summary
from ganstudio.presets import load_preset, preset_names, with_setting
from ganstudio.training.messages import Notice
from tests.gui.settings import PanelOf


@pytest.fixture
def form(qtbot):
    form = SpecForm(Experiment())
    qtbot.addWidget(form)
    form.said = []
    form.edited.connect(lambda path, value: form.said.append((path, value)))
    return form


@pytest.fixture
def panel(qtbot):
    panel = PanelOf(Experiment())
    qtbot.addWidget(panel)
    panel.said = []
    panel.edited.connect(lambda path, value: panel.said.append((path, value)))
    return panel


def choose(box: fields.ChoiceBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))


def type_into(qtbot, box, text: str) -> None:
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(0.001, 0.002, 0.0005), (0.002, 0.005, 0.001), (0.0003, 0.0005, 0.0002), (1.0, 2.0, 0.5), (0.0, 1e-6, 0.0)],
)
def test_the_ladder_steps_by_factors(value, up, down):
    assert numbers.ladder(value, 1) == pytest.approx(up, rel=1e-9, abs=0)
    assert numbers.ladder(value, -1) == pytest.approx(down, rel=1e-9, abs=0)


def test_the_ladder_goes_up_and_down_through_the_same_rungs():
    rungs = [1e-5]
    for _ in range(12):
        rungs.append(numbers.ladder(rungs[-1], 1))
    back = [rungs[-1]]
    for _ in range(12):
        back.append(numbers.ladder(back[-1], -1))
    assert back[::-1] == pytest.approx(rungs, rel=1e-12, abs=0)
    assert rungs[-1] == pytest.approx(0.1, rel=1e-12, abs=0)


def test_sizes_double_and_round_numbers_climb_the_ladder():
    assert numbers.doubling(128, 1) == 256
    assert numbers.doubling(128, -1) == 64
    assert numbers.doubling(6000, 1) == 10000


def test_shares_approach_one_ever_more_slowly():
    assert numbers.share(0.5, 1) == pytest.approx(0.55, abs=1e-12)
    assert numbers.share(0.5, -1) == pytest.approx(0.45, abs=1e-12)
    assert numbers.share(0.99, 1) == pytest.approx(0.995, abs=1e-12)
    assert numbers.share(0.999, -1) == pytest.approx(0.998, abs=1e-12)
    assert numbers.share(0.9, 1) == pytest.approx(0.95, abs=1e-12)
    assert numbers.share(0.95, -1) == pytest.approx(0.9, abs=1e-12)


@pytest.mark.parametrize(("text", "value"), [("3e-4", 3e-4), ("1E-2", 1e-2), ("0,02", 0.02), (".5", 0.5), ("99", 10)])
def test_a_rate_is_typed_in_any_notation(qtbot, form, text, value):
    box = form.row_at("optimisers.generator.learning_rate").editor
    type_into(qtbot, box, text)
    assert form.said == [("optimisers.generator.learning_rate", pytest.approx(value, rel=1e-12, abs=0))]


@pytest.mark.parametrize(("value", "text"), [(1e-5, "1e-5"), (2e-4, "0.0002"), (0.001, "0.001"), (3.5, "3.5")])
def test_a_rate_is_shown_short(form, value, text):
    box = form.row_at("optimisers.generator.learning_rate").editor
    box.show_value(value)
    assert box.text() == text
    assert box.current() == pytest.approx(value, rel=1e-12, abs=0)


def test_an_open_bound_is_not_reached(qtbot, form):
    type_into(qtbot, form.row_at("optimisers.generator.learning_rate").editor, "0")
    type_into(qtbot, form.row_at("optimisers.generator.beta1").editor, "1")
    assert [path for path, _ in form.said] == ["optimisers.generator.learning_rate", "optimisers.generator.beta1"]
    assert 0 < form.said[0][1] < 1e-9
    assert 0.999 < form.said[1][1] < 1


def test_a_zero_that_means_all_is_a_word(qtbot):
    form = SpecForm(ImagesSpec(path="images"))
    qtbot.addWidget(form)
    said = []
    form.edited.connect(lambda path, value: said.append((path, value)))
    box = form.row_at("limit").editor
    assert box.text() == "all images"
    for text, shown in (("250", "250 images"), ("al", "250 images"), ("All", "all images"), ("3", "3 images")):
        type_into(qtbot, box, text)
        assert box.text() == shown
    type_into(qtbot, box, "0")
    assert box.text() == "all images"
    assert said == [("limit", value) for value in (250, 0, 3, 0)]


def test_whole_numbers_stay_whole(qtbot, form):
    type_into(qtbot, form.row_at("schedule.steps").editor, "1e4")
    type_into(qtbot, form.row_at("seed").editor, "4294967295")
    assert form.said == [("schedule.steps", 10000), ("seed", 4294967295)]
    assert all(isinstance(value, int) for _, value in form.said)


def test_a_step_with_the_arrow_key_is_an_edit(qtbot, form):
    qtbot.keyClick(form.row_at("optimisers.discriminator.learning_rate").editor, Qt.Key.Key_Up)
    assert form.said == [("optimisers.discriminator.learning_rate", pytest.approx(0.002, rel=1e-12, abs=0))]


def test_the_wheel_scrolls_the_page_and_not_a_field_without_focus(qtbot, form):
    box = form.row_at("schedule.batch_size").editor
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    assert not event.isAccepted()
    assert form.said == []


# --- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_shown_as_it_is(qtbot, name):
    experiment = load_preset(name)
    form = SpecForm(Experiment())
    qtbot.addWidget(form)
    said = []
    form.edited.connect(lambda *edit: said.append(edit))
    form.set_spec(experiment)
    assert said == []
    for path, _ in leaves(experiment.model_dump()):
        if not path.endswith(".kind") or path == "device.kind":
            # Not the dumped value: that of a list of specs is a list of mappings.
            assert form.row_at(path).editor.current() == reduce(at, path.split("."), experiment), path


def at(owner, name: str):
    return owner[int(name)] if name.isdecimal() else getattr(owner, name)


def leaves(data: dict, prefix: str = ""):
    for name, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{name}.")
        elif f"{prefix}{name}" in ("latent.codes", "stages"):  # lists of several kinds, each with a form of its own
            for index, code in enumerate(value):
                yield from leaves(code, f"{prefix}{name}.{index}.")
        else:
            yield prefix + name, value


def test_labels_help_and_units_come_from_the_spec(form):
    row = form.row_at("dataset.sigma")
    assert row.editor.accessibleName() == "Sigma (σ)"
    assert "Standard deviation of each Gaussian" in row.editor.toolTip()
    assert "Above 0, at most 10" in row.editor.toolTip()
    assert form.row_at("measures.window").editor.text() == "200 steps"
    update = form.row_at("objective.generator_update").editor
    assert [update.itemText(i) for i in range(update.count())] == ["Saturating", "Non-saturating", "Combined"]


def test_a_literal_is_chosen(form):
    choose(form.row_at("objective.generator_update").editor, "combined")
    assert form.said == [("objective.generator_update", "combined")]


def test_another_kind_brings_its_own_form(form):
    choose(form.row_at("objective").editor, "wasserstein")
    assert form.said == [("objective", {"kind": "wasserstein"})]
    assert form.row_at("objective.penalty").editor.current() == pytest.approx(0.1, abs=1e-12)
    with pytest.raises(KeyError):
        form.row_at("objective.generator_update")


def test_another_spec_is_shown_without_a_word(form):
    optimisers = OptimisersSpec(generator=RMSpropSpec(learning_rate=7e-4), discriminator=AdamSpec(beta1=0.9))
    form.set_spec(Experiment(objective=HingeSpec(), optimisers=optimisers, dataset=GridSpec(side=3)))
    assert form.said == []
    assert form.row_at("objective").editor.current() == "hinge"
    assert form.row_at("optimisers.generator.learning_rate").editor.current() == pytest.approx(7e-4, rel=1e-12)
    assert form.row_at("optimisers.discriminator.beta1").editor.current() == pytest.approx(0.9, rel=1e-12)
    assert form.row_at("dataset.side").editor.current() == 3


def test_what_is_being_typed_survives_an_update(qtbot, form):
    box = form.row_at("schedule.batch_size").editor
    form.show()
    form.activateWindow()
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "51")
    form.set_spec(Experiment(schedule=ScheduleSpec(steps=9000)))
    assert box.lineEdit().text() == "51"


def test_kinds_that_need_a_file_are_there_only_when_in_use(qtbot, form):
    assert form.row_at("dataset").editor.findData("images") == -1
    spec = ImagesSpec(path="/somewhere/faces")
    form.set_spec(Experiment(dataset=spec))
    assert form.row_at("dataset").editor.current() == "images"
    assert form.row_at("dataset.path").editor.text() == "/somewhere/faces"
    assert form.row_at("dataset.channels").editor.current() == "auto"
    choose(form.row_at("dataset.channels").editor, 3)
    assert form.said == [("dataset.channels", 3)]


@pytest.mark.parametrize(
    ("spec", "field", "words"),
    [
        (MixtureSpec(), "components", "3 Gaussians; edit with Draw…"),
        (MixtureSpec(components=(GaussianSpec(),)), "components", "1 Gaussian; edit with Draw…"),
        (DrawingSpec(), "rows", "16 rows; edit with Draw…"),
    ],
)
def test_what_is_drawn_is_counted_in_the_form(form, spec, field, words):
    choose(form.row_at("dataset").editor, spec.kind)
    form.set_spec(Experiment(dataset=spec))
    editor = form.row_at(f"dataset.{field}").editor
    assert editor.text() == words
    assert editor.current() == getattr(spec, field)
    assert form.said == [("dataset", {"kind": spec.kind})]


def test_classes_are_named_with_commas_between(form):
    form.set_spec(Experiment(dataset=ImagesSpec(path="/somewhere/pets", classes=("cat", "dog, large"))))
    editor = form.row_at("dataset.classes").editor
    assert editor.text() == 'cat, "dog, large"'
    for text, classes in ((' eel,, "dog, large" ', ("eel", "dog, large")), ("", ())):
        editor.setText(text)
        editor.editingFinished.emit()
        assert form.said[-1] == ("dataset.classes", classes)
    assert editor.placeholderText() == "All"


def test_a_density_is_there_only_when_in_use(form):
    assert form.row_at("dataset").editor.findData("density") == -1
    form.set_spec(Experiment(dataset=DensitySpec(path="/somewhere/heart.png")))
    choose(form.row_at("dataset.ink").editor, "dark")
    assert form.said == [("dataset.ink", "dark")]


def test_optional_fields_may_be_empty_and_errors_are_told(qtbot):
    form = SpecForm(ArraySpec(path="points.npy"), path="dataset")
    qtbot.addWidget(form)
    said = []
    form.edited.connect(lambda *edit: said.append(edit))
    row = form.row_at("size")
    type_into(qtbot, row.editor, "64")
    type_into(qtbot, row.editor, "big")
    assert row.editor.property("invalid") is True
    type_into(qtbot, row.editor, "9999")
    assert row.editor.property("invalid") is True
    row.editor.selectAll()
    qtbot.keyClick(row.editor, Qt.Key.Key_Delete)
    qtbot.keyClick(row.editor, Qt.Key.Key_Return)
    assert row.editor.property("invalid") is False
    assert said == [("dataset.size", 64), ("dataset.size", None)]


def test_while_a_run_is_on_only_live_fields_are_free(form):
    form.set_locked(True)
    for path in ("seed", "dataset", "dataset.modes", "generator.width", "latent.dimensions"):
        assert form.row_at(path).locked, path
        assert LOCKED in form.row_at(path).editor.toolTip()
        assert form.row_at(path).editor.isEnabled()
    for path in ("objective", "optimisers.generator", "optimisers.generator.learning_rate", "schedule.batch_size"):
        assert not form.row_at(path).locked, path
    form.set_locked(False)
    assert not form.row_at("seed").locked


def test_a_brief_form_hides_what_is_needed_less_often(qtbot):
    form = SpecForm(OptimisersSpec(), path="optimisers", brief=("learning_rate",))
    qtbot.addWidget(form)
    form.show()
    assert form.row_at("generator.learning_rate").isVisible()
    assert not form.row_at("generator.beta1").isVisible()
    union = form.rows["generator"]
    assert isinstance(union, UnionRow)
    union.form.expanded = True
    assert form.row_at("generator.beta1").isVisible()
    choose(union.choice, "rmsprop")
    qtbot.waitUntil(lambda: form.row_at("generator.alpha").isVisible())


# --- the panel --------------------------------------------------------------------------------------------------------


def test_the_panel_has_a_row_for_every_field(panel):
    for path, _ in leaves(Experiment().model_dump()):
        if path in ("name", "summary") or (path.endswith(".kind") and path != "device.kind"):
            continue
        assert panel.row_at(path).editor is not None
    with pytest.raises(KeyError):
        panel.row_at("schedule.nothing")


def test_what_a_schedule_makes_of_a_setting_is_shown_next_to_it(panel):
    rate = panel.row_at("optimisers.generator.learning_rate")
    panel.show_step(0)
    assert rate.now == ""
    panel.show_step(5970)  # of 6,000: in a line from 0.001 at step 3,000 to 0
    assert rate.now == "currently 1e-5"
    panel.show_step(6000)
    assert rate.now == "currently 0"
    assert panel.row_at("schedule.average").now == ""  # warmed up long ago
    panel.show_step(0)
    assert rate.now == ""
    assert panel.row_at("schedule.average").now == "currently 0.1"
    assert "currently 0.1" in panel.row_at("schedule.average").editor.accessibleDescription()
    assert panel.row_at("schedule.instance_noise").now == ""  # there is none


def test_what_is_in_force_next_to_a_change_that_waits_is_not_its(panel):
    panel.set_experiment(load_preset("infogan"), started=True)
    panel.row_at("latent.codes.0.weight").editor.setValue(7.0)
    panel.show_step(0)
    assert panel.row_at("latent.codes.0.weight").now == ""


@pytest.mark.parametrize(
    ("preset", "kind"),
    [("dcgan", "energy"), ("ring", "energy"), ("ebgan_glyphs", "minimax")],
)
def test_what_is_in_force_is_not_looked_for_in_an_objective_that_waits(panel, preset, kind):
    """The window asks at every step, and an objective that waits need not have the settings of the one in force."""
    before = load_preset(preset)
    panel.set_experiment(before, started=True)
    panel.show_step(0)
    choose(panel.row_at("objective").editor, kind)
    assert panel.pending_experiment().objective.kind == kind
    panel.show_step(10)
    panel.undo()
    panel.show_step(10)
    assert panel.pending_experiment().objective == before.objective


def test_what_is_in_force_is_not_looked_for_in_codes_that_wait(panel):
    before = with_setting(load_preset("infogan"), "recogniser.head_start", 0.3)
    panel.set_experiment(before, started=True)
    assert panel.row_at("latent.codes.0.weight").now == ""
    panel.show_step(0)
    assert panel.row_at("latent.codes.0.weight").now.startswith("currently ")
    remove = [button for button in panel.findChildren(QAbstractButton) if button.accessibleName().startswith("Remove")]
    remove[0].click()
    assert len(panel.pending_experiment().latent.codes) == len(before.latent.codes) - 1
    panel.show_step(10)
    panel.undo()
    panel.show_step(10)
    assert panel.row_at("latent.codes.0.weight").now.startswith("currently ")


def test_before_a_run_every_change_counts_at_once(panel):
    panel.row_at("seed").editor.setValue(3)
    assert panel.said == [("seed", 3)]
    assert panel.experiment.seed == 3
    assert not panel.pending
    assert panel.banner.isHidden()


def test_changes_that_are_not_live_wait(qtbot, panel):
    panel.set_experiment(Experiment(), started=True)
    panel.row_at("schedule.batch_size").editor.setValue(64)
    assert not panel.pending
    panel.row_at("seed").editor.setValue(3)
    assert panel.banner.words == "1 change takes effect when the run starts over"
    choose(panel.row_at("dataset").editor, "grid")
    panel.row_at("dataset.side").editor.setValue(4)
    assert panel.banner.words == "3 changes take effect when the run starts over"
    assert not panel.banner.isHidden()
    assert panel.experiment == Experiment(schedule=ScheduleSpec(batch_size=64))
    wanted = Experiment(schedule=ScheduleSpec(batch_size=64), seed=3, dataset=GridSpec(side=4))
    assert panel.pending_experiment() == wanted
    with qtbot.waitSignal(panel.start_over_requested):
        qtbot.mouseClick(panel.banner.start_over, Qt.MouseButton.LeftButton)
    panel.set_experiment(wanted, started=True)
    assert not panel.pending
    assert panel.banner.isHidden()


def test_undo_brings_back_what_runs(qtbot, panel):
    panel.set_experiment(Experiment(), started=True)
    choose(panel.row_at("dataset").editor, "grid")
    panel.row_at("dataset.side").editor.setValue(4)
    assert isinstance(panel.banner.undo, QPushButton)
    qtbot.mouseClick(panel.banner.undo, Qt.MouseButton.LeftButton)
    assert not panel.pending
    assert panel.row_at("dataset").editor.current() == "ring"
    assert panel.row_at("dataset.modes").editor.current() == 8


def test_a_change_back_to_what_runs_waits_for_nothing(panel):
    panel.set_experiment(Experiment(), started=True)
    panel.row_at("seed").editor.setValue(3)
    panel.row_at("seed").editor.setValue(0)
    assert not panel.pending
    choose(panel.row_at("dataset").editor, "grid")
    panel.row_at("dataset.side").editor.setValue(4)
    choose(panel.row_at("dataset").editor, "ring")
    assert not panel.pending


def test_news_of_the_run_leave_waiting_changes_alone(panel):
    panel.set_experiment(Experiment(), started=True)
    panel.row_at("seed").editor.setValue(3)
    panel.set_experiment(Experiment(objective=MinimaxSpec(generator_update="combined")), started=True)
    assert dict(panel.pending) == {"seed": 3}
    assert panel.row_at("seed").editor.current() == 3
    assert panel.row_at("objective.generator_update").editor.current() == "combined"


@pytest.mark.parametrize("width", [300, 380])
def test_nothing_is_cut_off_at_the_panel_s_widths(qtbot, width):
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    panel = PanelOf(Experiment())
    layout.addWidget(panel)
    qtbot.addWidget(holder)
    holder.resize(width, 800)
    holder.show()
    for path in ("objective.generator_update", "optimisers.discriminator.learning_rate", "schedule.batch_size"):
        editor = panel.row_at(path).editor
        right = editor.mapTo(holder, QPoint(editor.width(), 0)).x()
        assert width / 2 < right <= width
        assert math.isclose(
            editor.mapTo(holder, QPoint(0, 0)).x(),
            panel.row_at("objective").editor.mapTo(holder, QPoint(0, 0)).x(),
            abs_tol=2,
        )


def test_an_answer_that_is_late_does_not_set_back_newer_edits(panel):
    panel.set_experiment(Experiment(), started=True)
    editor = panel.row_at("schedule.batch_size").editor
    editor.stepUp()
    editor.stepUp()
    assert editor.current() == 1024
    panel.set_experiment(Experiment(schedule=ScheduleSpec(batch_size=512)), started=True)
    assert editor.current() == 1024
    panel.set_experiment(Experiment(schedule=ScheduleSpec(batch_size=1024)), started=True)
    assert editor.current() == 1024


def test_an_edit_that_was_refused_is_taken_back(panel):
    panel.set_experiment(Experiment(), started=True)
    editor = panel.row_at("schedule.batch_size").editor
    editor.stepUp()
    panel.set_experiment(Experiment(), started=True)
    assert editor.current() == 256


def test_dice_are_told_as_such_and_not_as_the_prior_that_they_are_not_of():
    (group,) = [one for one in GROUPS if one.title == "Latent code"]
    assert group.summary(load_preset("text_small")) == "Dice, one a word"
    assert group.summary(load_preset("folk")) == "Normal, 32-D"
    assert group.summary(load_preset("conditional")).endswith("-D, class")
    assert group.summary(load_preset("srgan")) == "none"


@pytest.mark.parametrize(
    "told",
    [
        lambda panel: panel.refuse(Notice("Of something else.")),
        lambda panel: panel.answer(SimpleNamespace(path="latent.codes.0.name")),
        lambda panel: panel.follow(),  # as where the run is made
        lambda panel: panel.stay(),
    ],
    ids=["notice", "name", "run", "refused"],
)
def test_what_is_told_of_something_else_takes_back_no_edit_on_its_way(panel, told):
    panel.set_experiment(Experiment(), started=True)
    editor = panel.row_at("schedule.batch_size").editor
    editor.stepUp()
    told(panel)
    assert editor.current() == 512
    choose(panel.row_at("objective.generator_update").editor, "combined")
    assert panel.experiment.schedule.batch_size == 512
    panel.refuse(Notice("It can't be.", setting="schedule.batch_size"))
    assert editor.current() == 256
    assert panel.experiment.objective.generator_update == "combined"
    panel.give_up()
    assert panel.experiment == Experiment()


def test_the_edits_of_a_game_that_is_over_are_not_those_of_the_one_that_comes(panel):
    panel.set_experiment(Experiment(), started=True)
    panel.row_at("schedule.batch_size").editor.stepUp()
    panel.set_experiment(Experiment(), started=False)
    panel.open()
    assert panel.experiment == Experiment()
    # Before a run each edit asks for a game, and of those that come late only the newest stands.
    for size in (512, 1024):
        panel.row_at("schedule.batch_size").editor.stepUp()
        assert panel.experiment.schedule.batch_size == size
    panel._game.experiment = Experiment(schedule=ScheduleSpec(batch_size=512))
    panel.open()
    assert panel.experiment.schedule.batch_size == 1024
    panel.stay()
    assert panel.experiment.schedule.batch_size == 512


@pytest.mark.parametrize("spec", get_args(get_args(ObjectiveSpec)[0]))
def test_what_a_kind_is_stands_in_one_paragraph(spec):
    assert not re.search(r"\s\s|\n", summary(spec))
    assert summary(spec).endswith(".")
