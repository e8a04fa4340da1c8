"""Published weights that some measures need and the program does not bring: fetched like a dataset, by its rules."""

from __future__ import annotations

from ganstudio.data.known.known import KNOWN, KnownDataset, KnownFile

INCEPTION = KnownDataset(
    name="inception",
    title="Inception weights for the published FID",
    files=(
        KnownFile(
            name="pt_inception-2015-12-05-6726825d.pth",
            size=95_628_359,
            sha256="6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
        ),
    ),
    licence="Apache 2.0, by Google and Max Seitzer (pytorch-fid)",
    citation="C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna: Rethinking the Inception architecture for "
    "computer vision, CVPR 2016",
    mirrors=("https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/",),
)


def fetchable() -> dict[str, KnownDataset]:
    """Everything that can be fetched, by name: datasets and weights."""
    return {**KNOWN, INCEPTION.name: INCEPTION}
