"""`mag reel cut`: a sealed reel of what I hold. Its exact size is known before the first byte; the same command resumes."""

from __future__ import annotations
