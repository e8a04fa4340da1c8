"""Sentences: of a grammar, of a random network, or read from files."""
