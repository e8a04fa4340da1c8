"""The room of sentences: what G writes, what D says of each word, and where both stand."""
