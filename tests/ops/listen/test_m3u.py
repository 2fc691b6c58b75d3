"""Playlists of other players find the tracks that are here, and say why the others do not."""

from __future__ import annotations

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import DamagedError, NotFoundError
from magnitizdat.ops.give.export import export, export_playlist
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.listen import playlists
from magnitizdat.ops.listen.m3u import import_lists, is_list
from magnitizdat.ops.listen.matching import Matcher, NoMatchError, Wanted
from tests.fakes_library import NOW, make_library, rows
from tests.ops.music import song, write


@pytest.fixture
def mine(tmp_path):
    music = {
        "45/1.mp3": song(1, title="Время есть, а денег нет", date="1982"),
        "45/2.flac": song(2, "flac", title="Просто хочешь ты знать", date="1982"),
        "Noch/1.mp3": song(11, album="Ночь", title="Intro"),
        "Zoo/1.mp3": song(21, artist="Зоопарк", album="LV", title="Intro"),
        "Zoo/2.mp3": song(22, artist="Зоопарк", album="LV", title="Ёлка"),
    }
    with make_library(tmp_path / "library") as library:
        import_music(library, [write(tmp_path / "Music", music)])
        yield library


def titles(library, songs):
    found = library.browse.named(songs)
    return [f"{found[each].track.artist}: {found[each].track.title}" for each in songs]


def taken(library, tmp_path, text, *, name="Вечер.m3u8", encoding="utf-8"):
    (tmp_path / name).write_bytes(text.encode(encoding))
    report = import_lists(library, [tmp_path / name], now=NOW)
    (made,) = [each for each in playlists.playlists(library, "") if each.name == report.playlists[0]]
    assert report.tracks == len(made.entries)
    return titles(library, made.entries), report.missing


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#EXTINF:0,КИНО - время есть а денег нет\nwhatever.mp3", "Кино: Время есть, а денег нет"),
        ("#EXTINF:1,Просто хочешь ты знать\nwhatever.mp3", "Кино: Просто хочешь ты знать"),
        ("/music/Зоопарк/LV/02 Елка.mp3", "Зоопарк: Ёлка"),
        ("C:\\Music\\Зоопарк - LV (1982)\\01. Intro.mp3", "Зоопарк: Intro"),
        ("file:///music/%D0%9A%D0%B8%D0%BD%D0%BE/%D0%9D%D0%BE%D1%87%D1%8C/1-01%20Intro.mp3", "Кино: Intro"),
        ("Зоопарк - Intro.ogg", "Зоопарк: Intro"),
        ("Intro.ogg", "several tracks"),
        ("#EXTINF:500,Кино - Intro\nIntro.mp3", "another length"),
        ("#EXTINF:1,Алиса - Intro\nx.mp3", "somebody else"),
        ("http://radio.example/stream", "no track here"),
    ],
)
def test_a_line_is_matched_or_says_why_not(mine, tmp_path, line, expected):
    found, missing = taken(mine, tmp_path, f"#EXTM3U\n{line}\n")
    if found:
        assert (found, missing) == ([expected], ())
    else:
        assert expected in missing[0].reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1251"])
def test_old_encodings_are_read(mine, tmp_path, encoding):
    text = "#EXTM3U\n#EXTINF:0,Кино - Время есть, а денег нет\nа.mp3\n"
    assert taken(mine, tmp_path, text, encoding=encoding) == (["Кино: Время есть, а денег нет"], ())


def test_the_same_list_again_is_the_same_playlist(mine, tmp_path):
    taken(mine, tmp_path, "Зоопарк - Intro.ogg\n")
    (first,) = playlists.playlists(mine, "")
    taken(mine, tmp_path, "Зоопарк - Intro.ogg\n")
    assert playlists.playlists(mine, "") == [first]
    taken(mine, tmp_path, "Зоопарк - Intro.ogg\nЗоопарк - Ёлка.ogg\n")
    (again,) = playlists.playlists(mine, "")
    assert (again.id, len(again.entries)) == (first.id, 2)
    import_lists(mine, [tmp_path / "Вечер.m3u8"], listener="Наталья", now=NOW)
    assert len(playlists.playlists(mine, "Наталья")) == 1


def test_what_is_no_playlist(mine, tmp_path):
    (tmp_path / "a.m3u").write_bytes(b"\0" * 100)
    with pytest.raises(DamagedError):
        import_lists(mine, [tmp_path / "a.m3u"], now=NOW)
    with pytest.raises(NotFoundError):
        import_lists(mine, [tmp_path / "b.m3u"], now=NOW)
    assert is_list(tmp_path / "A.M3U8")
    assert not is_list(tmp_path / "a.mp3")


def test_an_exported_playlist_comes_back_as_it_was(mine, tmp_path):
    songs = [name for (name,) in rows(mine, "SELECT song FROM track ORDER BY title DESC, key")]
    report = export_playlist(mine, "Вечер: 1/2", [*songs, "0" * 32], tmp_path / "out", disk=Disk())
    assert (report.tracks, report.albums, len(report.missing)) == (5, 3, 1)
    (folder,) = (tmp_path / "out").iterdir()
    (listing,) = folder.glob("*.m3u8")
    assert "#PLAYLIST:Вечер: 1/2" in listing.read_text(encoding="utf-8")
    assert sorted(path.suffix for path in folder.iterdir()) == [".flac", ".m3u8", ".mp3", ".mp3", ".mp3", ".mp3"]
    import_lists(mine, [listing], now=NOW)
    (made,) = playlists.playlists(mine, "")
    assert (made.name, list(made.entries)) == ("Вечер: 1/2", songs)
    again = export_playlist(mine, "Вечер: 1/2", songs, tmp_path / "out", disk=Disk())
    assert again.already == 5


def test_an_exported_album_is_a_playlist_too(mine, tmp_path):
    export(mine, list(mine.shelf.albums()), tmp_path / "out", disk=Disk())
    for listing in (tmp_path / "out").rglob("*.m3u8"):
        report = import_lists(mine, [listing], now=NOW)
        assert report.missing == ()


def test_names_are_nothing_against_an_id(mine):
    matcher = Matcher(mine)
    with pytest.raises(NoMatchError):
        matcher.find(Wanted("Another", musicbrainz_id="unknown"))
    assert matcher.find(Wanted("intro", "ЗООПАРК", "lv")).artist == "Зоопарк"
