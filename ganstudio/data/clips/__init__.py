"""Sounds from files as data: found, decoded, cut into clips of one length, and kept."""
