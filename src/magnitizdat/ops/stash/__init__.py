"""A courier's folder of sealed reels, kept without any key: taken from sticks, given to sticks."""
