"""The window: its frame, its commands, and the game that is open in it."""
