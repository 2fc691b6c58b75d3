"""Labels as a person handles them: create, look at, follow, take back with the paper words."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.catalogue.carrying_on import need_of
from magnitizdat.catalogue.forks import choose
from magnitizdat.catalogue.lookalike import names_clash
from magnitizdat.catalogue.publisher import LabelKeys, NewLabel, create_label, restore
from magnitizdat.catalogue.refresh import LabelState, checkpoint, label_state, remembered, review, signed_here
from magnitizdat.errors import LibraryError, NotFoundError, SourceError, UsageError
from magnitizdat.formats.names import imprint_words
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.formats.typed_words import normal_words
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.journal import LabelRow, Standing
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import keys_name
from magnitizdat.library.reclaim import rewrite
from magnitizdat.model import Checkpoint, Freshness, Value
from magnitizdat.ops.labels.alike import check_label
from magnitizdat.ops.labels.branches import forks_of
from magnitizdat.ops.labels.of_clubs import let_out, of_clubs
from magnitizdat.ops.labels.shelving import keep_words
from magnitizdat.ops.labels.signed_roots import note_signed, require_first
from magnitizdat.ops.labels.vouches import KNOWN, seen_by
from magnitizdat.sentence import Sentence, advice, framed, listed, say

CARRIER_NAME = "carried"


class NamedLabel(Value, frozen=True, kw_only=True):
    """What names a label to others, wherever it is written."""

    name: str
    imprint: str
    words: str
    checkpoint: Checkpoint


def held_state(library: Library, imprint: str) -> LabelState:
    """A label as held."""
    return label_state(imprint, library.label_files(imprint), remembered=library.label_memory(imprint))


def label_keys(library: Library, imprint: str) -> LabelKeys:
    """The signing keys of an own label.

    Raises: UsageError if this library has none for it.
    """
    if not library.has_member(keys_name(imprint)):
        raise UsageError(
            advice(
                terminal=say(
                    "this library has no key of that label; `mag label restore` takes it back with the paper words"
                ),
                page=say("this library has no key of that label; the paper words take it back, under its name"),
            )
        )
    return LabelKeys.from_bytes(library.member(keys_name(imprint)))


def find_label(library: Library, text: str, *, otherwise: Sentence | None = None) -> LabelView:
    """A label by name, imprint, its beginning, or its four words; `otherwise` says what to do where none is alike.

    Raises: UsageError where there is none, or more than one.
    """
    try:
        return _find(library.shelf.labels(), text, otherwise)
    except NotFoundError as exc:
        raise UsageError(exc.sentence) from exc


def _find(views: list[LabelView], text: str, otherwise: Sentence | None = None) -> LabelView:
    """Raises: NotFoundError where there is none, UsageError where there is more than one."""
    wanted, spoken = text.strip().casefold(), normal_words(text).replace(" ", "-")
    found = [view for view in views if view.imprint == wanted or imprint_words(view.imprint) == spoken]
    found = found or [view for view in views if view.name.casefold() == wanted]
    found = found or [view for view in views if len(wanted) >= 8 and view.imprint.startswith(wanted)]
    if not found:
        raise _unknown(views, text, otherwise)
    if len(found) > 1:
        several = ", ".join(imprint_words(view.imprint) for view in found)
        raise UsageError(
            say("«{text}» can mean several labels: {several}; give the four words of one", text=text, several=several)
        )
    return found[0]


def _unknown(views: list[LabelView], text: str, otherwise: Sentence | None) -> NotFoundError:
    wanted = text.strip().casefold()
    alike = [f"«{view.name}»" for view in views if wanted and view.name.casefold().startswith(wanted)][:3]
    if alike:
        names = ", ".join(alike)
        return NotFoundError(
            say("no label is called «{text}» here; give the whole name: {names}", text=text, names=names)
        )
    return NotFoundError(
        otherwise
        or advice(
            terminal=say("no label «{text}» is known here; `mag label list` shows which are", text=text),
            page=say("no label «{text}» is known here; look among the labels", text=text),
        )
    )


def create(library: Library, name: str, *, now: datetime, standing: Standing = "own") -> tuple[NamedLabel, str]:
    """A new label, 1-of-2: (its address, the 24 words of the paper key, shown once and kept nowhere).

    Raises: UsageError if a label that is known is called like that.
    """
    new = create_label(name, now=now)
    with library.changes() as changes:
        check_unlike(library, name)
        keep_new(library, changes, new, name, standing=standing, now=now)
        changes.commit()
    return _address(name, new.state), new.paper_words


def check_unlike(library: Library, name: str, *, but: str = "") -> None:
    """Raises: UsageError if a label that is known, and not `but`, is called like that."""
    for view in library.shelf.labels():
        if view.imprint != but and view.standing in KNOWN and names_clash(view.name, name):
            raise UsageError(
                say(
                    "«{name}» is already a label here and would be mistaken for it; choose another name", name=view.name
                )
            )


def keep_new(
    library: Library, changes: Changes, new: NewLabel, name: str, *, standing: Standing, now: datetime
) -> None:
    """Put a label that was born or taken back into the library."""
    rewrite(library, changes, keys_name(new.imprint), new.keys.to_bytes())  # first: it writes others anew
    keep_documents(library, changes, new.imprint, new.files)
    changes.put_label(new.imprint, new.state.files, remembered(signed_here(new.state)))
    changes.row(LabelRow(imprint=new.imprint, name=name, standing=standing, heard=now.date().isoformat()))


def keep_documents(library: Library, changes: Changes, imprint: str, files: dict[str, bytes]) -> None:
    """Keep signed documents (`targets/…`) that are not here yet."""
    for path, body in files.items():
        member = label_path(imprint, path)
        if path.startswith("targets/") and not library.has_member(member):
            changes.put_member(member, body)


def take_back(
    library: Library, text: str, words: str, *, now: datetime, instead: bool = False
) -> tuple[NamedLabel, str]:
    """`mag label restore`: new keys by the words on paper; (address, the words of the new paper key).

    Raises: WrongPassphraseError, NotVerifiedError if the words are another label's; UsageError where none of what the
    label signed is here, which the words alone do not bring.
    """
    with library.changes() as changes:
        view = find_label(library, text, otherwise=_nothing_of_it(text))
        state = held_state(library, view.imprint)
        _require_alone(library, view, state, instead=instead)
        new = restore(state, [words], now=now)
        root = checkpoint(new.state)
        note_signed(changes, view.imprint, root.version, root.sha256, now=now)
        keep_new(library, changes, new, view.name, standing="own", now=now)
        changes.commit()
    return _address(view.name, new.state), new.paper_words


def _nothing_of_it(text: str) -> Sentence:
    return say(
        "nothing that «{text}» signed is here; dub a reel, a mirror or an archive of it first, then its words take it"
        " back",
        text=text,
    )


def _require_alone(library: Library, view: LabelView, state: LabelState, *, instead: bool) -> None:
    """One paper is enough, and no other next root was signed here: two freeze the label for everybody."""
    need = need_of(state)
    if need > 1:
        raise UsageError(
            advice(
                terminal=say(
                    "«{name}» is carried on by {need} of its holders together, so one paper does not take it"
                    " back: `mag label hand-over` on a holder's computer proposes that, and `mag label sign"
                    " --paper` signs it with these words",
                    name=view.name,
                    need=need,
                ),
                page=say(
                    "«{name}» is carried on by {need} of its holders together, so one paper does not take it"
                    " back: propose it on a holder's computer, and sign it with these words",
                    name=view.name,
                    need=need,
                ),
            )
        )
    if not instead:
        require_first(library, view.imprint, view.name, len(state.roots()) + 1)


def follow(library: Library, text: str, *, sure: bool = False, with_club: bool = False) -> LabelView:
    """Follow a label that was shelved as new. A separate, later act: nothing does it by itself.

    `with_club`: where it was first heard of through a club, it stays there no more.

    Raises: AlikeError for a name that could be taken for another one that is known, unless `sure`.
    """
    with library.changes() as changes:
        view = find_label(library, text)
        if not sure:
            check_label(library, view.name, view.imprint)
        if view.standing == "own":
            raise UsageError(say("«{name}» is your own label; there is nothing to follow", name=view.name))
        if view.standing == "carrier":
            raise UsageError(
                say(
                    "«{name}» is what somebody passed on: nobody signed it as theirs, so there is nobody to follow",
                    name=view.name,
                )
            )
        row = LabelRow(imprint=view.imprint, name=view.name, standing="followed", heard=view.heard, frozen=view.frozen)
        changes.row(row)
        if with_club:
            let_out(library, changes, view.imprint)
        changes.commit()
    return view


def choose_branch(library: Library, text: str, sha256: str) -> LabelView:
    """A label signed two different things under one version; go on with the one whose digest begins like that.

    Raises: UsageError where the label has no such fork.
    """
    view = find_label(library, text)
    state = held_state(library, view.imprint)
    digests = {digest for fork in state.memory.forks for digest in (fork.held, fork.other)}
    wanted = sha256.strip().casefold()
    found = [digest for digest in digests if wanted and digest.startswith(wanted)]
    if len(found) != 1:
        raise UsageError(_which_branch(view.name, state))
    chosen = choose(state, found[0])
    with library.changes() as changes:
        changes.put_label(view.imprint, chosen.files, remembered(chosen))
        keep_words(library, changes, chosen)
        changes.row(LabelRow(imprint=view.imprint, name=view.name, standing=view.standing, heard=view.heard))
        changes.commit()
    return view


def _which_branch(name: str, state: LabelState) -> Sentence:
    forks = forks_of(state)
    if not forks:
        return say("«{name}» is not frozen: it has signed nothing twice that you would have to choose from", name=name)
    return framed("{what}; {how}", what=forks[0].sentence(name), how=forks[0].how_to_choose(name))


def address(library: Library, text: str) -> NamedLabel:
    """The address of a label that is held here."""
    view = find_label(library, text)
    return _address(view.name, held_state(library, view.imprint))


def _address(name: str, state: LabelState) -> NamedLabel:
    return NamedLabel(
        name=name, imprint=state.imprint, words=imprint_words(state.imprint), checkpoint=checkpoint(state)
    )


def own_labels(library: Library) -> list[LabelView]:
    """Labels of this library's person. The one for carried music is none of them, nor is what an officer signs as."""
    stay = of_clubs(library)
    return [view for view in library.shelf.labels() if view.standing == "own" and view.imprint not in stay]


