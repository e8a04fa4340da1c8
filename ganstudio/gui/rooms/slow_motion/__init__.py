"""One step of the training, move by move."""
