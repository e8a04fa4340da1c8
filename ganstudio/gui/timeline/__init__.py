"""The training as a line: moments to go back to and look at."""
