"""Between the window and the processes that train, read and measure."""
