"""What a page is told where a picture cannot be taken."""

from __future__ import annotations

import msgspec
import pytest

from magnitizdat.errors import UsageError
from magnitizdat.ops.jobs.drafts import AlbumWish, take_in_corrected
from magnitizdat.workers.pictures import _DEMUXERS
from tests.fakes_library import make_library

NAMES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WebP",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
    "image/jp2": "JPEG 2000",
}


def test_the_kinds_of_pictures_that_can_be_covers_are_all_named(tmp_path):
    assert set(NAMES) == set(_DEMUXERS)
    wish = msgspec.convert({"cover": {"upload": 1}}, AlbumWish)
    with make_library(tmp_path / "library") as library, pytest.raises(UsageError) as refused:
        take_in_corrected(library, {}, [wish])
    assert [name for name in NAMES.values() if name not in str(refused.value)] == []
