"""Every verb on its good day: exit code 0, a line for people, or exactly one JSON document for scripts."""

from __future__ import annotations

import io
import itertools
import json

import pytest

from magnitizdat.cli import main
from magnitizdat.errors import EXIT_LOCKED, EXIT_PARTLY, EXIT_SOURCE, EXIT_USAGE
from magnitizdat.formats.age import seal
from magnitizdat.formats.age_keys import ScryptRecipient, X25519Identity
from tests.fakes_audio import PNG, make_audio
from tests.fakes_library import PASSPHRASE, make_library
from tests.ops.music import old_song, song, write, zipped


def test_list_for_people_and_for_scripts(mag):
    said = mag("list")
    assert (said.code, said.err) == (0, "")
    assert "Кино" in said.out
    assert "45" in said.out
    (release,) = mag("list", "--json").document["releases"]
    assert (release["title"], release["name"], release["artist"], release["date"]) == ("45", "45", "Кино", "1982")
    assert release["tracks"] == 2


def test_search_for_people_and_for_scripts(mag):
    assert "Song 1" in mag("search", "song", "1").out
    found = mag("search", "--json", "song").document
    assert found["query"] == "song"
    assert (found["artists"], found["releases"]) == ([], [])
    assert {(each["title"], each["artist"], each["album"]) for each in found["tracks"]} == {
        ("Song 1", "Кино", "45"),
        ("Song 2", "Кино", "45"),
    }
    assert mag("search", "--json", "kino").document["artists"] == [{"name": "Кино"}]
    assert [each["name"] for each in mag("search", "--json", "45").document["releases"]] == ["45"]
    nothing = mag("search", "nothing at all", "--json").document
    assert nothing == {"query": "nothing at all", "more": False, "artists": [], "releases": [], "tracks": []}
    assert mag("search", "nothing at all").code == 0


def test_music_that_names_nobody_is_by_nobody_in_each_language_and_as_it_is_stored_for_scripts(mag, tmp_path):
    write(
        tmp_path / "m",
        {
            "Bro.ogg": make_audio(
                "vorbis", 1, {"album": "Kassette", "title": "Bro", "artist": "Unknown Artist"}, tone=333.0
            )
        },
    )
    mag("import", tmp_path / "m")
    for language, nobody in (("en", "Unknown Artist"), ("da", "Ukendt kunstner"), ("ru", "Неизвестный исполнитель")):
        for line in (["list"], ["search", "bro"], ["show", "Kassette"]):
            assert nobody in mag("--lang", language, *line).out
    found = mag("--lang", "da", "list", "--json").document["releases"]
    assert "Unknown Artist" in {release["artist"] for release in found}


@pytest.mark.parametrize(("limit", "shown", "more"), [(1, 1, True), (2, 2, False)])
def test_search_says_whether_there_is_more_than_it_shows(mag, limit, shown, more):
    found = mag("search", "song", "--limit", limit, "--json").document
    assert (len(found["tracks"]), found["more"]) == (shown, more)
    assert ("These are the first 1 of each." in mag("search", "song", "--limit", limit).out) == more


def test_search_line_by_line(mag, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("song 1\n\n%&*\"'\nкино\n"))
    lines = mag("search", "-").out.splitlines()
    found = [json.loads(line) for line in lines]
    assert [each["query"] for each in found] == ["song 1", "", "%&*\"'", "кино"]
    assert [len(each["tracks"]) for each in found] == [1, 0, 0, 2]


def test_show(mag):
    said = mag("show", "45")
    assert said.code == 0
    assert "Song 2" in said.out
    document = mag("show", "45", "--json").document
    assert [track["title"] for track in document["release"]["tracks"]] == ["Song 1", "Song 2"]


def test_play_to_a_pipe(library, passphrase, capsysbinary):
    code = main(["--library", str(library), "play", "45/1", "--passphrase-file", str(passphrase)])
    assert (code, capsysbinary.readouterr().out) == (0, song(1, date="1982"))


def test_export_plain_and_for_the_phone(mag, tmp_path):
    report = mag("export", "--all", tmp_path / "out", "--json").document
    assert (report["tracks"], report["missing"]) == (2, [])
    assert (tmp_path / "out" / "Кино - 45 (1982)" / "02 Song 2.flac").read_bytes() == song(2, "flac")
    assert mag("export", "45", tmp_path / "phone", "--for-phone").code == 0
    assert len(list((tmp_path / "phone").rglob("*.opus"))) == 2


