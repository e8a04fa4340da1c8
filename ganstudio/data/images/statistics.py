"""What is counted while pictures are read: the sizes and kinds of the originals, the mean image, the shades."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.card import MAX_SIZES, MeanImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ganstudio.data.files.pictures import Decoded
    from ganstudio.modalities import Pixels

_SIZES = 3  # that are told one by one
_MANY = 2**24  # images, from which on a sum of bytes might not fit into 32 bits


class Shades:
    """The sum of images (k, c, h, w) and how often each shade is in each channel, grey ones taken as colour later."""

    def __init__(self) -> None:
        self.count = 0
        self._sum: npt.NDArray[np.int64] | None = None
        self._histogram = np.zeros((1, 256), np.int64)

    def add(self, images_nchw: Pixels) -> None:
        """Count some more, of the size of those before."""
        channels = images_nchw.shape[1]
        total = images_nchw.sum(axis=0, dtype=np.uint32 if len(images_nchw) < _MANY else np.int64).astype(np.int64)
        shades = np.stack([_counted(images_nchw[:, each].ravel()) for each in range(channels)])
        # Broadcasting is what makes the grey ones colour; their sums and counts are the same in each channel.
        self._sum = total if self._sum is None else self._sum + total
        self._histogram = self._histogram + shades
        self.count += len(images_nchw)

    @property
    def mean(self) -> npt.NDArray[np.uint8] | None:
        """The mean image (h, w, c)."""
        if self._sum is None:
            return None
        return np.rint(self._sum / self.count).astype(np.uint8).transpose(1, 2, 0)

    @property
    def histogram(self) -> npt.NDArray[np.int64] | None:
        """How often each shade is there, (c, 256)."""
        return None if self._sum is None else self._histogram

    @property
    def picture(self) -> MeanImage | None:
        """Both, once there is an image."""
        mean, histogram = self.mean, self.histogram
        return None if mean is None or histogram is None else MeanImage(mean, histogram)


def _counted(shades: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """How often each shade is there, (256,): by pairs, as numpy first makes eight bytes of each that it counts."""
    pairs = shades[: len(shades) // 2 * 2].view(np.uint16)
    found = np.bincount(pairs, minlength=2**16).reshape(256, 256)
    counts = found.sum(axis=0) + found.sum(axis=1)
    if len(shades) % 2:
        counts[shades[-1]] += 1
    return np.asarray(counts, np.int64)


class Tally:
    """What the originals were like. kinds: JPEG, PNG and so on. even: images of one shade all over."""

    def __init__(self) -> None:
        self.sizes: Counter[tuple[int, int]] = Counter()
        self.kinds: Counter[str] = Counter()
        self.grey = self.colour = self.clear = self.even = 0

    def add(self, pictures: Iterable[Decoded]) -> None:
        """Count some more."""
        for one in pictures:
            self.sizes[one.width, one.height] += 1
            self.kinds[one.kind] += 1
            self.colour += one.is_colour
            self.grey += not one.is_colour
            self.clear += one.clear
            self.even += bool((one.pixels == one.pixels[0, 0]).all())

    @property
    def common_sizes(self) -> tuple[tuple[int, int, int], ...]:
        """(width, height, how many), commonest first."""
        return tuple((*size, count) for size, count in self.sizes.most_common(MAX_SIZES))

    def facts(self) -> dict[str, Any]:
        """As JSON holds it."""
        counts = {"grey": self.grey, "colour": self.colour, "clear": self.clear, "even": self.even}
        return {"sizes": self.common_sizes, "kinds": self.kinds, **counts}

    def rows(self) -> tuple[tuple[str, str], ...]:
        """What a card shows of them: a label and a text each."""
        sizes = [f"{width} × {height} ({count:,})" for width, height, count in self.common_sizes[:_SIZES]]
        if len(self.sizes) == 1:
            sizes = ["{} × {}, all of them".format(*next(iter(self.sizes)))]
        elif len(self.sizes) > _SIZES:
            sizes.append("and others")
        colours = []
        if self.colour:
            colours.append("in colour" if not self.grey else f"{self.colour:,} in colour")
        if self.grey:
            colours.append("grey" if not self.colour else f"{self.grey:,} grey")
        if self.clear:
            colours.append(f"{self.clear:,} with transparency")
        told = (("Size", "\n".join(sizes)), ("Colour", ", ".join(colours)))
        return tuple((label, text) for label, text in told if text)

    def values(self) -> dict[str, Any]:
        """The same and more as JSON holds it."""
        sizes = [{"width": width, "height": height, "count": count} for width, height, count in self.common_sizes]
        return {"sizes": sizes, "grey": self.grey, "colour": self.colour, "clear": self.clear}

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Tally:
        """What ``facts`` told; of the sizes the common ones."""
        tally = cls()
        tally.sizes.update({(width, height): count for width, height, count in facts["sizes"]})
        tally.kinds.update(facts["kinds"])
        tally.grey, tally.colour, tally.clear, tally.even = (
            facts[name] for name in ("grey", "colour", "clear", "even")
        )
        return tally
