"""What stands in the middle of the window for a while, or for some games: each room is a folder."""
