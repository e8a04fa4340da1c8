"""The room in which a picture is enlarged by G, next to other ways to enlarge it."""
