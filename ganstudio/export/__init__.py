"""What the program makes as files that others read: samples, pictures, films, plots, tables. Needs no display.

G itself is written by ``export.models``, which loads torch.
"""

from ganstudio.export.films import check_film, ffmpeg, film_endings, save_film
from ganstudio.export.pictures import captioned, magnified_to, sample_grid, save_rows
from ganstudio.export.plots import curves_png, save_games
from ganstudio.export.samples import WRITERS, Written, check_suffix, save_samples, save_way
from ganstudio.export.tables import check_curves, curves_csv
from ganstudio.export.walked import FRAMES, PIECES, WALKS, Made, check_walk, save_pieces, save_sheets, save_walk
from ganstudio.export.writing import ExportError, check_place

__all__ = [
    "FRAMES",
    "PIECES",
    "WALKS",
    "WRITERS",
    "ExportError",
    "Made",
    "Written",
    "captioned",
    "check_curves",
    "check_film",
    "check_place",
    "check_suffix",
    "check_walk",
    "curves_csv",
    "curves_png",
    "ffmpeg",
    "film_endings",
    "magnified_to",
    "sample_grid",
    "save_film",
    "save_games",
    "save_pieces",
    "save_rows",
    "save_samples",
    "save_sheets",
    "save_walk",
    "save_way",
]
