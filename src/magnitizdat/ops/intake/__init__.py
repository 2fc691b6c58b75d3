"""Files that come in: found, parsed in the cage, grouped into albums, sealed."""
