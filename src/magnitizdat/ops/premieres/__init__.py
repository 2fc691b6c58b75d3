"""Premieres: an album that lies closed everywhere until friends of its author open it."""
