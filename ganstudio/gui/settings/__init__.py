"""The settings of the open game."""
