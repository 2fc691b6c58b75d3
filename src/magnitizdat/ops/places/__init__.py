"""Where music lies outside the library: spools, reels, sticks, addresses."""
