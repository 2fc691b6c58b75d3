"""A watched folder on the command line: asked for, shown, ended."""

from __future__ import annotations

from magnitizdat.errors import EXIT_USAGE


def test_a_folder_is_watched_shown_and_let_be(mag, tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    assert "No folder is watched." in mag("import", "--watched").out
    assert "nothing has come in from there yet" in mag("import", "--watch", folder).out
    assert mag("import", "--watched", "--json").document["watched"]["folder"] == str(folder)
    for verb in (("import", "--watched"), ("status",)):
        assert f"«{folder}» is watched" in mag(*verb).out
        assert "looks at it while it runs" in mag(*verb).out
    assert "No folder is watched." in mag("import", "--stop-watching").out
    assert mag("import", "--watched", "--json").document == {"watched": None}
    assert "is watched" not in mag("status").out


def test_what_cannot_be_watched_is_refused_with_a_sentence(mag, tmp_path):
    nowhere = mag("import", "--watch", tmp_path / "nowhere")
    assert (nowhere.code, "no such folder" in nowhere.err) == (EXIT_USAGE, True)
    both = mag("import", "--watch", tmp_path, "--stop-watching")
    assert (both.code, "alone" in both.err) == (EXIT_USAGE, True)
