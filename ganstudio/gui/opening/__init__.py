"""From a path, a drop or the clipboard to what is opened."""