def test_import_once_and_again(mag, tmp_path):
    music = write(
        tmp_path / "New",
        {"Noch/1.mp3": song(11, album="Noch"), "more.zip": zipped({"Noch/2.mp3": song(12, album="Noch")})},
    )
    report = mag("import", music, "--json").document
    assert (report["imported"], report["known"], report["unchanged"], report["missing"]) == (2, 0, 0, [])
    again = mag("import", music)
    assert again.code == 0
    assert "2 files unchanged" in again.out


def test_import_of_something_broken_is_partly_done(mag, tmp_path):
    music = write(tmp_path / "New", {"1.mp3": song(11, album="Noch"), "2.mp3": b""})
    said = mag("import", music, "--json")
    assert said.code == EXIT_PARTLY
    assert said.document["missing"] == [{"what": "New/2.mp3", "reason": "it is empty"}]
    assert "2.mp3: it is empty" in mag("import", music).out


def test_fix_tags_shows_and_edit_undo_takes_back(mag, tmp_path):
    music = write(tmp_path / "Old", {"1.mp3": old_song(1)})
    shown = mag("import", music, "--fix-tags", "--json").document["repaired"]
    assert {"what", "field", "before", "after"} <= set(shown[0])
    assert "Звезда" in mag("import", music, "--fix-tags").out
    assert len(mag("list", "--json").document["releases"]) == 1
    mag("import", music)
    assert mag("edit", "Звезда по имени Солнце", "--undo").code == 0
    raw = "Звезда по имени Солнце".encode("cp1251").decode("latin-1")
    assert raw in {release["title"] for release in mag("list", "--json").document["releases"]}


def test_log_and_undo(mag):
    assert mag("log").out == "Nothing was done here yet that could be taken back.\n"
    assert "nothing was done" in mag("undo").err
    mag("edit", "45", "--title", "Сорок пять")
    mag("edit", "Сорок пять", "--split", "Сорок пять/2", "--title", "B-side")
    said = mag("log", "--json").document
    assert said["total"] == 2
    assert [(each["number"], each["verb"], each["albums"]) for each in said["commands"]] == [
        (2, "split", ["Сорок пять", "B-side"]),
        (1, "edit", ["45"]),
    ]
    newest, older = mag("log", "--limit", "1").out, mag("log", "--offset", "1").out
    assert "Split: Сорок пять, B-side." in newest
    assert "1 earlier: `mag log --offset 1` goes on there." in newest
    assert "Split" not in older
    assert "earlier" not in older
    undone = mag("undo")
    assert undone.code == 0
    assert "It was command 2. Split: " in undone.out
    assert mag("undo", "1", "--json").document["changed"] == 1
    assert [each["title"] for each in mag("list", "--json").document["releases"]] == ["45"]
    assert "taken back already" in mag("undo", "1").err


def test_the_log_says_which_fields_a_command_changed(mag):
    mag("edit", "45", "--title", "Сорок пять")
    mag("edit", "Сорок пять", "--artist", "Цой")
    mag("edit", "Сорок пять/1", "--title", "Время есть")
    mag("undo", "2")
    said = mag("log").out
    for line in (
        "Taken back: Сорок пять (artist; 2 songs: artist).",
        "Corrected: Сорок пять (1 song: title).",
        "Corrected: Сорок пять (artist; 2 songs: artist).",
        "Corrected: 45 (title).",
    ):
        assert line in said
    found = mag("log", "--json").document["commands"]
    assert [(each["fields"], each["song_fields"], each["songs"]) for each in found[1:]] == [
        ([], ["title"], 1),
        (["artist"], ["artist"], 2),
        (["title"], [], 0),
    ]


def test_edit_where(mag):
    said = mag("edit", "--where", "album:45", "--genre", "Dub", "--json").document
    assert (said["albums"], said["tracks"], len(said["ids"])) == (1, 0, 1)
    assert "--where takes no ID" in mag("edit", "45", "--where", "album:45", "--date", "1983").err
    assert "does not say what" in mag("edit", "--where", "45", "--date", "1983").err
    assert "name the album" in mag("edit", "--date", "1983").err


