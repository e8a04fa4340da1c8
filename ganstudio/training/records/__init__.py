"""Rows of numbers step by step, in bounded memory. No torch, no Qt."""
