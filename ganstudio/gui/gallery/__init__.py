"""Samples as pictures: the wall, the filmstrip, the traversal sheet, an image enlarged."""
