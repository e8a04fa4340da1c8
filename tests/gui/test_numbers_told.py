"""How counts and numbers are written: one of a thing in the singular, and a true minus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ganstudio.gui
from ganstudio.experiment import (
    CategoricalCodeSpec,
    Experiment,
    LatentSpec,
    MeasuresSpec,
    ScheduleSpec,
)
from ganstudio.gui.card.progress import told
from ganstudio.gui.forms.forms import SpecForm
from ganstudio.gui.parts.alerts import coverage_text
from ganstudio.gui.rooms.music.nearest import differing
from ganstudio.gui.settings.groups import GROUPS
from ganstudio.gui.text import numbers
from ganstudio.measurements import ModeCoverage
from ganstudio.modalities import Melody

_THINGS = (
    "steps|samples|files|images|tunes|modes|pins|codes|sounds|classes|points|sentences|notes|pictures|moments|"
    "more steps"
)
_NEVER_ONE = {'{COUNT:,} samples of what is drawn")', "{pins} pins are taken.", "{packing} points is real"}


def test_no_thing_is_counted_with_its_plural_written_out():
    wanted = re.compile(r"\{[^{}]*\} (?:" + _THINGS + r")\b[^\n]*")
    sources = [path.read_text(encoding="utf-8") for path in Path(ganstudio.gui.__file__).parent.rglob("*.py")]
    found = [hit[0] for source in sources for hit in wanted.finditer(source)]
    assert len(found) >= len(_NEVER_ONE)  # else it looks for nothing
    assert [hit for hit in found if not hit.startswith(tuple(_NEVER_ONE))] == []


def test_a_field_with_a_unit_follows_its_number(qtbot):
    form = SpecForm(Experiment(measures=MeasuresSpec(window=2)))
    qtbot.addWidget(form)
    said = []
    form.edited.connect(lambda path, value: said.append((path, value)))
    box = form.row_at("measures.window").editor
    assert box.text() == "2 steps"
    box.stepBy(-1)
    assert box.text() == "1 step"
    box.selectAll()
    qtbot.keyClicks(box, "12")
    box.interpretText()
    assert box.text() == "12 steps"
    assert not box.untaken
    box.setValue(1)
    qtbot.keyClicks(box.lineEdit(), "0")  # into what stands there, in front of its unit or behind it
    box.interpretText()
    assert box.suffix() == (" step" if box.value() == 1 else " steps")
    form.set_spec(Experiment(measures=MeasuresSpec(window=1)))
    assert box.text() == "1 step"
    form.set_spec(Experiment(measures=MeasuresSpec(window=3)))
    assert box.text() == "3 steps"
    assert said[:2] == [("measures.window", 1), ("measures.window", 12)]


def test_a_folded_group_tells_one_of_what_it_has():
    experiment = Experiment(
        latent=LatentSpec(codes=(CategoricalCodeSpec(size=3),)),
        schedule=ScheduleSpec(steps=1),
        measures=MeasuresSpec(window=1),
    )
    told = {group.title: group.summary(experiment) for group in GROUPS}
    assert told["Schedule"] == "1 step"
    assert told["Measures"] == "over 1 step"
    assert told["Latent code"].endswith(", 1 code")


@pytest.mark.parametrize(
    ("progress", "words"),
    [((1, 0, 0.0), "1 file"), ((1, 1, 0.0), "1 of 1 file"), ((1, 2, 0.0), "1 of 2 files"), ((2, 0, 0.0), "2 files")],
)
def test_one_file_is_read(progress, words):
    assert told(*progress) == words


def test_one_mode_is_reached_and_one_step_differs():
    coverage = ModeCoverage(modes=1, modes_strict=1, high_quality=1.0, mode_kl=0.0, counts=(5,))
    assert coverage_text(coverage, 1).startswith("1 of 1 mode · ")
    assert coverage_text(coverage, 2).startswith("1 of 2 modes · ")
    assert differing(1, Melody(steps=32)) == "1 of 32 steps differs"
    assert differing(2, Melody(steps=32)) == "2 of 32 steps differ"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-0.63", "−0.63"),
        ("V -1.2 (-.5 to 0.1)", "V −1.2 (−.5 to 0.1)"),
        ("-inf", "−inf"),
        ("1e-5", "1e-5"),
        ("step-5 of a half-life", "step-5 of a half-life"),
    ],
)
def test_numbers_have_a_true_minus(text, shown):
    assert numbers.signed(text) == shown
