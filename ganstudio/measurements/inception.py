"""The network whose features the published FID is of: Inception v3 (Szegedy et al. 2015, arXiv:1512.00567).

The graph of December 2015 that Heusel et al. 2017 (arXiv:1706.08500) measured with, by the names that its weights have
in pytorch-fid's file. It is not today's Inception v3: its mean pooling leaves the padding out, the last block takes a
maximum in its place, and it has 1008 classes. Names of tensors: n images, c channels, h, w pixels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pickle import UnpicklingError
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, max_pool2d, relu

from ganstudio.data.known.known import folder_of, is_here
from ganstudio.data.published.weights import INCEPTION
from ganstudio.measurements.estimate import EstimationError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.measurements.estimate import Samples

FEATURES = 2048
SIDE = 299
_ROWS = 16
_Pool = Callable[[Tensor], Tensor]
HOW = (
    f"ganstudio datasets get inception fetches the weights ({INCEPTION.megabytes:.0f} MB), "
    "or give their file with --inception FILE"
)
"""How to come by the weights."""


def _mean(x: Tensor) -> Tensor:
    return avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def _most(x: Tensor) -> Tensor:
    return max_pool2d(x, 3, stride=1, padding=1)


class _Convolution(nn.Module):
    """A convolution without bias, batch normalisation as it was left by the training, and a rectifier."""

    def __init__(self, before: int, after: int, kernel: int | tuple[int, int], stride: int = 1, pad: bool = True):
        super().__init__()
        sides = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = (sides[0] // 2, sides[1] // 2) if pad else 0
        self.conv = nn.Conv2d(before, after, sides, stride=stride, padding=padding, bias=False)
        self.bn = nn.BatchNorm2d(after, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        return relu(self.bn(self.conv(x)))


class _Block(nn.Module):
    """Branches side by side, their channels put together; a branch is a chain of convolutions by their names.

    A name with two more letters in it, such as ``branch3x3_2ab``, stands for two convolutions of the same input, whose
    results are put together. pool: what comes before ``branch_pool``, or alone where there is none.
    """

    def __init__(self, chains: tuple[tuple[str, ...], ...], layers: dict[str, _Convolution], pool: _Pool):
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self._chains, self._pool = chains, pool
        self._last = ("branch_pool",) if "branch_pool" in layers else ()

    def forward(self, x: Tensor) -> Tensor:
        pooled = self._pool(x)
        made = [self._run(chain, x) for chain in self._chains]
        return torch.cat([*made, self._run(self._last, pooled)], 1)

    def _run(self, chain: tuple[str, ...], x: Tensor) -> Tensor:
        for name in chain:
            if name.endswith("ab"):
                x = torch.cat([getattr(self, name[:-1])(x), getattr(self, f"{name[:-2]}b")(x)], 1)
            else:
                x = getattr(self, name)(x)
        return x


def _block_a(before: int, pooled: int) -> _Block:
    """At 35 x 35."""
    c = _Convolution
    layers = {
        "branch1x1": c(before, 64, 1),
        "branch5x5_1": c(before, 48, 1),
        "branch5x5_2": c(48, 64, 5),
        "branch3x3dbl_1": c(before, 64, 1),
        "branch3x3dbl_2": c(64, 96, 3),
        "branch3x3dbl_3": c(96, 96, 3),
        "branch_pool": c(before, pooled, 1),
    }
    double = ("branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3")
    return _Block((("branch1x1",), ("branch5x5_1", "branch5x5_2"), double), layers, _mean)


def _block_b(before: int) -> _Block:
    """From 35 to 17."""
    c = _Convolution
    layers = {
        "branch3x3": c(before, 384, 3, 2, pad=False),
        "branch3x3dbl_1": c(before, 64, 1),
        "branch3x3dbl_2": c(64, 96, 3),
        "branch3x3dbl_3": c(96, 96, 3, 2, pad=False),
    }
    double = ("branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3")
    return _Block((("branch3x3",), double), layers, lambda x: max_pool2d(x, 3, stride=2))


def _block_c(before: int, inner: int) -> _Block:
    """At 17 x 17, with kernels of 7 taken apart."""
    c = _Convolution
    layers = {
        "branch1x1": c(before, 192, 1),
        "branch7x7_1": c(before, inner, 1),
        "branch7x7_2": c(inner, inner, (1, 7)),
        "branch7x7_3": c(inner, 192, (7, 1)),
        "branch7x7dbl_1": c(before, inner, 1),
        "branch7x7dbl_2": c(inner, inner, (7, 1)),
        "branch7x7dbl_3": c(inner, inner, (1, 7)),
        "branch7x7dbl_4": c(inner, inner, (7, 1)),
        "branch7x7dbl_5": c(inner, 192, (1, 7)),
        "branch_pool": c(before, 192, 1),
    }
    single = ("branch7x7_1", "branch7x7_2", "branch7x7_3")
    double = tuple(f"branch7x7dbl_{index}" for index in range(1, 6))
    return _Block((("branch1x1",), single, double), layers, _mean)


def _block_d(before: int) -> _Block:
    """From 17 to 8."""
    c = _Convolution
    layers = {
        "branch3x3_1": c(before, 192, 1),
        "branch3x3_2": c(192, 320, 3, 2, pad=False),
        "branch7x7x3_1": c(before, 192, 1),
        "branch7x7x3_2": c(192, 192, (1, 7)),
        "branch7x7x3_3": c(192, 192, (7, 1)),
        "branch7x7x3_4": c(192, 192, 3, 2, pad=False),
    }
    long = tuple(f"branch7x7x3_{index}" for index in range(1, 5))
    return _Block((("branch3x3_1", "branch3x3_2"), long), layers, lambda x: max_pool2d(x, 3, stride=2))


def _block_e(before: int, pool: _Pool) -> _Block:
    """At 8 x 8, its kernels of 3 side by side."""
    c = _Convolution
    layers = {
        "branch1x1": c(before, 320, 1),
        "branch3x3_1": c(before, 384, 1),
        "branch3x3_2a": c(384, 384, (1, 3)),
        "branch3x3_2b": c(384, 384, (3, 1)),
        "branch3x3dbl_1": c(before, 448, 1),
        "branch3x3dbl_2": c(448, 384, 3),
        "branch3x3dbl_3a": c(384, 384, (1, 3)),
        "branch3x3dbl_3b": c(384, 384, (3, 1)),
        "branch_pool": c(before, 192, 1),
    }
    double = ("branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3ab")
    return _Block((("branch1x1",), ("branch3x3_1", "branch3x3_2ab"), double), layers, pool)


class Inception(nn.Module):
    """Images (n, 3, 299, 299) in [-1, 1] to features (n, 2048), the last mean before the classes."""

    def __init__(self) -> None:
        super().__init__()
        c = _Convolution
        self.Conv2d_1a_3x3 = c(3, 32, 3, 2, pad=False)
        self.Conv2d_2a_3x3 = c(32, 32, 3, pad=False)
        self.Conv2d_2b_3x3 = c(32, 64, 3)
        self.Conv2d_3b_1x1 = c(64, 80, 1)
        self.Conv2d_4a_3x3 = c(80, 192, 3, pad=False)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = _block_a(192, 32), _block_a(256, 64), _block_a(288, 64)
        self.Mixed_6a = _block_b(288)
        self.Mixed_6b, self.Mixed_6c = _block_c(768, 128), _block_c(768, 160)
        self.Mixed_6d, self.Mixed_6e = _block_c(768, 160), _block_c(768, 192)
        self.Mixed_7a = _block_d(768)
        self.Mixed_7b, self.Mixed_7c = _block_e(1280, _mean), _block_e(2048, _most)
        self.fc = nn.Linear(FEATURES, 1008)  # unused, but in the file

    def forward(self, images_nchw: Tensor) -> Tensor:
        """Features of images."""
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(images_nchw)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(max_pool2d(x, 3, stride=2)))
        x = max_pool2d(x, 3, stride=2)
        for name, block in self.named_children():
            if name.startswith("Mixed"):
                x = block(x)
        features: Tensor = x.mean(dim=(2, 3))
        return features

    @torch.no_grad()
    def features(self, images_nchw: Samples) -> npt.NDArray[np.float32]:
        """Features (n, 2048) of images (n, 1 or 3, h, w) in model units, as the FID takes them.

        Rounded to the 256 levels of a picture, grey ones in three equal channels, stretched bilinearly to 299 pixels
        (pixels' middles, not their corners, are matched). Some tenth of a second each on one core.
        """
        found = []
        for part in torch.split(torch.from_numpy(images_nchw), _ROWS):
            levels = ((part.clamp(-1, 1) + 1) * 127.5).round() / 127.5 - 1
            coloured = levels.expand(-1, 3, -1, -1)
            found.append(self(interpolate(coloured, (SIDE, SIDE), mode="bilinear", align_corners=False)))
        features: npt.NDArray[np.float32] = torch.cat(found).numpy()
        return features


def load_inception(path: Path | None = None) -> Inception:
    """The network with the published weights, from their file or from where they lie once they were fetched.

    Raises EstimationError where they are not there, or the file is another one.
    """
    published = INCEPTION.files[0]
    if path is None:
        if not is_here(INCEPTION):
            raise EstimationError(f"the Inception weights are not on this computer; {HOW}")
        path = folder_of(INCEPTION) / published.name
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != published.sha256:
            raise EstimationError(
                f"{path}: not the published Inception weights: its SHA-256 begins with {found[:8]}, theirs with "
                f"{published.sha256[:8]}; {HOW}"
            )
        network = Inception()
        network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, UnpicklingError) as error:
        raise EstimationError(f"{path}: the Inception weights can't be read: {error}") from error
    return network.eval().requires_grad_(False)
