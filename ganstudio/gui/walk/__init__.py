"""Pins of the latent space, and the walk over them."""
