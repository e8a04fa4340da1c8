"""A dataset before one trains on it: its card, and the reading of it."""
