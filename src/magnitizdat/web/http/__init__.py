"""Serving: sockets, the guard and its table of endpoints, ranges, TLS, sessions."""
