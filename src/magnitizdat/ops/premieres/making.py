"""`mag premiere make`: an album that its label lists and withholds, closed in a file that every library may hold.

Only who has enough shares of twelve words opens it. Neither these words nor shares of them stay in the library.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime

from msgspec import structs

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.premieres import MAX_SHARES, Premiere
from magnitizdat.catalogue.publisher import listing
from magnitizdat.errors import UsageError
from magnitizdat.formats.age_keys import X25519Identity, X25519Recipient
from magnitizdat.formats.names import clean_line, secret_words
from magnitizdat.formats.shares import SECRET_LENGTH, split
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.journal import PublishedRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import withheld_name
from magnitizdat.model import Outcome, Progress, Release, Shortfall, Silent, Value
from magnitizdat.ops.albums.edit import own_album
from magnitizdat.ops.albums.renditions import add_small
from magnitizdat.ops.albums.withheld import require_open
from magnitizdat.ops.intake.halves import require_whole
from magnitizdat.ops.labels.labels import label_keys
from magnitizdat.ops.labels.publish import stamped
from magnitizdat.ops.post.writing import new_id, send_letter
from magnitizdat.ops.premieres.sealing import seal_album
from magnitizdat.ops.voices.saying import say_voices
from magnitizdat.scene.letters import SHARE, Letter, Sender, attached
from magnitizdat.scene.premieres import share_digest, words_file
from magnitizdat.sentence import IN_ENGLISH, Sentence, Voice, advice, framed, say, size_words


class PremiereWish(Value, frozen=True, kw_only=True):
    """How an album shall be closed: until when, and whose shares open it, any `need` of these `holders`'.

    `untitled`: neither its title nor its artist is told. `letters`: holders who are friends get theirs in a letter too.
    """

    opens: date
    need: int
    holders: tuple[str, ...]
    untitled: bool = False
    letters: bool = True


class ShownShare(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A share as it is given out: to whom, and its words, which are shown once and kept nowhere.

    `letter`: a letter that takes them to the holder is on its way, too.
    """

    holder: str
    words: str
    sha256: str
    letter: bool = False


class PremiereReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A premiere that was made. `length`: bytes of the closed file."""

    label: str
    imprint: str
    version: int
    id: str
    release_id: str
    title: str
    opens: str
    need: int
    length: int
    shares: tuple[ShownShare, ...]
    small: int = 0
    without_small: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """What is closed until when, and that nothing else of it leaves."""
        return Outcome(
            headline=say(
                "«{title}» is a premiere of {label}: closed in {length}, to be opened on {opens}.",
                title=self.title,
                label=self.label,
                length=size_words(self.length),
                opens=self.opens,
            ),
            lines=(
                say(
                    "Its closed file goes along with everything of {label} that you give away from now on.",
                    label=self.label,
                ),
                say("Until it is open nothing of «{title}» leaves this library in another way.", title=self.title),
            ),
            missing=self.without_small,
        )

    def given_out(self) -> Outcome:
        """The shares, each to be given to its holder: told before anything is signed."""
        once = say("They are shown once and kept nowhere: give each to its holder, on paper or read aloud.")
        return Outcome(headline=self.about(), lines=(once, *map(_line, self.shares)))

    def about(self) -> Sentence:
        """What the shares are good for."""
        return say(
            "Any {need} of these {of} shares open it, also before that day, and without its author.",
            need=self.need,
            of=len(self.shares),
        )


def _line(share: ShownShare) -> Sentence:
    words = framed("{holder}: {words}", holder=share.holder, words=share.words)
    return framed("{line} {more}", line=words, more=_LETTER) if share.letter else words


_LETTER = say("(a letter with it is on its way, too)")


def make(
    library: Library,
    target: str,
    label: LabelView,
    wish: PremiereWish,
    *,
    now: datetime,
    small: bool = True,
    cut_off: bool = False,
    only_copy: bool = False,
    voice: Voice = IN_ENGLISH,
    progress: Progress | None = None,
    give_out: Callable[[PremiereReport], None] = lambda _report: None,
) -> PremiereReport:
    """Close an own album that nobody signed, and list it in an own label. Letters to holders speak as `voice` does.

    `give_out` shows the shares, which are kept nowhere, before the one commit: where it raises nothing is signed.

    Raises: UsageError where it cannot be closed any more, or the shares are not such as one may be lost; nothing is
    signed then.
    """
    wish, watcher = structs.replace(wish, holders=_names(wish)), progress or Silent()
    with library.changes() as changes:
        view, release = own_album(library, target)
        _require_unsigned(library, view)
        if not cut_off:
            require_whole(release)
        label_keys(library, label.imprint)  # before long work
        made = add_small(library, changes, [release] if small else [], watcher)
        release = _to_sign(library, label, made.releases[0] if small else release, wish)
        secret = secrets.token_bytes(SECRET_LENGTH)
        shares = split(secret, wish.need, len(wish.holders))
        premiere = _close(library, changes, release, wish, secret=secret, shares=shares, progress=watcher)
        version = _list(library, changes, release, label, premiere, now=now, only_copy=only_copy)
        tracks = {track.id for track in release.tracks}
        changes.then(lambda index: index.closed.withhold(label.imprint, release.id, tracks))
        changes.row(PublishedRow(release_id=view.id, imprint=label.imprint))
        given = [_given(*each) for each in zip(wish.holders, shares, strict=True)]
        if wish.letters:
            given = [_sent(library, changes, each, premiere, label, now=now, voice=voice) for each in given]
        report = PremiereReport(
            label=label.name,
            imprint=label.imprint,
            version=version,
            id=premiere.id,
            release_id=release.id,
            title=release.title,
            opens=premiere.opens,
            need=wish.need,
            length=premiere.file.length,
            shares=tuple(given),
            small=made.made,
            without_small=made.missing,
        )
        give_out(report)
        changes.commit()
    return report


def _names(wish: PremiereWish) -> tuple[str, ...]:
    names = tuple(clean_line(each) for each in wish.holders)
    if not 2 <= wish.need < len(names) <= MAX_SHARES:
        raise UsageError(
            advice(
                terminal=say(
                    "{need} of {of} is no choice; name at least 3 and at most {most} holders with --holder, and"
                    " with --need at least 2 and fewer than all, so that one lost share costs nothing",
                    need=wish.need,
                    of=len(names),
                    most=MAX_SHARES,
                ),
                page=say(
                    "{need} of {of} is no choice; name at least 3 and at most {most} holders, and let at least 2"
                    " and fewer than all of them be needed, so that one lost share costs nothing",
                    need=wish.need,
                    of=len(names),
                    most=MAX_SHARES,
                ),
            )
        )
    if len({name.casefold() for name in names}) < len(names) or not all(names):
        raise UsageError(say("two holders have one name; each gets a share of their own, so say another name for one"))
    return names


def _require_unsigned(library: Library, view: AlbumView) -> None:
    require_open(library, view)
    if view.imprint or library.index.signed.is_listed(view.id):
        raise UsageError(say("«{title}» was signed or passed on before, so it is no secret any more", title=view.title))
    if not view.complete:
        raise UsageError(say("«{title}» is not whole here; import it again before it is closed", title=view.title))


def _to_sign(library: Library, label: LabelView, release: Release, wish: PremiereWish) -> Release:
    """The id of an album follows from its title, which somebody may guess: one that tells none has one of chance."""
    named = structs.replace(release, id=secrets.token_hex(16)) if wish.untitled else release
    return stamped(library, label, named, wish.opens)


def _close(
    library: Library,
    changes: Changes,
    release: Release,
    wish: PremiereWish,
    *,
    secret: bytes,
    shares: Sequence[str],
    progress: Progress,
) -> Premiere:
    identity, content = X25519Identity.generate(), encode(release)
    return Premiere(
        id=secrets.token_hex(16),
        release_id=release.id,
        document=hashlib.sha256(content).hexdigest(),
        file=seal_album(library, changes, release, content, identity.recipient, progress=progress),
        words=words_file(identity, secret_words(secret)),
        opens=wish.opens.isoformat(),
        need=wish.need,
        shares=tuple(sorted(map(share_digest, shares))),  # in an order that says nothing of the holders
        artist="" if wish.untitled else release.artist,
        title="" if wish.untitled else release.title,
    )


def _list(
    library: Library,
    changes: Changes,
    release: Release,
    label: LabelView,
    premiere: Premiere,
    *,
    now: datetime,
    only_copy: bool,
) -> int:
    """Sign both in one list: its version. The album's document stays here, under a name that no spool has."""
    content, path = encode(release), target_path(RELEASE, release.id)
    changes.put_member(withheld_name(label.imprint, release.id), content)
    besides = {path: listing(path, content)}
    return say_voices(library, changes, label, [premiere], now=now, only_copy=only_copy, besides=besides).version


# -- giving out --------------------------------------------------------------------------------------------------------


def _given(holder: str, words: str) -> ShownShare:
    return ShownShare(holder=holder, words=words, sha256=share_digest(words))


def _sent(
    library: Library,
    changes: Changes,
    share: ShownShare,
    premiere: Premiere,
    label: LabelView,
    *,
    now: datetime,
    voice: Voice,
) -> ShownShare:
    """A share, and a letter with it where its holder is a friend. Nobody signs it: a digest tells that it is right."""
    cards = {name.casefold(): card for name, card in library.shelf.friends().items()}
    card = cards.get(share.holder.casefold())
    if card is None:
        return share
    content = share.words.encode()
    title = premiere.title or say("a premiere of {label}", label=label.name)
    letter = Letter(
        id=new_id(),
        recipient=card.recipient,
        sender=Sender(name=label.name, imprint=label.imprint),
        date_sent=now.isoformat(timespec="seconds"),
        text=voice.said(
            say(
                "This is a share of «{title}». Any {need} of {of} open it, on {opens}. Keep it, and tell its"
                " words to nobody before; then give it where the album lies closed.",
                title=title,
                need=premiere.need,
                of=len(premiere.shares),
                opens=premiere.opens,
            )
        ),
        attachment=attached(content, SHARE),
    )
    recipients = [X25519Recipient.from_text(card.recipient)]
    send_letter(library, changes, letter, recipients, attachment=content, to=share.holder, now=now)
    return structs.replace(share, letter=True)
