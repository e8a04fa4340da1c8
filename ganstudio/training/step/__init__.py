"""One step of the training: its moves, rates, averages."""