def test_edit_merge_split_and_remove(mag, tmp_path):
    assert mag("edit", "45", "--title", "Сорок пять", "--date", "1982-07", "--genre", "Rock").code == 0
    assert mag("edit", "Сорок пять/1", "--title", "Время есть").code == 0
    assert mag("edit", "Сорок пять", "--cover", write(tmp_path, {"c.png": PNG + b"!"}) / "c.png").code == 0
    assert mag("edit", "Сорок пять", "--split", "Сорок пять/2", "--title", "B-side").code == 0
    assert len(mag("list", "--json").document["releases"]) == 2
    assert mag("edit", "Сорок пять", "--merge", "B-side").code == 0
    assert mag("remove", "Сорок пять").code == EXIT_USAGE  # nobody said yes
    assert mag("remove", "Сорок пять", "--yes", "--json").document["removed"][0]["title"] == "Сорок пять"
    assert mag("list", "--json").document == {"releases": [], "premieres": []}
    assert "empty" in mag("list").out


def test_label_publish_card_friend_and_follow(mag, tmp_path):
    created = mag("label", "create", "Zoopark Tapes", "--json").document
    assert created["name"] == "Zoopark Tapes"
    assert created["imprint"].startswith("mag1")
    assert len(created["paper_words"].split()) == 24
    assert mag("publish", "45", "--draft", tmp_path / "draft").code == 0
    assert (tmp_path / "draft" / "release.toml").exists()
    published = mag("publish", "45", "--to", tmp_path / "open", "--json")
    assert published.code == 0
    assert [each["title"] for each in published.document["releases"]] == ["45"]
    assert (tmp_path / "open" / "index.html").exists()
    assert mag("label", "list", "--json").document["labels"][0]["standing"] == "own"
    assert mag("label", "address", "--json").document["imprint"] == created["imprint"]
    card = mag("card", "--name", "Виктор", "--to", tmp_path / "card", "--json").document
    assert (card["name"], card["imprint"]) == ("Виктор", created["imprint"])
    assert card["recipient"].startswith("age1")
    assert mag("friend", "add", tmp_path / "card", "--name", "viktor").code == 0
    assert mag("friend", "list", "--json").document["friends"][0]["name"] == "viktor"
    assert mag("publish", "45", "--withdraw", "--reason", "A mistake").code == 0
    words = tmp_path / "words"
    words.write_text(created["paper_words"], encoding="utf-8")
    restored = mag("label", "restore", "Zoopark Tapes", "--words-file", words, "--json")
    assert restored.code == 0
    assert restored.document["imprint"] == created["imprint"]


def test_of_several_labels_one_is_named_or_nothing_is_done(mag, tmp_path):
    first, second = (mag("label", "create", name, "--json").document for name in ("Zoopark Tapes", "Nobody Knows"))
    refused = [
        mag("card", "--to", tmp_path / "card"),
        mag("card", "--new", "--to", tmp_path / "card"),
        mag("publish", "45"),
        mag("publish", "--to", tmp_path / "open"),
    ]
    assert {said.code for said in refused} == {EXIT_USAGE}
    assert all("--as" in said.err and "«Nobody Knows»" in said.err for said in refused)
    assert mag("label", "address").code == EXIT_USAGE
    assert not (tmp_path / "card").exists()
    address = mag("card", "--as", "Zoopark Tapes", "--json").document["recipient"]
    for option in ("--as", "--label"):
        card = mag("card", option, "Nobody Knows", "--json").document
        assert (card["imprint"], card["recipient"]) == (second["imprint"], address)  # no refusal made a new address
    assert "both labels are yours" in mag("card", "--as", "Nobody Knows").out
    published = mag("publish", "45", "--as", second["words"], "--json").document
    assert published["imprint"] == second["imprint"]
    assert mag("label", "address", "Zoopark Tapes", "--json").document["checkpoint"] == first["checkpoint"]


