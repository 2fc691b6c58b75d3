"""Acts of the scene: whose word it is, a door and who is let out, a letter, a film that opens without its maker."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import SourceError
from magnitizdat.library.library import Library
from magnitizdat.model import Card
from magnitizdat.ops.dub.dubbed import DubReport
from magnitizdat.sentence import Sentence, say
from magnitizdat.tour.facts import FRIEND

VOUCHER, HEADLINE, RATING = "Mike", "Loud, and true", 5
CLUB = "Rubinstein 13"
OUTSIDER = "Sergei"
MAKER, FILM = "The director", "Summer"
NEED, HOLDERS = 2, (FRIEND, "Viktor", "Boris")
DAYS_TO_OPENING = 30


class Scene(NamedTuple):
    """Who plays, and where; `newcomer` makes a library of that name, `fact` is told every fact."""

    mike: Library
    viktor: Library
    natalia: Library
    label: str
    place: Path
    disk: Disk
    now: datetime
    fact: Callable[[Sentence, object], None]
    newcomer: Callable[[str], Library]

    def cut(self, host: Library, stick: str, friends: list[str]) -> Path:
        """Somebody cuts a reel for these friends, or for a club."""
        from magnitizdat.ops.clubs.door import sealed_to
        from magnitizdat.ops.clubs.staying import gate
        from magnitizdat.ops.give.cut import cut_reel
        from magnitizdat.ops.give.gathering import gather

        folder, sealed = self.place / stick, sealed_to(host, friends)
        cargo = gather(host, now=self.now, passes=gate(host, club=sealed.club))
        cut_reel(host, cargo, folder, disk=self.disk, recipients=list(sealed.recipients))
        return folder

    def dub(self, guest: Library, stick: Path) -> DubReport:
        """Somebody takes what opens here, and the post of any reel."""
        from magnitizdat.ops.dub.from_sources import dub_all, together

        reports = list[DubReport]()
        with suppress(SourceError):  # it is sealed to somebody else
            for _, report in dub_all(guest, str(stick), now=lambda: self.now):
                reports.append(report)
        return together(reports)


def word(scene: Scene) -> dict[str, Any]:
    """Mike vouches for the label, Natalia reviews the album; fields of the act."""
    from magnitizdat.ops.labels.labels import create, find_label, follow
    from magnitizdat.ops.voices.reviewing import review
    from magnitizdat.ops.voices.shown import about_album
    from magnitizdat.ops.voices.vouching import vouch, vouched_by

    mike, natalia, now = scene.mike, scene.natalia, scene.now
    create(mike, VOUCHER, now=now)
    vouch(mike, scene.label, as_=VOUCHER, now=now)
    friends = [_befriend(mike, natalia, FRIEND), _befriend(mike, scene.viktor, "Viktor")]
    stick = scene.cut(mike, "stick-word", friends)
    for library in (natalia, scene.viktor):
        scene.dub(library, stick)
    follow(natalia, VOUCHER)
    imprint = find_label(natalia, scene.label).imprint
    names = [line.name for line in vouched_by(natalia, imprint)]
    scene.fact(say("the label is shown as one that Mike knows"), names == [VOUCHER])
    album = next(each for each in natalia.shelf.albums() if each.label == scene.label)
    review(natalia, album.id, as_="", now=now, rating=RATING, headline=HEADLINE)
    scene.dub(mike, scene.cut(natalia, "stick-review", [_befriend(natalia, mike, "Mike", label=VOUCHER)]))
    follow(mike, FRIEND)
    said = about_album(mike, next(mike.shelf.albums()).id)
    scene.fact(say("her review stands beside his album"), [each.headline for each in said.followed] == [HEADLINE])
    return {"voucher": VOUCHER, "rating": RATING, "headline": HEADLINE}


def letter(scene: Scene) -> dict[str, Any]:
    """Natalia writes to Viktor; Mike carries it, and cannot read it; fields of the act."""
    from magnitizdat.ops.post.carrying import carried
    from magnitizdat.ops.post.inbox import inbox, read_letter
    from magnitizdat.ops.post.writing import write

    mike, viktor, natalia = scene.mike, scene.viktor, scene.natalia
    text = "The tape is all over town. Sing on."
    empty = _post_of(scene.cut(natalia, "stick-before", ["Mike"]))
    write(natalia, _befriend(natalia, viktor, "Viktor"), text, name=FRIEND, now=scene.now)
    stick = scene.cut(natalia, "stick-letter", ["Mike"])
    scene.fact(say("a reel with a letter shows as many letters, of the same sizes"), _post_of(stick) == empty)
    scene.dub(mike, stick)
    scene.fact(say("Mike has nothing to read"), not inbox(mike).letters)
    scene.fact(say("and carries it"), carried(mike, now=scene.now).others)
    scene.dub(viktor, scene.cut(mike, "stick-onwards", ["Viktor"]))
    (line,) = inbox(viktor).letters
    scene.fact(say("Viktor reads what she wrote"), read_letter(viktor, line.id).text == text)
    return {"letters": sum(empty.values()), "verdict": line.says, "letter": text}


def door(scene: Scene) -> dict[str, Any]:
    """A club opens, three are let in, one is let out again; fields of the act."""
    from magnitizdat.ops.clubs.admitting import admit
    from magnitizdat.ops.clubs.creating import create_club
    from magnitizdat.ops.clubs.expelling import expel
    from magnitizdat.ops.clubs.receiving import join

    mike, viktor, natalia, now = scene.mike, scene.viktor, scene.natalia, scene.now
    sergei = scene.newcomer("sergei")
    create_club(mike, CLUB, now=now)
    members = {FRIEND: natalia, "Viktor": viktor, OUTSIDER: sergei}
    for name, library in members.items():
        admit(mike, _card(library, name), name=name, now=now)
    stick = scene.cut(mike, "stick-invitations", [FRIEND])
    for library in members.values():
        (waiting,) = scene.dub(library, stick).mail.brought.waiting
        join(library, waiting.letter, now=now)
    before = scene.cut(mike, "stick-club", [CLUB])
    opened = [_opens(scene, library, before) for library in members.values()]
    scene.fact(say("a reel for the club opens for each of its members"), all(opened))
    expel(mike, OUTSIDER, now=now)
    after = scene.cut(mike, "stick-club-after", [CLUB])
    scene.fact(
        say("the next one opens for those who stay"), all(_opens(scene, each, after) for each in (natalia, viktor))
    )
    scene.fact(say("and not for who was let out"), not _opens(scene, sergei, after))
    return {"club": CLUB, "members": len(members), "outsider": OUTSIDER}


def film(scene: Scene) -> dict[str, Any]:
    """A film's music is closed until its day; its maker is taken, and friends open it; fields of the act."""
    from magnitizdat.ops.albums.edit import edit
    from magnitizdat.ops.intake.importing import import_music
    from magnitizdat.ops.labels.labels import create, find_label
    from magnitizdat.ops.premieres.making import PremiereWish, make
    from magnitizdat.ops.premieres.opening import GivenShare, open_premiere
    from magnitizdat.ops.premieres.withheld import premieres

    viktor, natalia, now = scene.viktor, scene.natalia, scene.now
    maker = scene.newcomer("director")
    import_music(maker, [scene.place / "tape"])
    (album,) = maker.shelf.albums()
    edit(maker, album.id, {"title": FILM, "artist": MAKER})
    create(maker, MAKER, now=now)
    wish = PremiereWish(opens=(now + timedelta(days=DAYS_TO_OPENING)).date(), need=NEED, holders=HOLDERS)
    made = make(maker, FILM, find_label(maker, MAKER), wish, now=now, small=False)
    stick = scene.cut(
        maker, "stick-film", [_befriend(maker, natalia, FRIEND), _befriend(maker, viktor, "Viktor", label="Viktor")]
    )
    maker.close()  # taken, and everything with him
    for library in (natalia, viktor):
        scene.dub(library, stick)
    (closed,) = premieres(natalia)
    scene.fact(say("the film lies closed in her library"), closed.here and not closed.opened)
    shares = [GivenShare(each.holder, each.words) for each in made.shares]
    one = open_premiere(natalia, FILM, shares=shares[:1], now=now)
    scene.fact(say("one share alone opens nothing"), one.lacking == NEED - 1)
    open_premiere(natalia, FILM, shares=shares[1:], now=now)
    shown = next((each for each in natalia.shelf.albums() if each.title == FILM), None)
    release = natalia.shelf.release(shown.id) if shown is not None else None
    scene.fact(say("two open it, whole, as its maker signed it"), shown is not None and shown.complete)
    return {"film": FILM, "shares": len(HOLDERS), "enough": NEED, "opened": len(release.tracks) if release else 0}


def _opens(scene: Scene, guest: Library, stick: Path) -> bool:
    return bool(scene.dub(guest, stick).labels)


def _post_of(stick: Path) -> dict[int, int]:
    """How many letters of each length a reel shows."""
    lengths = [path.stat().st_size for path in (stick / "post").iterdir()]
    return {length: lengths.count(length) for length in sorted(set(lengths))}


def _befriend(library: Library, friend: Library, name: str, *, label: str = "") -> str:
    """The name under which a friend's card stands here from now on."""
    from magnitizdat.ops.labels.friends import add_friend

    return add_friend(library, _card(friend, name, label=label), name=name, replace=True, sure=True)


def _card(library: Library, name: str, *, label: str = "") -> Card:
    from magnitizdat.ops.labels.friends import my_card

    return my_card(library, name=name, label=label)
