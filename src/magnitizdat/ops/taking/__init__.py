"""One release from a source, file by file: which version of each track, every byte hashed on its way in."""
