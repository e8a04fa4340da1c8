"""Where samples are looked at, by their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.plane.view import PlaneView
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from ganstudio.gui.parts.samples import SampleView

VIEWS: ByKind[type[SampleView]] = ByKind(GalleryView, points=PlaneView)