def went(library: Library, view: LabelView) -> bool:
    """Whether it was a label of this library's person, and is somebody else's by now."""
    return view.standing in {"followed", "new"} and library.has_member(keys_name(view.imprint))


def went_sentence(name: str) -> Sentence:
    """Of such a label."""
    return say("«{name}» is in other hands by now: this library can no longer sign as it", name=name)


def signing_label(library: Library, as_: str = "") -> LabelView:
    """The own label that signs or shows itself: the named one, else the only one.

    Never the first of several: whoever has several is several people to others, and one signature of the wrong one
    ties them together (ADR 0060).

    Raises: UsageError where there is none, where there are several and none is named, or the named one is another's.
    """
    own = own_labels(library)
    if as_:
        return _own_named(library, own, as_)
    if not own:
        raise UsageError(
            advice(
                terminal=say('you have no label yet; `mag label create "Zoopark Tapes"` makes one'),
                page=say("you have no label yet; make one first, so that your music has a name to stand under"),
            )
        )
    if len(own) > 1:
        names = ", ".join(f"«{view.name}»" for view in own)
        raise UsageError(
            advice(
                terminal=say("you have several labels: {names}; say which one with --as LABEL", names=names),
                page=say("you have several labels: {names}; choose one", names=names),
            )
        )
    return own[0]


