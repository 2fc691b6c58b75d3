"""Pure formats: bytes in, bytes out. Sealed files, containers, names; no file, clock or network."""
