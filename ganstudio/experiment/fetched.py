"""Published sets of images that are fetched when they are asked for."""

from __future__ import annotations

from typing import Literal

from ganstudio.experiment._base import Spec, knob


class MnistSpec(Spec):
    """MNIST: 60,000 handwritten digits, and 10,000 held out; fetched once with ganstudio datasets get mnist."""

    kind: Literal["mnist"] = "mnist"
    size: int = knob(28, "Side of the images; other than 28 they are resized", unit="pixels", ge=8, le=128)


class FashionMnistSpec(Spec):
    """Fashion-MNIST: 60,000 pieces of clothing, 10,000 held out; fetched with ganstudio datasets get fashion_mnist."""

    kind: Literal["fashion_mnist"] = "fashion_mnist"
    size: int = knob(28, "Side of the images; other than 28 they are resized", unit="pixels", ge=8, le=128)


class KmnistSpec(Spec):
    """KMNIST: 60,000 cursive Japanese characters, 10,000 held out; fetched with ganstudio datasets get kmnist."""

    kind: Literal["kmnist"] = "kmnist"
    size: int = knob(28, "Side of the images; other than 28 they are resized", unit="pixels", ge=8, le=128)


class Cifar10Spec(Spec):
    """CIFAR-10: 50,000 small colour photographs, 10,000 held out; fetched with ganstudio datasets get cifar10."""

    kind: Literal["cifar10"] = "cifar10"
    size: int = knob(32, "Side of the images; other than 32 they are resized", unit="pixels", ge=8, le=128)


class DspritesSpec(Spec):
    """dSprites: shapes whose size, turn and place are known; fetched with ganstudio datasets get dsprites."""

    kind: Literal["dsprites"] = "dsprites"
    size: int = knob(32, "Side of the images; the originals have 64", unit="pixels", ge=8, le=128)
    count: int = knob(
        50_000, "How many of the 737,280 are trained on, chosen at random", unit="images", ge=10, le=700_000, log=True
    )
    held_out: int = knob(1_000, "Further images, kept aside for measures", unit="images", ge=0, le=30_000)
    seed: int = knob(0, "Seed of the choice", ge=0, le=2**32 - 1)
