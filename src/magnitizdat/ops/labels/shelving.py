"""The table of what a document does to a library, by its kind: shelved when it is dubbed, shelved anew by a rebuild.

How each is read stands in `catalogue.kinds`. A kind that neither knows is kept with its label and carried on. So is a
voice, and the index knows what it says beside (ADR 0059).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import MAX_RELEASE_LENGTH, decode
from magnitizdat.catalogue.premieres import PREMIERE, Premiere
from magnitizdat.catalogue.refresh import LabelState, Listed, review
from magnitizdat.catalogue.voices import VOICES, Compilation, Review, Voice, Vouch
from magnitizdat.errors import LibraryBusyError, SourceError
from magnitizdat.formats.names import clean_text
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.index.documents import HeldDocument
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.signed import SignedRelease
from magnitizdat.library.index.voices import HeldVoice, VoicedTrack
from magnitizdat.library.library import Changes, Library, Step
from magnitizdat.library.members import keys_name, withheld_name
from magnitizdat.model import Release
from magnitizdat.ops.albums.ids import album_id, is_wanted, last_word
from magnitizdat.scene.premieres import is_sound


class SignedDocument(NamedTuple):
    """A document as its label signed it. `value` is what it says, None where nobody here knows the kind.

    `content` are its bytes where they are needed: it is fresh (in no cell yet), or kept in the index as well.
    """

    imprint: str
    listed: Listed
    kind: str
    value: Any
    content: bytes
    is_fresh: bool = False


class Shelved(NamedTuple):
    """What is to be done to the index, if anything, and whether the document was not here before."""

    step: Step | None
    is_new: bool


class Shelving(NamedTuple):
    """`shelve`: what a dub does with it, None where it is not wanted here. `rebuild`: the same out of cells alone."""

    shelve: Callable[[Library, SignedDocument], Shelved | None]
    rebuild: Callable[[Library, SignedDocument], None]


def shelving(kind: str) -> Shelving:
    """What is done with documents of a kind."""
    return KINDS.get(kind, _KEPT)


# -- releases ---------------------------------------------------------------------------------------------------------


def _shelve_release(library: Library, document: SignedDocument) -> Shelved | None:
    """Put a release on the shelf where it is new or was corrected."""
    imprint, release = document.imprint, cast("Release", document.value)
    if not is_wanted(library, imprint, release):
        return None
    held = library.index.signed.release(imprint, release.id)
    if held is not None and held.sha256 == document.listed.sha256:
        return Shelved(None, is_new=False)
    album = held.album if held is not None else _album_here(library, imprint, release.id)
    own = library.shelf.is_own(album)

    def shelve(index: Index) -> None:
        if not own:
            index.shelf.put_release(album, imprint, release)
        signed = SignedRelease(release.id, album, document.listed.sha256, release.withdrawn)
        index.signed.put_release(imprint, signed)

    return Shelved(shelve, is_new=held is None)


def _album_here(library: Library, imprint: str, release_id: str) -> str:
    """A release of a label of one's own may be an own album; all others have one to themselves."""
    is_ours = library.shelf.is_own(release_id) and library.has_member(keys_name(imprint))
    return release_id if is_ours else album_id(imprint, release_id)


def _rebuild_release(library: Library, document: SignedDocument) -> None:
    """After the journal was replayed: what was removed stays so, and an own album is not put there twice."""
    imprint, release, index = document.imprint, cast("Release", document.value), library.index
    own = index.shelf.is_own(release.id)
    is_ours = library.has_member(keys_name(imprint))
    word = last_word(library, imprint, release.id)
    removed = not own and is_ours and word != "back" and index.pages.says(f"album:{release.id}")
    album = release.id if own or removed else album_id(imprint, release.id)
    adopted = not own and index.shelf.is_own(album)  # what somebody passed on, and was corrected here
    gone = removed or word == "gone" or (not own and not adopted and index.pages.says(f"album:{album}"))
    if not own and not adopted and not gone and not (is_ours and _is_carrier(library, imprint)):
        index.shelf.put_release(album, imprint, release)
    signed = SignedRelease(release.id, album, document.listed.sha256, release.withdrawn, gone)
    index.signed.put_release(imprint, signed)


def _is_carrier(library: Library, imprint: str) -> bool:
    """Releases of this library's own carrier label are albums that are here already."""
    return any(view.imprint == imprint and view.standing == "carrier" for view in library.shelf.labels())


# -- what a label says of itself stands with the label ----------------------------------------------------------------


def _shelve_label(_library: Library, _document: SignedDocument) -> Shelved:
    return Shelved(None, is_new=False)


def _rebuild_label(_library: Library, _document: SignedDocument) -> None:
    """The journal says its name."""


# -- voices, and what nobody here knows -------------------------------------------------------------------------------


def _shelve_document(library: Library, document: SignedDocument) -> Shelved:
    listed = document.listed
    known = library.index.documents.sha256(document.imprint, listed.path)
    if known == listed.sha256:
        return Shelved(None, is_new=False)
    return Shelved(lambda index: put_document(index, document), is_new=not known)


def _rebuild_document(library: Library, document: SignedDocument) -> None:
    put_document(library.index, document)


def put_document(index: Index, document: SignedDocument) -> None:
    """Keep a voice, or what nobody here knows, in place of what its label listed under that path."""
    listed = document.listed
    held = HeldDocument(listed.path, document.kind, listed.sha256, listed.length)
    index.documents.put(document.imprint, held, document.content)
    if document.value is not None and document.kind in VOICES:
        index.voices.put(document.imprint, listed.path, held_voice(document.value))
    if isinstance(premiere := document.value, Premiere) and is_sound(premiere):
        index.shelf.expect(premiere.file)
        index.closed.put(document.imprint, listed.path, premiere.release_id, premiere.file.sha256)


