"""Files, archives and the formats in them, as rows, arrays and pictures. Knows nothing of datasets."""
