"""Images as data: drawn ones, files of them, and how they are prepared."""
