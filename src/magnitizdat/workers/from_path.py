"""Names guessed from where a file lay, for files whose tags say nothing. PURE: a hint is text, never opened."""

from __future__ import annotations

import re

from msgspec import structs

from magnitizdat.workers.discs import disc_folder, disc_in_title
from magnitizdat.workers.text import Numbering, iso_date, numbering, one_line
from magnitizdat.workers.values import Tags

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{2,5}$")
_DISC_AND_TRACK = re.compile(r"^(\d{1,2})[-.](\d{1,3})(?:\s*[-–—.)_]\s*|\s+)(?=\S)")
_TRACK = re.compile(r"^[\[(#]?(\d{1,3})[\])]?(?:\s*[-–—.)_]\s*|\s+)(?=\S)")
_DASH = re.compile(r"\s+[-–—]\s+")
_YEAR_BEHIND = re.compile(r"\s*[(\[](\d{4})(?:[-.]\d\d){0,2}[)\]]\s*")
_YEAR_BEFORE = re.compile(r"^[(\[]?(\d{4})[)\]]?\s*[-–—.]?\s+(?=\S)")
_MARKED_YEAR = re.compile(r"[(\[](\d{4})(?:[-.]\d\d){0,2}[)\]]|^(\d{4})\s*[-–—]\s*\S")
_GENERIC = frozenset(
    "music|my music|muzyka|musik|musique|musica|música|музыка|моя музыка|downloads|download|загрузки|overførsler|mp3"
    "|mp3s|flac|ogg|opus|m4a|wav|lossless|lossy|audio|home|media|tmp|temp|desktop|рабочий стол|skrivebord|documents"
    "|документы|dokumenter|albums|albummer|альбомы|artists|collection|library|music library|itunes|itunes media"
    "|itunes music|compilations|singles|unsorted|misc|various|other|incoming|new|torrents|soulseek|backup|share|public"
    "|usb|sd card|sdcard|storage|files|data|cd|cds|lp|vinyl|rips|разное|новое|сборники|andet|diverse".split("|")
)
"""Folders that everybody has: no names of albums or artists."""
_NOBODYS_TITLES = re.compile(
    r"[\[(<]?(?:(?:unknown|ukendt|unbekanntes|unbekannt|desconocido)(?: album| title)?|no album|untitled album|n/a"
    r"|неизвестный альбом|неизвестно|без альбома|album inconnu)[\])>]?(?: \(.*\))?",
    re.IGNORECASE,
)
"""What rippers and players write where they know no album; some put a time behind it."""


def guess(path_hint: str) -> Tags:
    """Title, numbers, artist, album and year as far as folder and file names tell; the rest is empty.

    Understands "01 - Title", "1-03 Title", "Artist - Album (1982)/CD1/03. Title.flac", "Artist/Album/03 Title.flac",
    "Artist - Title.mp3", "03 - Artist - Title.mp3".
    """
    parts = [part for part in re.split(r"[/\\]+", path_hint) if part.strip() not in {"", ".", ".."}]
    if not parts:
        return Tags()
    folders = [_plain(part) for part in parts[:-1]]
    numbers, rest = _numbers(_plain(_SUFFIX.sub("", parts[-1]) or parts[-1]))
    disc = numbers.disc
    if folders and (found := disc_folder(folders[-1])):
        disc = disc or found.number
        folders[-1:] = [found.album] if found.album else []
    artist, title = _split(rest)
    album_artist, album, year = _album(folders)
    return Tags(
        title=one_line(title or rest),
        artist=one_line(artist or album_artist),
        album=one_line(album),
        album_artist=one_line(album_artist),
        track=numbers.number,
        disc=disc,
        date=iso_date(year),
        pregap=numbers.is_zero,
    )


def fill(tags: Tags, path_hint: str) -> Tags:
    """`tags` with what they lack taken from the path; a record that names its album keeps its own artists and year."""
    tags = _without_disc(tags) if not _NOBODYS_TITLES.fullmatch(tags.album) else structs.replace(tags, album="")
    if tags.title and tags.artist and tags.album and (tags.track or tags.pregap):
        return tags
    guessed = guess(path_hint)
    numbers = () if tags.track or tags.pregap else ("track", "pregap")
    found = {name: getattr(guessed, name) for name in ("title", "artist", "album", "disc", *numbers)}
    if not tags.album:
        found |= {"album_artist": guessed.album_artist, "date": guessed.date, "from_folder": True}
        if not tags.album_artist and _is_by_another(tags.artist, guessed.album_artist):
            found["album_artist"] = ""
    changes = {name: value for name, value in found.items() if value and not getattr(tags, name)}
    return structs.replace(tags, **changes)


def _without_disc(tags: Tags) -> Tags:
    """An album's title that names the disc is that of all its discs; each may say to be the first and only."""
    found = disc_in_title(tags.album)
    if found is None or tags.disc not in {0, 1, found.number}:
        return tags
    return structs.replace(tags, album=found.album, disc=found.number, disc_title=tags.disc_title or found.title)


def year_of(folder: str) -> str:
    """The year that an album's folder names, behind a mark: "45 (1982)", "1982 - 45"; "" for none."""
    found = _MARKED_YEAR.search(folder)
    return iso_date(found[1] or found[2]) if found else ""


def _is_by_another(artist: str, folder: str) -> bool:
    """Whether a track says that it is by somebody else than the folder above, which may be no artist's then."""
    return bool(artist) and not artist.casefold().startswith(folder.casefold())


def _plain(name: str) -> str:
    """Underscores are blanks where there are no blanks at all."""
    return name.strip() if " " in name else name.replace("_", " ").strip()


def _numbers(name: str) -> tuple[Numbering, str]:
    """Disc and track, and what is left of the name."""
    if found := _DISC_AND_TRACK.match(name):
        return numbering(f"{found[1]}-{found[2]:0>2}"), name[found.end() :]
    if found := _TRACK.match(name):
        return numbering(found[1]), name[found.end() :]
    return (numbering(name), name) if name.isascii() and name.isdigit() and len(name) <= 3 else (Numbering(0), name)


def _split(name: str) -> tuple[str, str]:
    """("Artist", "Title") of "Artist - Title", else ("", name)."""
    parts = _DASH.split(name, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and all(parts) else ("", name)


def _album(folders: list[str]) -> tuple[str, str, str]:
    """Artist, album, year of the folders around a file."""
    if not folders or folders[-1].casefold() in _GENERIC:
        return "", "", ""
    name, year = folders[-1], ""
    if found := _YEAR_BEHIND.search(name):
        name, year = (name[: found.start()] + " " + name[found.end() :]).strip(), found[1]
    elif found := _YEAR_BEFORE.match(name):
        name, year = name[found.end() :], found[1]
    artist, album = _split(name)
    if artist and re.fullmatch(r"\d{4}", artist):
        artist, year = "", artist
    above = folders[-2] if len(folders) > 1 and folders[-2].casefold() not in _GENERIC else ""
    if artist and re.fullmatch(r"\d{4}", album.split(" - ", 1)[0]):
        year, _, album = album.partition(" - ")
    return artist or above, album or name or year, year
