"""Tunes: made by rules, or read from MIDI files."""
