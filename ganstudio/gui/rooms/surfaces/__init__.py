"""Style and structure: surfaces, a light on them, and pictures of them."""
