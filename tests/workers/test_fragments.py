"""An MP4 in fragments, as recorders and streams write it, keeps its sound and its index when it gets other tags."""

from __future__ import annotations

import io
from functools import lru_cache

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import SourceError
from magnitizdat.workers.audio import measure
from magnitizdat.workers.retag import retag
from magnitizdat.workers.rewriting.boxes import boxes, named
from magnitizdat.workers.tags import read_tags
from magnitizdat.workers.values import Tags
from tests.fakes_audio import make_audio

TYPE = "audio/mp4"
FLAGS = ("frag_keyframe", "frag_keyframe+empty_moov", "frag_keyframe+empty_moov+default_base_moof", "dash")


@lru_cache(maxsize=16)
def fragmented(flags: str, fragment_s: float) -> bytes:
    """Three seconds in fragments of so many, as FFmpeg writes them with these flags."""
    out = io.BytesIO()
    options = {"movflags": flags, "frag_duration": str(round(fragment_s * 1e6))}
    with (
        av.open(io.BytesIO(make_audio("aac", 3.0))) as source,
        av.open(out, "w", format="ipod", options=options) as copy,
    ):
        stream = copy.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    return out.getvalue()


def indexed(audio: bytes) -> list[int]:
    """The places that the index names; FFmpeg writes entries of 19 bytes."""
    found = []
    for outer in boxes(audio, 0, len(audio)):
        for index in named(audio, outer, b"tfra") if outer.name == b"mfra" else ():
            assert audio[index.inside] == 1
            assert not any(audio[index.inside + 8 : index.inside + 12])
            count = int.from_bytes(audio[index.inside + 12 : index.inside + 16], "big")
            entries = (index.inside + 16 + 19 * number for number in range(count))
            found += [int.from_bytes(audio[entry + 8 : entry + 16], "big") for entry in entries]
    return found


@pytest.mark.parametrize("flags", FLAGS)
@settings(deadline=None, max_examples=12)
@given(fragment_s=st.sampled_from([0.2, 0.5, 1.0]), title=st.integers(1, 400), artist=st.integers(0, 400))
def test_fragments_and_their_index_are_found_after_new_tags(
    flags: str, fragment_s: float, title: int, artist: int
) -> None:
    before = fragmented(flags, fragment_s)
    after = retag(before, Tags(title="t" * title, artist="a" * artist), ["title", "artist"])
    assert len(after) > len(before)
    assert read_tags(io.BytesIO(after), TYPE).tags.title == "t" * title
    assert measure(io.BytesIO(after), TYPE) == measure(io.BytesIO(before), TYPE)
    fragments = [box.start for box in boxes(after, 0, len(after)) if box.name == b"moof"]
    assert len(fragments) > 1
    assert indexed(before)
    assert set(indexed(after)) <= set(fragments)
    assert len(indexed(after)) == len(indexed(before))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_file_whose_offsets_are_wrong_is_refused_or_keeps_its_sound(data: st.DataObject) -> None:
    """Bytes of the index and of headers of fragments changed to any: nothing is raised but what a worker expects."""
    whole = bytearray(fragmented(FLAGS[0], 0.5))
    places = [place for name in (b"tfhd", b"tfra", b"mfra") if (place := whole.find(name)) > 0]
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.sampled_from(places)) + data.draw(st.integers(-4, 24))] = data.draw(st.integers(0, 255))
    try:
        before = measure(io.BytesIO(bytes(whole)), TYPE)
        after = retag(bytes(whole), Tags(title="t" * 300), ["title"])
    except SourceError:
        return
    assert measure(io.BytesIO(after), TYPE).track_id == before.track_id
