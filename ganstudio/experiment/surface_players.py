"""Networks that make surfaces, paint them, and read them off pictures (Style and structure)."""

from __future__ import annotations

from typing import Literal

from ganstudio.experiment._base import Spec, knob


class SurfaceGeneratorSpec(Spec):
    """Unit vectors of latents: convolutions up to half the side, and from there pixel by pixel, for sharp edges."""

    kind: Literal["surface"] = "surface"
    width: int = knob(32, "Channels at half the side; doubled at each halving of the size", ge=4, le=256)
    pixel_width: int = knob(64, "Units of the layers that make each pixel by itself", ge=4, le=512)


class StyleGeneratorSpec(Spec):
    """Paints what it is given, pixel by pixel and by what is around, in a style that its latents choose."""

    kind: Literal["style"] = "style"
    width: int = knob(32, "Channels at half the side; twice as many further in, and for each pixel", ge=4, le=256)
    style_width: int = knob(64, "Units of the layers that make a style of latents", ge=4, le=512)


class StackedDiscriminatorSpec(Spec):
    """Strided convolutions without normalisation on a sample and, stacked on it, what G was given of the same size."""

    kind: Literal["stacked"] = "stacked"
    width: int = knob(32, "Channels of the first layer; doubled at each halving of the size", ge=4, le=512)
    minibatch_deviation: bool = knob(
        True, "D also sees how much the samples of a minibatch differ, so that it notices collapse (Karras et al. 2017)"
    )
