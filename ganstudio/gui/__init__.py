"""The window. PySide6 and pyqtgraph are known in here and nowhere else, and torch is not."""
