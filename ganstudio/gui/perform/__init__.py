"""For an audience: what G makes on a whole screen, and the window played from elsewhere."""
