"""Reading what was dropped, in a process of its own, and the cards that tell of it."""
