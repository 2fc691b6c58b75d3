"""Pages, feeds, leaflets and QR codes: values in, bytes out. Touches no library and no disk."""
