"""Plots of what is recorded step by step."""
