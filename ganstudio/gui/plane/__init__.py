"""The plane: real and generated points with layers of what D and G make of it."""