def test_reel_cut_check_list_dub(mag, bare, tmp_path, passphrase, words_file):
    cut = mag("reel", "cut", tmp_path / "stick", "--json").document
    assert len(cut["words"].split()) == 6
    assert bare("reel", "check", tmp_path / "stick").code == 0
    assert bare("reel", "check", tmp_path / "stick", "--json").document["valid"] is True
    assert bare("reel", "mend", tmp_path / "stick", "--json").code == 0
    listed = mag("reel", "list", tmp_path / "stick", "--words-file", words_file(cut["words"]), "--json").document
    assert listed["releases"][0]["title"] == "45"
    make_library(tmp_path / "other").close()
    other = ["--library", tmp_path / "other", "--passphrase-file", passphrase]
    dubbed = bare(*other, "dub", tmp_path / "stick", "--words-file", words_file(cut["words"]), "--json")
    assert dubbed.code == 0
    assert dubbed.document["tracks"] == 2
    assert dubbed.document.get("missing", []) == []
    assert bare(*other, "list", "--json").document["releases"][0]["carried"] is True
    assert bare(*other, "dub", tmp_path / "stick", "--words-file", words_file(" ".join(["zoo"] * 6))).code in {
        EXIT_SOURCE,
        EXIT_LOCKED,
    }
    assert bare(*other, "dub", tmp_path / "stick").code in {EXIT_SOURCE, EXIT_LOCKED}


def test_an_older_reel_is_listed_and_gives_what_it_has(mag, bare, tmp_path, passphrase):
    """A reel cut last month comes after a newer one."""
    mag("label", "create", "Zoopark Tapes")
    mag("import", write(tmp_path / "more", {"more/1.mp3": song(3, album="Ночь")}))
    for album in ("45", "Ночь"):
        mag("publish", album)
        assert mag("reel", "cut", tmp_path / album, "--open", "--album", album).code == 0
    make_library(tmp_path / "other").close()
    other = ["--library", tmp_path / "other", "--passphrase-file", passphrase]
    assert bare(*other, "dub", tmp_path / "Ночь").code == 0
    listed = bare(*other, "reel", "list", tmp_path / "45")
    assert listed.code == 0
    assert "45" in listed.out.splitlines()[1]
    assert "«Zoopark Tapes» is on it as of version 2; you have version 3." in listed.out
    looked = bare(*other, "dub", tmp_path / "45", "--dry-run", "--json").document["releases"]
    assert [(each["title"], each["news"]) for each in looked] == [("45", "new")]
    assert bare(*other, "dub", tmp_path / "45", "--album", "Nowhere").code == EXIT_USAGE
    dubbed = bare(*other, "dub", tmp_path / "45", "--json")
    assert (dubbed.code, dubbed.document["tracks"], dubbed.document["missing"]) == (0, 2, [])
    again = bare(*other, "dub", tmp_path / "45")
    assert again.code == 0
    assert "It is older than what you have; nothing new is on it." in again.out


def test_open_reel_and_follow(mag, bare, tmp_path, passphrase):
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45")
    assert mag("reel", "cut", tmp_path / "open", "--open", "--label", "Zoopark Tapes").code == 0
    make_library(tmp_path / "other").close()
    other = ["--library", tmp_path / "other", "--passphrase-file", passphrase]
    assert bare(*other, "dub", tmp_path / "open", "--known-only").code in {0, EXIT_PARTLY}
    assert bare(*other, "list", "--json").document["releases"] == []
    said = bare(*other, "dub", tmp_path / "open")
    assert said.code == 0
    assert "nobody you follow vouches yet" in said.out
    for verb in ("check", "mend"):
        refused = bare("reel", verb, tmp_path / "open")
        assert refused.code == EXIT_SOURCE
        assert "holds an open reel, which has no spare parts" in refused.err
    assert bare(*other, "follow", "Zoopark Tapes").code == 0
    (release,) = bare(*other, "list", "--json").document["releases"]
    assert (release["label"], release["standing"]) == ("Zoopark Tapes", "followed")
    assert release["freshness"]["version"] >= 1


def test_status_doctor_backup_passwd(mag, bare, tmp_path):
    assert mag("status", "--json").document["tracks"] == 2
    assert "All is well" in mag("doctor").out
    assert mag("doctor", "--rebuild", "--json").document["rebuilt"] is True
    assert mag("doctor", "--json").document["missing"] == []
    assert mag("backup", tmp_path / "backup", "--paper", tmp_path / "paper.html").code == 0
    assert (tmp_path / "paper.html").stat().st_size > 1000
    new = tmp_path / "new"
    new.write_text("another passphrase altogether", encoding="utf-8")
    assert mag("passwd", "--new-passphrase-file", new).code == 0
    assert mag("list").code == EXIT_LOCKED
    backed = bare("--library", tmp_path / "backup", "--passphrase-file", tmp_path / "passphrase", "list", "--json")
    assert backed.document["releases"][0]["title"] == "45"


