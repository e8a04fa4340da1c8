"""Sounds: made by a formula, or read from files."""