# -- premieres: of an own label the album stays here, whichever copy of the library signed it --------------------------


def _shelve_premiere(library: Library, document: SignedDocument) -> Shelved:
    shelved = _shelve_document(library, document)
    step = shelved.step
    if step is None:
        return shelved
    tracks = _withheld(library, document)

    def shelve(index: Index) -> None:
        step(index)
        _withhold(index, document, tracks)

    return shelved._replace(step=shelve)


def _rebuild_premiere(library: Library, document: SignedDocument) -> None:
    put_document(library.index, document)
    _withhold(library.index, document, _withheld(library, document))


def _withhold(index: Index, document: SignedDocument, tracks: Iterable[str]) -> None:
    if tracks:
        index.closed.withhold(document.imprint, document.value.release_id, tracks)


def _withheld(library: Library, document: SignedDocument) -> set[str]:
    """Ids of the tracks of an own album that its label listed and withholds."""
    imprint, premiere = document.imprint, document.value
    if not isinstance(premiere, Premiere) or not library.has_member(keys_name(imprint)):
        return set()
    name = withheld_name(imprint, premiere.release_id)
    release = library.shelf.release(premiere.release_id) if library.shelf.is_own(premiere.release_id) else None
    if library.has_member(name):
        release = decode(Release, library.member(name), max_length=MAX_RELEASE_LENGTH)
    return {track.id for track in release.tracks} if release is not None else set()


def read_signed(imprint: str, listed: Listed, content: bytes, *, is_fresh: bool = False) -> SignedDocument:
    """A document by its bytes, which were verified. A label that vouches for itself says nothing.

    Raises: as `catalogue.kinds.read`.
    """
    kind, value = kinds.read(listed.path, content)
    if isinstance(value, Vouch) and value.imprint == imprint:
        value = None
    kept = content if is_fresh or kind not in {kinds.LABEL, kinds.RELEASE} or value is None else b""
    return SignedDocument(imprint, listed, kind, value, kept, is_fresh)


def held_voice(voice: Voice) -> HeldVoice:
    """What the index knows of a voice: all but its text, and names as they may be shown."""
    kind = next(name for name, form in VOICES.items() if isinstance(voice, form))
    return _HELD[kind](voice, HeldVoice(kind, voice.id))


def _held_vouch(voice: Vouch, held: HeldVoice) -> HeldVoice:
    heard = voice.heard
    return held._replace(
        about=voice.imprint,
        title=clean_text(voice.name),
        heard=heard.version if heard else 0,
        heard_sha256=heard.sha256 if heard else "",
    )


def _held_review(voice: Review, held: HeldVoice) -> HeldVoice:
    album = voice.item_reviewed
    return held._replace(
        about=album.imprint,
        release_id=album.release_id,
        artist=clean_text(album.artist),
        title=clean_text(album.title),
        recommended=voice.recommended,
        rating=voice.rating_value or 0,
        date=voice.date_published,
        tracks=tuple(map(VoicedTrack, album.tracks)),
    )


def _held_compilation(voice: Compilation, held: HeldVoice) -> HeldVoice:
    return held._replace(
        title=clean_text(voice.name),
        date=voice.date_published,
        tracks=tuple(VoicedTrack(each.track_id, each.imprint, each.release_id) for each in voice.tracks),
    )


_HELD: dict[str, Callable[[Any, HeldVoice], HeldVoice]] = {
    "vouch": _held_vouch,
    "review": _held_review,
    "compilation": _held_compilation,
}


_ANY_TIME = datetime.fromtimestamp(0, UTC)
"""Whether a list has expired does not matter here."""


def is_said(path: str) -> bool:
    """Whether a target path is that of no album, nor of the label itself: what is listed there no more is withdrawn."""
    return kinds.parse_target(path).kind not in {kinds.LABEL, kinds.RELEASE}


def keep_words(library: Library, changes: Changes, state: LabelState) -> None:
    """A label's list was replaced, and by no dub: its words are those that the new one names, as far as they are here.

    Where there is no list that can be read it says nothing, until a dub brings one.
    """
    listed: dict[str, Listed] = {}
    with suppress(SourceError):
        listed = {path: each for path, each in review(state, now=_ANY_TIME).targets.items() if is_said(path)}
    digests = {path: each.sha256 for path, each in listed.items()}
    changes.then(lambda index: index.documents.keep_listed(state.imprint, digests))
    for path, each in listed.items():
        member = label_path(state.imprint, each.stored_path)
        if library.index.documents.sha256(state.imprint, path) != each.sha256 and library.has_member(member):
            document = read_signed(state.imprint, each, library.member(member))
            shelved = shelving(document.kind).shelve(library, document)
            if shelved is not None and shelved.step is not None:
                changes.then(shelved.step)


def recognise(library: Library) -> None:
    """Voices and premieres that an older mag only carried are read; once."""
    index = library.index
    if index.is_read_only or index.settings.knows_voices():
        return
    with suppress(LibraryBusyError), index.transaction():  # where it is busy: the next time that it is opened
        for imprint, held in index.documents.of_kinds([*VOICES, PREMIERE]):
            listed = Listed(path=held.path, length=held.length, sha256=held.sha256)
            document = read_signed(imprint, listed, index.documents.content(imprint, held.path))
            if document.value is not None:
                shelving(document.kind).rebuild(library, document)
        index.settings.note_voices()


KINDS = {
    kinds.LABEL: Shelving(_shelve_label, _rebuild_label),
    kinds.RELEASE: Shelving(_shelve_release, _rebuild_release),
    PREMIERE: Shelving(_shelve_premiere, _rebuild_premiere),
}
_KEPT = Shelving(_shelve_document, _rebuild_document)