def _own_named(library: Library, own: list[LabelView], named: str) -> LabelView:
    try:
        return _find(own, named)
    except NotFoundError:
        view = find_label(library, named)
        if went(library, view):
            raise UsageError(went_sentence(view.name)) from None
        raise UsageError(
            advice(
                terminal=say("«{name}» is not your label; `mag label list` shows yours", name=view.name),
                page=say("«{name}» is not your label; look among yours", name=view.name),
            )
        ) from None


def carrier(library: Library, *, now: datetime) -> LabelView:
    """The pseudonymous label under which this library passes on music that it did not make."""
    known = _own_carrier(library)
    if known is not None:
        return known
    new = create_label(CARRIER_NAME, now=now)
    with library.changes() as changes:
        known = _own_carrier(library)  # another may have made it since
        if known is not None:
            return known
        keep_new(library, changes, new, CARRIER_NAME, standing="carrier", now=now)
        changes.commit()
    return LabelView(imprint=new.imprint, name=CARRIER_NAME, standing="carrier")


def _own_carrier(library: Library) -> LabelView | None:
    return next((view for view in library.shelf.labels() if is_own_carrier(library, view)), None)


def is_own_carrier(library: Library, view: LabelView) -> bool:
    """Whether it is the label under which this library, and not somebody else, passes on what it did not make."""
    return view.standing == "carrier" and library.has_member(keys_name(view.imprint))


def freshness(library: Library, view: LabelView, *, now: datetime) -> Freshness | None:
    """How current what we hold of a label may be; None where it cannot be said.

    A wrong clock shows as a label heard of in the future: then the days are left out rather than guessed.
    """
    import msgspec

    held = held_state(library, view.imprint)
    try:
        found, seen = review(held, now=now).freshness, seen_by(library, held)
    except (SourceError, LibraryError, IndexError):
        return None
    days = None
    if view.heard:
        days = (now.date() - datetime.fromisoformat(view.heard).date()).days
    return msgspec.structs.replace(
        found,
        heard_days_ago=days if days is not None and days >= 0 else None,
        seen_by=seen,
    )


def freshness_words(value: Freshness) -> Sentence:
    """`version 7, signed on 2026-11-01, last heard 3 days ago`."""
    parts = [say("version {version}", version=value.version)]
    if value.signed_on:
        parts.append(say("signed on {signed_on}", signed_on=value.signed_on))
    if value.heard_days_ago is not None:
        days = value.heard_days_ago
        parts.append(say("last news {days} {days:day|days} ago", days=days) if days else say("last news today"))
    if value.expired:
        parts.append(say("past its date: there may be newer, and what is here plays"))
    if value.seen_by:
        parts.append(say("also seen by {seen_by}", seen_by=value.seen_by))
    return listed(parts)
