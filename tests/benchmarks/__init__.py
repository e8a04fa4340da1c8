"""What is measured rather than asserted: `make bench` prints a line a figure."""