def test_init_unlock_status_lock(bare, tmp_path, monkeypatch, passphrase):
    monkeypatch.setenv("MAG_LIBRARY", str(tmp_path / "fresh"))
    made = bare("init", "--json", "--paper", tmp_path / "paper.html")
    assert made.code == 0
    assert len(made.document["passphrase"].split()) == 6
    words = tmp_path / "words"
    words.write_text(made.document["passphrase"], encoding="utf-8")
    assert bare("init").code == EXIT_USAGE
    assert bare("status", "--json").document["locked"] is True
    assert bare("list").code == EXIT_LOCKED
    assert bare("unlock", "--passphrase-file", passphrase).code == EXIT_LOCKED
    assert bare("unlock", "--passphrase-file", words, "--json").document == {"unlocked": True, "hours": 8.0}
    try:
        assert bare("list", "--json").document == {"releases": [], "premieres": []}
        assert bare("status", "--json").document["locked"] is False
        assert "locks itself" in bare("status").out
    finally:
        locked = bare("lock", "--json").document
    assert locked["locked"]
    assert locked["was_unlocked"]
    assert locked["holding"] == locked["ended"] == []
    assert bare("lock", "--json").document["was_unlocked"] is False
    assert bare("list").code == EXIT_LOCKED


def test_unseal_any_age_file(tmp_path, capsysbinary):
    identity = X25519Identity.generate()
    (tmp_path / "id").write_text(identity.text, encoding="utf-8")
    (tmp_path / "x.age").write_bytes(seal(b"hello", [identity.recipient]))
    (tmp_path / "y.age").write_bytes(seal(b"words", [ScryptRecipient(PASSPHRASE, work_factor=1)]))
    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    assert main(["unseal", "-i", str(tmp_path / "id"), str(tmp_path / "x.age")]) == 0
    assert main(["unseal", str(tmp_path / "y.age"), "--passphrase-file", str(tmp_path / "words")]) == 0
    assert capsysbinary.readouterr().out == b"hellowords"
    assert main(["unseal", "-i", str(tmp_path / "id"), str(tmp_path / "y.age")]) == EXIT_SOURCE
    assert main(["unseal", str(tmp_path / "x.age")]) == EXIT_USAGE


GLOBALS = [("--json",), ("--yes",), ("--quiet",), ("-v",), ("--lang", "en")]


@pytest.mark.parametrize("options", GLOBALS)
def test_global_options_stand_before_and_after_the_verb(bare, library, passphrase, options):
    common = ["--library", library, f"--passphrase-file={passphrase}"]
    lines = {
        bare(*before, "list", *after)[:2] for before, after in itertools.permutations([(*common, *options), ()])
    } | {bare("list", *options, *common)[:2], bare(*options, "list", *common)[:2]}
    assert len(lines) == 1
    assert next(iter(lines))[0] == 0


def test_quiet_says_nothing_but_what_was_asked_for(mag):
    for arguments in (["status"], ["doctor"]):
        assert mag(*arguments, "--quiet")[:3] == (0, "", "")
    for arguments in (["list"], ["search", "song"], ["show", "45"]):
        table = mag(*arguments, "--quiet").out.splitlines()
        assert table
        assert set(table) <= set(mag(*arguments).out.splitlines())


def test_a_passphrase_file_of_the_environment_is_no_option_that_was_given(tmp_path, capsysbinary, monkeypatch):
    identity = X25519Identity.generate()
    (tmp_path / "id").write_text(identity.text, encoding="utf-8")
    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "x.age").write_bytes(seal(b"hello", [identity.recipient]))
    monkeypatch.setenv("MAG_PASSPHRASE_FILE", str(tmp_path / "words"))
    assert main(["unseal", "-i", str(tmp_path / "id"), str(tmp_path / "x.age")]) == 0
    assert capsysbinary.readouterr().out == b"hello"
    both = ["--passphrase-file", str(tmp_path / "words")]
    assert main(["unseal", "-i", str(tmp_path / "id"), str(tmp_path / "x.age"), *both]) == EXIT_USAGE


