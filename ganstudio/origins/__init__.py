"""Where an exported file comes from: said inside the file, and read from it again. Standard library and numpy only.

A file may be anybody's: what it says is bounded in size, plain text, and names no path.
"""

from ganstudio.origins.embedding import signed
from ganstudio.origins.origin import KEY, Origin, OriginError, parsed
from ganstudio.origins.reading import read_origin

__all__ = ["KEY", "Origin", "OriginError", "parsed", "read_origin", "signed"]
