"""What is measured of sentences, exactly where their probabilities are known."""
