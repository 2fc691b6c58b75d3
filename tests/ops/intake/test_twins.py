"""The same bytes in two folders that name an album each stand on both; a copy of an album adds nothing."""

from __future__ import annotations

import shutil

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from magnitizdat.library.library import Library
from magnitizdat.ops.albums.edit import merge_albums, remove, split_album
from magnitizdat.ops.intake.importing import import_music
from tests.fakes_audio import make_audio
from tests.fakes_library import make_library
from tests.ops.music import releases, song, write

SOUNDS = {n: make_audio("wav", 0.1, tone=300.0 + 50 * n) for n in range(1, 5)}
ALBUM = {f"Band - Album/0{n} Song{n}.wav": SOUNDS[n] for n in (1, 2, 3)}
MIXTAPE = {"Mixtape/01 Other.wav": SOUNDS[4], "Mixtape/02 Song2.wav": SOUNDS[2]}


def sizes(library: Library) -> dict[str, int]:
    return {release.title: len(release.tracks) for release in releases(library)}


def forget(library: Library) -> None:
    """As after a rebuild of the index: every file is looked at again."""
    with library.index.transaction():
        library.index.sources.forget()


def test_a_mixtape_is_whole_beside_the_album_that_it_was_made_of(library, music):
    report = import_music(library, [write(music, ALBUM | MIXTAPE)])
    assert sizes(library) == {"Album": 3, "Mixtape": 2}
    assert (report.imported, report.known) == (5, 0)
    again = import_music(library, [music])
    assert (again.unchanged, sizes(library)) == (5, {"Album": 3, "Mixtape": 2})


def test_the_same_at_another_time_and_with_every_file_looked_at_again(library, music):
    import_music(library, [write(music, ALBUM)])
    import_music(library, [write(music, MIXTAPE)])
    forget(library)
    report = import_music(library, [music])
    assert (report.known, report.imported) == (5, 0)
    assert sizes(library) == {"Album": 3, "Mixtape": 2}


def test_a_copy_of_an_album_adds_nothing_whatever_it_is_called(library, music):
    import_music(library, [write(music, ALBUM)])
    shutil.copytree(music / "Band - Album", music / "Backup of March")
    report = import_music(library, [music])
    assert (report.known, report.imported, sizes(library)) == (3, 0, {"Album": 3})


def test_what_names_its_album_itself_stands_there_alone(library, music):
    import_music(library, [write(music, {"45/1.mp3": song(1), "45/2.mp3": song(2), "Mixtape/1.mp3": song(1)})])
    assert sizes(library) == {"45": 2}


def test_what_a_person_merged_or_split_is_not_put_back(library, music):
    import_music(library, [write(music, ALBUM | MIXTAPE)])
    album, mixtape = (next(each for each in releases(library) if each.title == title) for title in ("Album", "Mixtape"))
    split_album(library, [f"{album.id}/1"], "Alone")
    merge_albums(library, album.id, [mixtape.id])
    before = sizes(library)
    forget(library)
    import_music(library, [music])
    assert sizes(library) == before


def test_what_was_removed_comes_again_with_what_it_shared(library, music):
    import_music(library, [write(music, ALBUM | MIXTAPE)])
    remove(library, ["Mixtape"])
    import_music(library, [music])
    assert sizes(library) == {"Album": 3, "Mixtape": 2}


@settings(deadline=None, max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(
    folders=st.dictionaries(
        st.sampled_from(["Red", "Green", "Blue"]), st.sets(st.integers(1, 4), min_size=1), min_size=1, max_size=3
    ),
    order=st.permutations(["Red", "Green", "Blue"]),
)
def test_each_folder_is_an_album_unless_it_is_all_of_another(tmp_path_factory, folders, order):
    top = tmp_path_factory.mktemp("law")
    files = {f"{name}/{n}.wav": SOUNDS[n] for name, sounds in folders.items() for n in sounds}
    music = write(top / "Music", files)
    expected = sorted(map(len, {frozenset(sounds) for sounds in folders.values()}))
    with make_library(top / "together") as library:
        import_music(library, [music])
        assert sorted(sizes(library).values()) == expected
    with make_library(top / "apart") as library:
        for name in order:
            if name in folders:
                import_music(library, [music / name])
        assert sorted(sizes(library).values()) == expected