def test_help_is_there_for_every_verb(bare):
    said = bare("--help")
    assert said.code == 0
    for (
        verb
    ) in "list search show play export import dub edit remove reel card friend label publish init unlock lock".split():
        assert f" {verb} " in said.out
        assert bare(verb, "--help").code == 0
    assert bare("--version").out.startswith("mag ")


def test_status_counts_labels_and_friends_in_words_that_fit(mag, tmp_path):
    mag("label", "create", "Zoopark Tapes")
    mag("card", "--name", "Mike", "--to", tmp_path / "mike.json")
    mag("friend", "add", tmp_path / "mike.json")
    before = mag("status").out
    assert "1 album, 2 tracks" in before
    assert "1 label (0 new), 1 friend\n" in before
    mag("reel", "cut", tmp_path / "reel", "--json")  # the unsigned goes as carried, in a label made for that alone
    assert "1 label (0 new), 1 friend\n" in mag("status").out
    assert mag("--lang", "da", "status").out.splitlines()[0].startswith("1 album, 2 numre, 0:0")
    assert " kB\n" in mag("--lang", "da", "status").out
    assert "," in mag("--lang", "da", "status").out.splitlines()[1].split(" kB")[0].split(" MB")[0]


def test_what_a_dub_says_is_the_same_on_the_page_and_in_the_terminal(mag, bare, passphrase, tmp_path):
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45", "--to", tmp_path / "open")
    make_library(tmp_path / "ears").close()
    ears = ("--library", tmp_path / "ears", "--passphrase-file", passphrase)
    said = bare(*ears, "dub", tmp_path / "open").out
    assert "  ✓ «Zoopark Tapes» is genuine; version 2, signed on " in said
    assert "\n  «Zoopark Tapes» is new: nobody you follow vouches yet;" in said
    assert "  Tracks that arrived: 2, " in said
    assert "  Everything that is whole on it was here already." in bare(*ears, "dub", tmp_path / "open").out


def test_merge_of_another_library_and_again(mag, bare, tmp_path, monkeypatch):
    other = tmp_path / "other words"
    other.write_text("another passphrase altogether", encoding="utf-8")
    make_library(tmp_path / "other", passphrase="another passphrase altogether").close()
    hers = ("--library", tmp_path / "other", "--passphrase-file", other)
    card = bare(*hers, "card", "--name", "Zoopark Tapes", "--json").document
    refused = mag("merge", tmp_path / "other")
    assert refused.code == EXIT_LOCKED
    assert "--other-passphrase-file" in refused.err
    merged = mag("merge", tmp_path / "other", "--other-passphrase-file", other, "--json")
    assert (merged.code, merged.document["addresses"], merged.document["shared"]) == (0, 1, ["Zoopark Tapes"])
    again = mag("merge", tmp_path / "other", "--other-passphrase-file", other)
    assert again.out.startswith("Nothing is there that is not here.")
    assert [label["imprint"] for label in mag("label", "list", "--json").document["labels"]] == [card["imprint"]]
    assert mag("reel", "cut", tmp_path / "reel", "--for", card["recipient"]).code == 0
    (lying,) = mag("reel", "list", tmp_path / "reel", "--json").document["releases"]
    assert lying["title"] == "45"
    assert mag("merge", tmp_path / "nowhere").code == EXIT_USAGE


def test_half_a_track_is_told_wherever_it_is_met_and_signed_only_on_demand(mag, tmp_path):
    whole = make_audio("flac", 4.0, {"title": "Half", "artist": "Кино", "album": "Stick"})
    told = mag("--json", "import", write(tmp_path / "torn", {"half.flac": whole[: len(whole) // 2]}))
    assert told.code == EXIT_PARTLY
    assert [each["reason"][:28] for each in told.document["missing"]] == ["it ends after 0:02 of 0:04; "]
    assert "«Half»: it ends after 0:02 of 0:04; look for a whole copy" in mag("show", "Stick").out
    mag("label", "create", "Halves")
    refused = mag("publish", "Stick")
    assert refused.code == EXIT_USAGE
    assert "1 track ends too early («Half»)" in refused.err
    assert mag("--yes", "publish", "Stick", "--withdraw").code == 0
    assert mag("--yes", "publish", "Stick").code == 0
