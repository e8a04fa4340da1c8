"""The model of the open game: what stands in the window, and how it came about. Knows no view."""
