"""p_data: what minibatches of real samples are drawn from. No torch in here: the window imports it."""

from ganstudio.data.building import BUILDERS, build_dataset
from ganstudio.data.dataset import Dataset
from ganstudio.data.errors import DatasetError, Skipped
from ganstudio.data.givens import GIVENS, Drawn, Sampler, build_sampler, coarser, given_alone
from ganstudio.data.images.folder import Progress
from ganstudio.data.known.known import NotFetchedError
from ganstudio.data.points.mixture import as_mixture
from ganstudio.data.reading.opening import open_path, open_paths

__all__ = [
    "BUILDERS",
    "GIVENS",
    "Dataset",
    "DatasetError",
    "Drawn",
    "NotFetchedError",
    "Progress",
    "Sampler",
    "Skipped",
    "as_mixture",
    "build_dataset",
    "build_sampler",
    "coarser",
    "given_alone",
    "open_path",
    "open_paths",
]
