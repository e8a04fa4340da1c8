"""What can be heard of sounds, as numbers: pitch, partials, decay, loudness."""
