"""Where an image is seen from the coarse to the fine, and the noise of each level is turned."""
