"""The latent space: sliders, codes, the prior's plane, the preview."""
