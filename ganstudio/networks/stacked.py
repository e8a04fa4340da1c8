"""D of samples and, stacked on them, what they were made of (Wang and Gupta 2016, arXiv:1603.05631)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ganstudio.data.images.halving import halved_side
from ganstudio.networks.convolutions import channels_last
from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.minibatch import MinibatchDeviation
from ganstudio.networks.starts import start_as_he
from ganstudio.networks.surface import INNERMOST, SLOPE

if TYPE_CHECKING:
    from ganstudio.experiment import StackedDiscriminatorSpec

    Shape = tuple[int, ...]


class StackedDiscriminator(Discriminator):
    """Samples (n, c, h, w), and what they were made of, of the same size, to logits (n,).

    Raises ValueError where samples are no images, or what is given is of another size.
    """

    takes_given = True

    def __init__(self, spec: StackedDiscriminatorSpec, shape: Shape, given: Shape | None = None) -> None:
        super().__init__()
        if len(shape) != 3:
            raise ValueError(f"discriminator.kind: found 'stacked', which is for images, not for shape {shape}")
        if given is not None and given[1:] != shape[1:]:
            raise ValueError(
                "discriminator.kind: found 'stacked', which is shown what is given only where it is of the sample's "
                f"own size, but samples are {shape[2]} × {shape[1]} and that is {given[-1]} × {given[-2]}: set "
                "given.judged to false, or choose another kind"
            )
        self.sees_given = given is not None
        before, width, sides = shape[0] + (given[0] if given else 0), spec.width, list(shape[1:])
        layers: list[nn.Module] = []
        while max(sides) > INNERMOST or not layers:
            # A kernel of 4 halves an even side, one of 3 an odd one, rounded up.
            kernel = (3 + (sides[0] + 1) % 2, 3 + (sides[1] + 1) % 2)
            layers += [nn.Conv2d(before, width, kernel, stride=2, padding=1), nn.LeakyReLU(SLOPE)]
            before, width, sides = width, 2 * width, [halved_side(side) for side in sides]
        if spec.minibatch_deviation:
            layers.append(MinibatchDeviation())
        layers += [nn.Conv2d(before + spec.minibatch_deviation, before, 3, padding=1), nn.LeakyReLU(SLOPE)]
        self.trunk = nn.Sequential(*layers, nn.Flatten())
        self.feature_size = before * sides[0] * sides[1]
        self.head = nn.Linear(self.feature_size, 1)
        start_as_he(self)
        channels_last(self)

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (n,), positive where D takes samples for real, and the last hidden layer (n, feature_size)."""
        features = self.trunk(samples if given is None else torch.cat([samples, given], 1))
        return self.head(features).squeeze(1), features
