"""The room of measures."""
