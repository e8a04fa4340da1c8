"""An objective of a test's own, entered in the tables as one of the package would be."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from torch.nn.functional import softplus as sp

from ganstudio.experiment import Equations, Experiment, GameSpec
from ganstudio.experiment._base import knob
from ganstudio.objectives import BUILDERS, Game, Number
from ganstudio.presets._fields import live_paths
from ganstudio.scalars import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from ganstudio.objectives import Sight
    from ganstudio.scalars import Player


class RelativisticAverageSpec(GameSpec):
    """Each sample against the mean of the other kind (Jolicoeur-Martineau 2018)."""

    kind: Literal["relativistic_average"] = "relativistic_average"
    leads: bool = knob(True, "Tell how far D puts real samples before generated ones", live=True)

    @property
    def equations(self) -> Equations:
        """Both kinds against the other's mean."""
        return Equations(
            "E softplus(E l(G(z)) − l(x)) + E softplus(l(G(z)) − E l(x))",
            "E softplus(l(x) − E l(G(z))) + E softplus(E l(x) − l(G(z)))",
        )


class RelativisticAverage(Game):
    """Relativistic average GAN (arXiv:1807.00734): a mean within a mean, so that minibatches can't be joined."""

    pairs = True

    def __init__(self, spec: RelativisticAverageSpec) -> None:
        self.leads = spec.leads

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E sp(E l(G(z)) - l(x)) + E sp(l(G(z)) - E l(x))."""
        return sp(fake.mean() - real).mean() + sp(fake - real.mean()).mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """E sp(l(x) - E l(G(z))) + E sp(E l(x) - l(G(z)))."""
        assert real is not None
        return sp(real - fake.mean()).mean() + sp(real.mean() - fake).mean()

    def numbers(self, player: Player) -> tuple[Number, ...]:
        """How far real samples are ahead, where that is to be told."""
        return (*super().numbers(player), *([Number(LEAD, lead)] if self.leads and player == "discriminator" else []))


def lead(sight: Sight) -> Tensor:
    """E l(x) - E l(G(z))."""
    assert sight.real is not None
    return sight.real.mean() - sight.fake.mean()


LEAD = Scalar(name="lead", plot="Lead", label="real", role="real", about="How far D puts real samples before generated")


@contextmanager
def registered(
    spec: type[GameSpec] = RelativisticAverageSpec, game: type[Game] = RelativisticAverage
) -> Iterator[None]:
    """Have an objective in the union and in the table of builders."""
    field = Experiment.model_fields["objective"]
    before = field.annotation
    assert before is not None
    field.annotation = before | spec  # type: ignore[operator]
    Experiment.model_rebuild(force=True)
    BUILDERS[spec] = game
    live_paths.cache_clear()
    try:
        yield
    finally:
        del BUILDERS[spec]
        field.annotation = before
        Experiment.model_rebuild(force=True)
        live_paths.cache_clear()
