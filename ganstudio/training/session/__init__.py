"""A game from opening to closing: commands in, events out, and what is kept of it."""
