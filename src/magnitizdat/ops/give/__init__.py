"""Giving: reels, open spools, copies, plain files, an evening, the program itself."""
