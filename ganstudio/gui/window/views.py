"""Where samples are looked at: by the arrangement of the games, where it has a view of its own, else by their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.experiment import PyramidSpec, Spec
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.plane.view import PlaneView
from ganstudio.gui.pyramid.view import PyramidView
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from ganstudio.gui.parts.samples import SampleView
    from ganstudio.training.messages import Opened

VIEWS: ByKind[type[SampleView]] = ByKind(GalleryView, points=PlaneView)

ARRANGED: dict[type[Spec], type[SampleView]] = {PyramidSpec: PyramidView}


def view_for(opened: Opened) -> type[SampleView]:
    """Where the samples of a game are looked at."""
    return ARRANGED.get(type(opened.experiment.arrangement), VIEWS[opened.modality.kind])


def all_views() -> tuple[type[SampleView], ...]:
    """Each kind of view once."""
    return tuple(dict.fromkeys((VIEWS.others, *VIEWS.values(), *ARRANGED.values())))
