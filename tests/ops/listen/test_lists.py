"""Playlists of other players find the tracks that are here, say why the others do not, and replace nothing."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from types import SimpleNamespace
from urllib.parse import quote

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import DamagedError, NotFoundError
from magnitizdat.formats.m3u import PlaylistEntry
from magnitizdat.library.index.sources import SongFrom
from magnitizdat.ops.give.export import export
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.listen import by_path, playlists
from magnitizdat.ops.listen.by_path import PathFinder
from magnitizdat.ops.listen.lists import MetLists, import_lists, is_list
from magnitizdat.ops.listen.matching import Matcher, NoMatchError, Wanted
from tests.fakes_library import NOW, make_library, rows
from tests.ops.music import song, write, zipped


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
    found = [each for each in playlists.playlists(library, "") if each.name in report.playlists]
    assert report.tracks == sum(len(each.entries) for each in found)
    return titles(library, [song for each in found for song in each.entries]), report.missing


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
        nothing, reason = missing
        assert nothing.what == "Вечер"
        assert expected in reason.reason
        assert playlists.playlists(mine, "") == []


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


def songs_of(library):
    return [name for (name,) in rows(library, "SELECT song FROM track ORDER BY key")]


def test_no_playlist_of_mine_is_replaced_by_a_list_of_its_name(mine, tmp_path):
    own = playlists.create(mine, "", "Вечер", entries=songs_of(mine)[:3], now=NOW)
    taken(mine, tmp_path, "nobody/knows.mp3\n")
    assert playlists.playlists(mine, "") == [own]
    taken(mine, tmp_path, "Зоопарк - Ёлка.ogg\n")
    first, second = playlists.playlists(mine, "")
    assert first == own
    assert (second.name, titles(mine, second.entries)) == ("Вечер 2", ["Зоопарк: Ёлка"])
    taken(mine, tmp_path, "Зоопарк - Ёлка.ogg\n")
    assert playlists.playlists(mine, "") == [first, second]


def test_what_a_person_changed_stays_when_its_list_comes_again(mine, tmp_path):
    taken(mine, tmp_path, "Зоопарк - Ёлка.ogg\nЗоопарк - Intro.ogg\n")
    (made,) = playlists.playlists(mine, "")
    changed = playlists.update(mine, "", made.id, entries=made.entries[:1], now=NOW)
    import_lists(mine, [tmp_path / "Вечер.m3u8"], now=NOW)
    assert playlists.playlists(mine, "") == [changed]


def test_a_list_that_says_the_same_as_one_of_mine_is_that_one(mine, tmp_path):
    own = playlists.create(mine, "", "Вечер", entries=[songs_of(mine)[-1]], now=NOW)
    report = import_lists(mine, [write(tmp_path, {"Вечер.m3u": "Зоопарк - Ёлка.ogg".encode()}) / "Вечер.m3u"], now=NOW)
    assert (report.playlists, playlists.playlists(mine, "")) == (("Вечер",), [own])


def windows(path):
    return "D:\\Музыка\\" + "\\".join(path.parts[-2:])


SPELLINGS = {
    "as it is": str,
    "a file address": lambda path: "file://" + quote(str(path)),
    "an address with a host": lambda path: "file://localhost" + quote(str(path)),
    "relative": lambda path: "../Music/" + "/".join(path.parts[-2:]),
    "relative with percents": lambda path: quote("../Music/" + "/".join(path.parts[-2:])),
    "of Windows": windows,
    "of Windows in an address": lambda path: "file:///D:/" + quote("/".join(path.parts[-2:])),
    "in capitals": lambda path: str(path).upper(),
    "with accents apart": lambda path: unicodedata.normalize("NFD", str(path)),
    "of a tree that moved": lambda path: "/media/old/" + "/".join(path.parts[-2:]),
    "of a tree in another format": lambda path: "/media/opus/" + "/".join(path.with_suffix(".opus").parts[-2:]),
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
def test_a_path_means_the_file_that_was_imported_whatever_it_is_called_here(tmp_path, spelled):
    """No tag says what the files are called: only paths tell."""
    names = ["Ёлка & Co 50%/01 Zoë #1.mp3", "Ёлка & Co 50%/02 Ещё [live].mp3", "45/03.mp3"]
    music = write(tmp_path / "Music", {name: song(number, title=f"T{number}") for number, name in enumerate(names)})
    listing = tmp_path / "lists" / "Все.m3u8"
    listing.parent.mkdir()
    listing.write_text("#EXTM3U\n" + "\n".join(spelled(music / name) for name in names), encoding="utf-8")
    with make_library(tmp_path / "library") as library:
        import_music(library, [music])
        report = import_lists(library, [listing], now=NOW)
        (made,) = playlists.playlists(library, "")
        assert titles(library, made.entries) == ["Кино: T0", "Кино: T1", "Кино: T2"]
        assert (report.tracks, report.of, report.missing) == (3, 3, ())


@pytest.fixture(scope="module")
def discs(tmp_path_factory):
    where = tmp_path_factory.mktemp("discs")
    files = {
        f"{album}/CD{disc}/0{number}.mp3": song(10 * disc + number + tone, album=album)
        for album, tone in (("45", 0), ("46", 100))
        for disc in (1, 2)
        for number in (1, 2)
    }
    with make_library(where / "library") as library:
        import_music(library, [write(where / "Music", files)])
        yield library, where, sorted(files)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_as_much_of_a_path_as_tells_files_apart_finds_it_and_less_finds_nothing(discs, data):
    library, where, files = discs
    file = PurePosixPath(data.draw(st.sampled_from(files)))
    depth = data.draw(st.integers(1, 3))
    listed = "/elsewhere/" + "/".join(file.parts[-depth:])
    entry = PlaylistEntry(listed)
    found = PathFinder(library, [("/lists", [entry])]).find(entry, "/lists")
    if depth < 3:
        assert found is None
    else:
        (path,) = (path for path, song, *_ in library.index.sources.songs() if song == found)
        assert path == str(where / "Music" / file)
    too_long = entry._replace(duration_s=500.0)
    assert PathFinder(library, [("/lists", [too_long])]).find(too_long, "/lists") is None


@pytest.mark.parametrize("discs", ["", "CD1/"])
def test_a_file_name_that_is_on_every_album_is_not_compared_with_all(monkeypatch, discs):
    many = 300
    songs = [SongFrom(f"/music/b/Evening {n}/{discs}01.mp3", f"s{n}", f"t{n}", f"a{n}", 10.0) for n in range(many)]
    library = SimpleNamespace(index=SimpleNamespace(sources=SimpleNamespace(songs=lambda: iter(songs))))
    entries = [PlaylistEntry(f"D:\\x\\EVENING {n}\\{discs}01.mp3") for n in range(many)]
    compared, likeness = [], by_path._likeness
    monkeypatch.setattr(by_path, "_likeness", lambda *both: compared.append(both) or likeness(*both))
    finder = PathFinder(library, [("/lists", entries)])
    assert [finder.find(each, "/lists") for each in entries] == [f"s{n}" for n in range(many)]
    assert len(compared) <= 2 * many


def test_paths_are_looked_up_and_never_opened(mine, tmp_path):
    """A list that names a file of this machine which nobody imported learns nothing of it."""
    secret = write(tmp_path / "private", {"letter.mp3": song(77)}) / "letter.mp3"
    found, missing = taken(mine, tmp_path, f"{secret}\n")
    assert not found
    assert missing[1].reason == taken(mine, tmp_path, "/private/letter that is not there.mp3\n")[1][1].reason


def test_a_title_before_an_artist_is_understood_too(mine, tmp_path):
    found, missing = taken(mine, tmp_path, "#EXTM3U\r#EXTINF:0,Ёлка - Зоопарк\rx.mp3\r")
    assert (found, missing) == (["Зоопарк: Ёлка"], ())


def test_lists_met_with_their_music_become_playlists_unless_they_are_of_one_album(tmp_path):
    files = {"45/1.mp3": song(1), "45/2.mp3": song(2), "Noch/1.mp3": song(11, album="Ночь")}
    lists = {
        "45/45.m3u": b"1.mp3\n2.mp3\n",
        "Lists/Party.m3u8": b"../45/2.mp3\n../Noch/1.mp3\n../gone.mp3\n",
        "Lists/broken.xspf": b"<playlist>",
        "Lists/nothing.pls": b"[playlist]\nFile1=gone.mp3\n",
    }
    zipped_list = zipped(
        {"Z/1.mp3": song(31, album="Z"), "Y/1.mp3": song(41, album="Y"), "Zip.m3u": b"Z/1.mp3\nY/1.mp3"}
    )
    music = write(tmp_path / "Music", {**files, **lists, "all.zip": zipped_list})
    with make_library(tmp_path / "library") as library:
        for counted in ((4, 5), (2, 3)):  # a zip that is unchanged is not opened again
            met = MetLists()
            report = import_music(library, [music], met_list=met)
            made = met.take(library, now=NOW)
            assert (made.tracks, made.of) == counted
            found = {each.name: titles(library, each.entries) for each in playlists.playlists(library, "")}
            assert found == {"Party": ["Кино: Song 2", "Кино: Song 11"], "Zip": ["Кино: Song 31", "Кино: Song 41"]}
            assert report.missing == ()


def test_a_playlist_that_was_removed_comes_again_only_where_its_list_is_named(tmp_path):
    files = {"45/1.mp3": song(1), "Noch/1.mp3": song(11, album="Ночь"), "Party.m3u": b"45/1.mp3\nNoch/1.mp3\n"}
    music = write(tmp_path / "Music", files)

    def imported(library) -> list[str]:
        met = MetLists()
        import_music(library, [music], met_list=met)
        met.take(library, now=NOW)
        return [each.name for each in playlists.playlists(library, "")]

    with make_library(tmp_path / "library") as library:
        assert imported(library) == ["Party"]
        playlists.delete(library, "", playlists.find_playlist(library, "", "Party").id)
        assert imported(library) == []
        import_lists(library, [music / "Party.m3u"], now=NOW)
        assert imported(library) == ["Party"], "and what was asked for again stays"
        assert not playlists.was_removed(library, "Наталья", playlists.playlists(library, "")[0].source)


def test_what_is_no_playlist(mine, tmp_path):
    (tmp_path / "a.m3u").write_bytes(b"\0" * 100)
    with pytest.raises(DamagedError):
        import_lists(mine, [tmp_path / "a.m3u"], now=NOW)
    (tmp_path / "c.xspf").write_bytes(b"<html><p>Not a list</p></html>")
    with pytest.raises(DamagedError, match=r"c\.xspf.*no playlist"):
        import_lists(mine, [tmp_path / "c.xspf"], now=NOW)
    with pytest.raises(NotFoundError):
        import_lists(mine, [tmp_path / "b.m3u"], now=NOW)
    assert is_list(tmp_path / "A.M3U8")
    assert not is_list(tmp_path / "a.mp3")


def test_an_exported_playlist_comes_back_as_it_was(mine, tmp_path):
    songs = [name for (name,) in rows(mine, "SELECT song FROM track ORDER BY title DESC, key")]
    report = export(mine, [], tmp_path / "out", lists=[("Вечер: 1/2", [*songs, "0" * 32])], disk=Disk())
    assert (report.tracks, report.albums, len(report.missing)) == (5, 3, 1)
    (folder,) = (tmp_path / "out").iterdir()
    (listing,) = folder.glob("*.m3u8")
    assert "#PLAYLIST:Вечер: 1/2" in listing.read_text(encoding="utf-8")
    assert sorted(path.suffix for path in folder.iterdir()) == [".flac", ".m3u8", ".mp3", ".mp3", ".mp3", ".mp3"]
    import_lists(mine, [listing], now=NOW)
    (made,) = playlists.playlists(mine, "")
    assert (made.name, list(made.entries)) == ("Вечер: 1/2", songs)
    again = export(mine, [], tmp_path / "out", lists=[("Вечер: 1/2", songs)], disk=Disk())
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
