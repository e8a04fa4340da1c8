"""Kinds of sample: what networks see of one, what people see, and how it is pictured, heard and read. numpy only.

A new kind is a file in here and its row in ``known``. What depends on more than numpy stands in tables of the
rooms that may import it (``ByKind``), each with a row for all kinds that it does not name.
"""

from ganstudio.modalities.images import Images
from ganstudio.modalities.known import MODALITIES, words_of
from ganstudio.modalities.modality import Floats, Mark, Modality, Pixels, Samples, Wave, Words, counted
from ganstudio.modalities.music import Melody
from ganstudio.modalities.normals import Normals
from ganstudio.modalities.packing import guessed, packed, unpacked
from ganstudio.modalities.points import Points, as_points
from ganstudio.modalities.sentences import Sentences
from ganstudio.modalities.sound import Sound
from ganstudio.modalities.tables import ByKind

__all__ = [
    "MODALITIES",
    "ByKind",
    "Floats",
    "Images",
    "Mark",
    "Melody",
    "Modality",
    "Normals",
    "Pixels",
    "Points",
    "Samples",
    "Sentences",
    "Sound",
    "Wave",
    "Words",
    "as_points",
    "counted",
    "guessed",
    "packed",
    "unpacked",
    "words_of",
]
