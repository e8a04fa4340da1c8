"""Drawing a distribution by hand."""
