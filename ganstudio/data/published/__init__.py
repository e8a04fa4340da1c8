"""Datasets that others publish: fetched when they are asked for, checked, and kept."""
