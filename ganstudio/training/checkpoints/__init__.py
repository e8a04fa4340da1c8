"""A moment of a game on disk, and its networks read back from there."""
