"""What samples sound like: the window's player, the piano on the keyboard, the mark that moves over a picture."""
