"""`mag play`: what an id, `ALBUM/3` or a title means, and the very bytes to the pipe."""

from __future__ import annotations

import io

import av
import pytest

from magnitizdat.errors import LibraryError, UsageError
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.listen.playing import play, tracks_of
from tests.fakes_audio import RATE, make_audio
from tests.fakes_library import contents_of, make_library, put_album
from tests.ops.music import only, song, write


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        yield made


def played(library, text: str) -> bytes:
    out = io.BytesIO()
    assert play(library, text, out) == len(out.getvalue())
    return out.getvalue()


def test_an_album_in_the_order_of_listening(library, tmp_path):
    import_music(library, [write(tmp_path / "45", {f"{number}.mp3": song(number, "mp3") for number in (1, 2, 3)})])
    (view,) = library.shelf.albums()
    assert played(library, view.id[:6]) == played(library, view.title) == b"".join(contents_of(library, view.id))


def test_flac_goes_out_without_the_headers_between(library, tmp_path):
    """Where a file ends and the next begins, what a player takes for sound is noise."""
    parts = [make_audio("flac", seconds, tone=100.0 * number) for number, seconds in enumerate((1.0, 0.3, 0.7), 2)]
    import_music(library, [write(tmp_path / "45", {f"{number}.flac": part for number, part in enumerate(parts)})])
    (view,) = library.shelf.albums()
    assert samples_in(played(library, view.id)) == b"".join(map(samples_in, parts))


def test_one_track_by_number_and_by_id(library):
    album, contents = put_album(library)
    assert played(library, f"{album}/2") == played(library, "45/2") == contents[1]
    release = library.shelf.release(album)
    assert played(library, release.tracks[2].id) == contents[2]
    assert played(library, release.tracks[2].id[:12].upper()) == contents[2]


def test_a_track_of_a_disc(library, tmp_path):
    files = {f"{d}{n}.mp3": song(10 * d + n, disc=str(d), track=str(n)) for d in (1, 2) for n in (1, 2)}
    import_music(library, [write(tmp_path / "45", files)])
    assert played(library, f"{only(library).id}/2.1") == files["21.mp3"]


@pytest.mark.parametrize("text", ["nothing", "45/9", "45/", "/1", "", "45/x", "f" * 64, "/", "45/1/1", "*", "%", "'"])
def test_what_means_nothing_is_said(library, text):
    put_album(library)
    with pytest.raises(UsageError):
        played(library, text)


def test_a_hurt_piece_is_an_error_not_noise(library):
    album, _ = put_album(library)
    for cell in sorted(library.vault._directory.rglob("*.age")):
        content = bytearray(cell.read_bytes())
        content[len(content) // 2] ^= 1
        cell.write_bytes(content)
    assert len(tracks_of(library, album)) == 3
    with pytest.raises(LibraryError):
        played(library, album)


def samples_in(stream, form="s16"):
    """What another reader (ffmpeg's demuxers, from a pipe) hears of a stream."""
    plain = bytearray()
    with av.open(io.BytesIO(stream)) as container:
        for frame in container.decode(audio=0):
            for packed in av.AudioResampler(format=form).resample(frame):
                plain += bytes(packed.planes[0])[: packed.samples * packed.layout.nb_channels * packed.format.bytes]
    return bytes(plain)


@pytest.mark.parametrize("kinds", [("wav",) * 3, ("aac",) * 3, ("wavpack",) * 2, ("flac", "mp3", "wav", "opus", "aac")])
def test_an_album_is_one_stream_whatever_its_tracks_are(library, tmp_path, kinds):
    suffixes = {"aac": "m4a", "wavpack": "wv"}
    for number, kind in enumerate(kinds, 1):
        tags = {"title": f"T{number}", "artist": "X", "album_artist": "X", "album": "Mixed", "track": str(number)}
        path = tmp_path / "Mixed" / f"{number}.{suffixes.get(kind, kind)}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(make_audio(kind, 1.0, tags, tone=300.0 * number))
    import_music(library, [tmp_path / "Mixed"])
    titles = [view.title for view in library.shelf.albums()]
    stream = b"".join(played(library, title) for title in titles)
    assert stream.startswith(b"RIFF")
    assert len(samples_in(stream)) / 4 / RATE == pytest.approx(len(kinds), abs=0.15)


def test_what_loses_nothing_is_heard_sample_for_sample(library, tmp_path):
    parts = [make_audio("wav", 1.0, tone=300.0), make_audio("aiff", 0.5, tone=500.0)]
    for number, (part, suffix) in enumerate(zip(parts, ("wav", "aiff"), strict=True), 1):
        (tmp_path / f"{number}.{suffix}").write_bytes(part)
    import_music(library, [tmp_path / "1.wav", tmp_path / "2.aiff"])
    (view,) = library.shelf.albums()
    assert samples_in(played(library, view.id)) == b"".join(map(samples_in, parts))
