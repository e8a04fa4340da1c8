"""Several games side by side: a duel, or a band of seeds."""
