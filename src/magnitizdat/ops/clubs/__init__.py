"""Clubs: a door with a key that is changed, and a list at it."""
