"""Forms made from specs: a row a field."""
