"""A release as a playlist and a label as a feed, for players and readers that never heard of us. PURE.

Source: RFC 8216 section 4 (M3U, of which players read `#EXTINF` and the lines without `#`); RSS 2.0; Media RSS 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from magnitizdat.formats.spool_paths import blob_path, label_path
from magnitizdat.model import Release
from magnitizdat.pages.markup import one_line
from magnitizdat.pages.parts import ShownLabel, blob_link, in_order, is_audio
from magnitizdat.sentence import clock

_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "http://search.yahoo.com/mrss/"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def m3u(release: Release) -> bytes:
    """An M3U8 playlist to stand in the label's folder: one `#EXTINF` line and one relative path for each track."""
    lines = ["#EXTM3U", f"#PLAYLIST:{one_line(release.artist)} - {one_line(release.title)}"]
    for track in in_order(release):
        if is_audio(track.file):
            lines += [
                f"#EXTINF:{round(track.duration_s)},{one_line(track.artist)} - {one_line(track.title)}",
                blob_link(track.file),
            ]
    return ("\n".join(lines) + "\n").encode()


def rss(label: ShownLabel, releases: Sequence[Release]) -> bytes:
    """An RSS feed of a label's releases, in the order given. Links are absolute where the label has a web address."""
    ET.register_namespace("atom", _ATOM)
    ET.register_namespace("media", _MEDIA)
    feed = ET.Element("rss", version="2.0")
    channel = ET.SubElement(feed, "channel")
    _add(channel, "title", label.name)
    _add(channel, "link", _address(label, label_path(label.imprint, "index.html")))
    _add(channel, "description", label.about or f"Releases of {label.name}")
    own = {"href": _address(label, label_path(label.imprint, "feed.xml")), "rel": "self", "type": "application/rss+xml"}
    ET.SubElement(channel, f"{{{_ATOM}}}link", own)
    _add(channel, "generator", "mag")
    for release in releases:
        channel.append(_item(label, release))
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _item(label: ShownLabel, release: Release) -> ET.Element:
    item = ET.Element("item")
    mark = "Withdrawn: " if release.withdrawn else ""
    _add(item, "title", f"{mark}{release.artist} - {release.title}")
    _add(item, "link", _address(label, label_path(label.imprint, f"{release.id}.html")))
    _add(item, "guid", f"{label.imprint}/{release.id}").set("isPermaLink", "false")
    published = _date(release.published or release.released or release.date)
    if published:
        _add(item, "pubDate", published)
    if release.withdrawn:
        _add(item, "description", release.withdrawn_reason or "The label has withdrawn this release.")
        return item
    tracks = in_order(release)
    _add(item, "description", "; ".join(f"{one_line(track.title)} ({clock(track.duration_s)})" for track in tracks))
    for track in tracks:
        if is_audio(track.file):
            facts = {
                "url": _address(label, blob_path(track.file.sha256)),
                "type": track.file.media_type,
                "fileSize": str(track.file.length),
                "duration": str(round(track.duration_s)),
                "medium": "audio",
            }
            content = ET.SubElement(item, f"{{{_MEDIA}}}content", facts)
            _add(content, f"{{{_MEDIA}}}title", track.title)
    return item


def _add(parent: ET.Element, name: str, outside: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _xml(outside)
    return child


def _xml(outside: str) -> str:
    """One line without the characters that XML 1.0 has no way to write (section 2.2)."""
    return _NOT_XML.sub("", one_line(outside))


def _address(label: ShownLabel, path: str) -> str:
    url = _xml(label.url)
    if urlsplit(url).scheme in ("http", "https"):
        return f"{url.rstrip('/')}/{path}"
    return f"../../{path}"


def _date(written: str) -> str:
    """RFC 2822 date of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty where the calendar has no such day."""
    try:
        year, month, day = (*(int(part) for part in written.split("-")), 1, 1)[:3]
        return format_datetime(datetime(year, month, day, tzinfo=UTC), usegmt=True)
    except ValueError:
        return ""
