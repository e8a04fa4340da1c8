"""Where samples are looked at: by the arrangement of the games, where it has a view of its own, else by their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.plane.view import PlaneView
from ganstudio.gui.rooms.music.view import MusicView
from ganstudio.gui.rooms.pyramid.view import PyramidView
from ganstudio.gui.rooms.surfaces.view import SurfacesView
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from ganstudio.gui.parts.samples import SampleView
    from ganstudio.training.messages import Opened

VIEWS: ByKind[type[SampleView]] = ByKind(GalleryView, points=PlaneView, melody=MusicView)

ARRANGED: dict[tuple[str, str], type[SampleView]] = {
    ("pyramid", "level"): PyramidView,
    ("chain", "normals"): SurfacesView,
}
"""By the kinds of how games are arranged, and of what the last of them is given."""


def view_for(opened: Opened) -> type[SampleView]:
    """Where the samples of a game are looked at."""
    experiment = opened.experiment
    arranged = ARRANGED.get((experiment.arrangement.kind, experiment.given.kind))
    return arranged or VIEWS[opened.modality.kind]


def all_views() -> tuple[type[SampleView], ...]:
    """Each kind of view once."""
    return tuple(dict.fromkeys((VIEWS.others, *VIEWS.values(), *ARRANGED.values())))
