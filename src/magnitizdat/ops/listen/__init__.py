"""Listening: search, playlists, stars, sleeves, and players of one's own."""
