"""Pictures as files: whole, or not there."""

import pytest
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from ganstudio.gui.looks.pictures import save_png
from ganstudio.gui.opening.clipboard import pasted
from ganstudio.gui.opening.opener import Opener
from ganstudio.gui.opening.paths import whole_of
from ganstudio.training.messages import Start
from tests.full_disk import full_disk


@pytest.mark.parametrize(("named", "step"), [(".", None), ("checkpoints/step-00000005", 5)])
def test_a_dropped_checkpoint_opens_that_one_and_a_run_its_newest(qtbot, tmp_path, named, step):
    folder = tmp_path / "checkpoints" / "step-00000005"
    folder.mkdir(parents=True)
    for place in (tmp_path, folder):
        (place / "experiment.toml").touch()
    window = QWidget()
    qtbot.addWidget(window)
    opener = Opener(window, tmp_path, lambda: None)
    with qtbot.waitSignal(opener.wanted) as wanted:
        opener.path(tmp_path / named)
    assert wanted.args == [Start(resume=tmp_path, at=step)]
    opener.close()


def picture(colour="teal"):
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


@pytest.mark.parametrize("kind", [lambda image: image, QPixmap.fromImage])
def test_a_picture_is_a_png(qapp, tmp_path, kind):
    save_png(kind(picture()), tmp_path / "a.png")
    read = QImage(str(tmp_path / "a.png"))
    assert (read.width(), read.height(), read.pixelColor(3, 3)) == (40, 30, QColor("teal"))


def test_one_that_does_not_fit_leaves_the_one_before(qapp, tmp_path):
    save_png(picture(), tmp_path / "a.png")
    with full_disk(), pytest.raises(OSError, match="too large"):
        save_png(picture("red"), tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert QImage(str(tmp_path / "a.png")).pixelColor(3, 3) == QColor("teal")


def test_what_was_pasted_and_does_not_fit_leaves_nothing(qapp, tmp_path):
    from PySide6.QtCore import QMimeData

    mime = QMimeData()
    mime.setText("\n".join(f"{row}\t{row}" for row in range(100)))
    with full_disk(), pytest.raises(OSError, match="too large"):
        pasted(mime, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_part_of_a_group_is_opened_with_the_whole(tmp_path):
    checkpoint = tmp_path / "checkpoints" / "step-00000005"
    (checkpoint / "part-00").mkdir(parents=True)
    (checkpoint / "group.toml").touch()
    assert whole_of(checkpoint / "part-00") == checkpoint
    assert whole_of(checkpoint) == checkpoint
    assert whole_of(tmp_path) == tmp_path
