"""Small games that train in no time."""

import pytest

from ganstudio.experiment import (
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    DeviceSpec,
    DigitsSpec,
    Experiment,
    LatentSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    ScheduleSpec,
)


@pytest.fixture
def plane() -> Experiment:
    """The ring with tiny fully connected players."""
    return Experiment(
        name="tiny",
        generator=MLPGeneratorSpec(width=8, depth=1),
        discriminator=MLPDiscriminatorSpec(width=8, depth=1),
        schedule=ScheduleSpec(steps=40, batch_size=16),
        device=DeviceSpec(kind="cpu", deterministic=True),
    )


@pytest.fixture
def images() -> Experiment:
    """The digits with narrow convolutional players, batch normalisation and all."""
    return Experiment(
        name="tiny-digits",
        dataset=DigitsSpec(),
        latent=LatentSpec(dimensions=4),
        generator=DCGANGeneratorSpec(width=4),
        discriminator=DCGANDiscriminatorSpec(width=4),
        schedule=ScheduleSpec(steps=40, batch_size=8),
        device=DeviceSpec(kind="cpu", deterministic=True),
    )
