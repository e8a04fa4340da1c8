"""The views of samples: each is built for the first game that wants it, and is then as if it had always been there."""

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QGraphicsView

from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.parts.samples import SampleView
from ganstudio.gui.plane.view import PlaneView
from ganstudio.gui.rooms.pyramid.view import PyramidView
from ganstudio.gui.window.views import all_views
from ganstudio.presets import dumps, with_setting


def built(scene) -> list[type[SampleView]]:
    return [type(view) for view in scene.findChildren(SampleView) if view.parent() is scene._samples]


def test_a_view_is_built_once_and_for_the_first_game_that_wants_it(studio, tiny, pyramid):
    scene, greeted = studio.scene, []
    scene.meet(greeted.append)
    assert built(scene) == [GalleryView, PlaneView]
    assert list(map(type, greeted)) == built(scene)
    studio.start(pyramid)
    assert built(scene) == [GalleryView, PlaneView, PyramidView]
    assert scene.samples is greeted[-1]
    assert scene.samples.isVisible()
    first = scene.samples
    studio.start(tiny)
    assert isinstance(scene.samples, PlaneView)
    studio.start(pyramid)
    assert scene.samples is first
    assert built(scene) == list(map(type, greeted)) == [GalleryView, PlaneView, PyramidView]
    assert len(all_views()) > len(greeted)


def test_plots_of_a_view_that_comes_late_leave_drops_to_the_window(studio, tiny):
    studio.start(with_setting(tiny, "dataset", {"kind": "line"}))
    plots = studio.scene.samples.findChildren(QGraphicsView)
    assert plots
    assert not [plot for plot in plots if plot.acceptDrops() or plot.viewport().acceptDrops()]


@pytest.mark.parametrize("between", ["digits", "ring"])
def test_what_was_left_in_a_view_is_kept_through_a_session_that_never_shows_it(open_studio, tiny, tmp_path, between):
    def opened(kind):
        path = tmp_path / f"{kind}.toml"
        path.write_text(dumps(with_setting(tiny, "dataset", {"kind": kind})), encoding="utf-8")
        file = str(tmp_path / "settings.ini")
        return open_studio(path, settings=QSettings(file, QSettings.Format.IniFormat))

    studio = opened("ring")
    studio.scene.samples.choices.layers["real"].click()
    assert studio.window.close()
    studio = opened(between)
    assert (PlaneView in built(studio.scene)) == (between == "ring")
    assert studio.window.close()
    studio = opened("ring")
    assert not studio.scene.samples.choices.layers["real"].isChecked()
