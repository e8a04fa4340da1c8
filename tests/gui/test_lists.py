"""A list of specs in a form: InfoGAN's codes are added, changed and removed in the settings."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, Experiment, LatentSpec, MixtureSpec
from ganstudio.gui.forms.editors import CountBox
from ganstudio.gui.forms.forms import SpecForm
from ganstudio.gui.forms.lists import ListRow
from ganstudio.presets import with_setting
from tests.gui.settings import PanelOf

CODES = (CategoricalCodeSpec(size=4, name="class"), ContinuousCodeSpec())


@pytest.fixture
def form(qtbot):
    form = SpecForm(LatentSpec(), path="latent")
    qtbot.addWidget(form)
    form.show()
    return form


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_codes_are_added_changed_and_removed(qtbot, form):
    edits = []
    form.edited.connect(lambda path, value: edits.append((path, value)))
    row = form.rows["codes"]
    assert isinstance(row, ListRow)
    click(qtbot, row.add_buttons["categorical"])
    click(qtbot, row.add_buttons["continuous"])
    assert len(row.forms) == 2
    row.row_at("0.size").editor.changed.emit(6)
    assert edits[-1] == ("latent.codes.0.size", 6)
    remove = [button for button in row.findChildren(QAbstractButton) if button.text() == "Remove"]
    click(qtbot, remove[0])
    path, left = edits[-1]
    assert path == "latent.codes"
    assert [each["kind"] for each in left] == ["continuous"]
    experiment = with_setting(Experiment(), path, left)
    assert experiment.latent.codes == (ContinuousCodeSpec(),)


def test_what_was_changed_in_one_is_kept_when_another_comes(qtbot, form):
    form.set_spec(LatentSpec(codes=CODES))
    row = form.rows["codes"]
    row.row_at("0.size").editor.changed.emit(7)
    with qtbot.waitSignal(form.edited) as edited:
        click(qtbot, row.add_buttons["continuous"])
    assert [each.get("size") for each in edited.args[1]] == [7, None, None]


def test_as_many_as_are_allowed(form):
    form.set_spec(LatentSpec(codes=(ContinuousCodeSpec(),) * 16))
    assert not any(button.isEnabled() for button in form.rows["codes"].add_buttons.values())
    form.set_spec(LatentSpec(codes=(ContinuousCodeSpec(),) * 15))
    assert all(button.isEnabled() for button in form.rows["codes"].add_buttons.values())


def test_a_field_that_is_not_there_has_no_row(form):
    with pytest.raises(KeyError):
        form.row_at("codes.0.size")


def test_a_list_of_one_kind_has_a_window_of_its_own(qtbot):
    form = SpecForm(MixtureSpec(), path="dataset")
    qtbot.addWidget(form)
    assert isinstance(form.row_at("components").editor, CountBox)


def test_while_a_run_is_on_codes_wait_and_their_weights_do_not(qtbot):
    panel = PanelOf(Experiment())
    qtbot.addWidget(panel)
    panel.set_experiment(Experiment(latent=LatentSpec(codes=CODES)), started=True)
    assert panel.row_at("latent.codes.0.size").locked
    assert not panel.row_at("latent.codes.0.weight").locked
    panel.row_at("latent.codes.0.weight").editor.changed.emit(0.5)
    assert panel.pending == {}
    assert panel.experiment.latent.codes[0].weight == 0.5
    panel.row_at("latent.codes.0.size").editor.changed.emit(5)
    assert panel.pending == {"latent.codes.0.size": 5}
    assert panel.pending_experiment().latent.codes[0] == CategoricalCodeSpec(size=5, name="class", weight=0.5)
    panel.undo()
    assert panel.pending_experiment().latent.codes[0].size == 4


def test_no_list_makes_the_panel_wider_than_it_is(qtbot):
    panel = PanelOf(Experiment())
    qtbot.addWidget(panel)
    panel.resize(panel.minimumWidth(), 800)
    panel.show()
    for header in panel.findChildren(QToolButton, "groupHeader"):
        if not header.isChecked():
            header.click()
    rows = panel.findChildren(ListRow)
    assert max(len(row.add_buttons) for row in rows) > 2  # side by side these are wider than the panel
    qtbot.waitUntil(lambda: all(row.isVisible() for row in rows))
    page = panel.findChild(QWidget, "page")
    assert page.layout().minimumSize().width() <= panel.minimumWidth()
