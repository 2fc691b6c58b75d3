"""The OpenSubsonic API, which people's own players speak: one typed model, two serialisers, one table of endpoints."""

from magnitizdat.web.subsonic.table import ENDPOINTS

__all__ = ["ENDPOINTS"]
