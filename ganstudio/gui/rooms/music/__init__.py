"""Tunes: the gallery with one large piano roll above it, which is played, repeated and pointed at."""
