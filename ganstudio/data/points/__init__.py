"""Points of the plane as data: shapes, mixtures, pictures as densities, tables."""
