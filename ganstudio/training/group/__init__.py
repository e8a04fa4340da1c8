"""Several games with one clock."""
