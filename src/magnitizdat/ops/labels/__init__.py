"""Labels and friends: who signs, what is published, whom I know."""
