"""What is measured of tunes: notes, intervals, lengths, and what no chain of notes has, the whole."""
