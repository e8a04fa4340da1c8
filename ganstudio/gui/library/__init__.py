"""The lists on the left: presets, datasets, runs."""
