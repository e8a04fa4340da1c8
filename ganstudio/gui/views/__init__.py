"""Widgets that show one thing each; they know messages and models, and neither the bridge nor one another."""
