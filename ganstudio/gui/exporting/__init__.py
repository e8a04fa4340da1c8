"""Exports from the window: what is to be written, and the process beside the training that writes it."""
