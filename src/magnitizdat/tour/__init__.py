"""The whole story, played by itself on music that it makes."""
