"""What the program makes as files that others read: samples, pictures, plots. Needs no display."""

from ganstudio.export.pictures import magnified_to, sample_grid, save_rows
from ganstudio.export.plots import curves_png, save_games
from ganstudio.export.samples import WRITERS, Written, check_suffix, save_samples, save_way
from ganstudio.export.writing import ExportError

__all__ = [
    "WRITERS",
    "ExportError",
    "Written",
    "check_suffix",
    "curves_png",
    "magnified_to",
    "sample_grid",
    "save_games",
    "save_rows",
    "save_samples",
    "save_way",
]
