"""Which datasets are known by name, and what they are called."""
