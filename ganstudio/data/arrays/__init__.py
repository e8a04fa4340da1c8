"""Arrays as data: which of a file's arrays are the samples, and how their axes are laid out."""
