"""How things are said in the window: words, numbers and what they mean."""
