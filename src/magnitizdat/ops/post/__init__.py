"""Post: letters that are written, carried for others, and come in."""
