"""Voices: what labels say of albums and of each other, said, kept and shown."""
