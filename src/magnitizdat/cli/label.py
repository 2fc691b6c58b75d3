"""Labels and friends: who signs, and whom to seal to."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from msgspec import structs

from magnitizdat.cli import ends, face, holders, signing, words
from magnitizdat.cli.help import Grouped
from magnitizdat.errors import MagError, UsageError, partly
from magnitizdat.model import Card, Shortfall, fields
from magnitizdat.sentence import SILENCE, framed, listed, say

if TYPE_CHECKING:
    from magnitizdat.library.index.views import LabelView
    from magnitizdat.library.library import Library

labels = typer.Typer(
    cls=Grouped, help="Create, list, follow and restore labels.", no_args_is_help=True, rich_markup_mode=None
)
friends = typer.Typer(cls=Grouped, help="Add and list friends.", no_args_is_help=True, rich_markup_mode=None)

STANDINGS = {"own": say("your own"), "followed": say("followed"), "new": say("new"), "carrier": say("passed on")}


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
    holders.register(labels)
    ends.register(labels, friends)
    app.add_typer(labels, name="label", rich_help_panel="Publish")
    app.command("follow", rich_help_panel="Take")(follow)
    app.command("card", rich_help_panel="Give")(card)
    app.add_typer(friends, name="friend", rich_help_panel="Give")


def show_paper(secret: str, name: str) -> None:
    """The words of a paper key that shall be written down now."""
    out = face.current
    paper = secret.split()
    out.say()
    out.say(
        "Write these 24 words on paper and keep it away from here. They take «{name}» back if this library is lost,",
        name=name,
    )
    out.say("and whoever has them can sign as it. They are shown once and kept nowhere.")
    for start in range(0, len(paper), 6):
        numbers = range(start, min(start + 6, len(paper)))
        out.show("  " + "  ".join(f"{number + 1:2d} {paper[number]}" for number in numbers))
    if not out.settings.as_json and not out.settings.quiet:
        from magnitizdat.pages.qr import terminal_qr

        out.show("")
        out.say("The same as a QR, to print:")
        out.show(terminal_qr(secret))


@labels.command("create")
def create(name: Annotated[str, typer.Argument(help='What it is called, for example "Zoopark Tapes".')]) -> int:
    """Make a label: one root key stays here, one is shown once as words for paper."""
    from magnitizdat.ops.labels.labels import create as create_op

    out = face.current
    with out.library() as library:
        address, paper = create_op(library, name, now=datetime.now(UTC))
    out.document({**fields(address), "paper_words": paper})
    out.say("«{name}» is a label now: {words}", name=address.name, words=address.words)
    out.say("Its address: {imprint}", imprint=address.imprint)
    show_paper(paper, name)
    return 0


@labels.command("restore")
def restore(
    label: Annotated[str, typer.Argument(help="The label: name, four words, or address.")],
    words_file: words.InFile = None,
    on_the_line: words.OnTheLine = "",
    instead: holders.Instead = False,
) -> int:
    """Take a label back with the words on paper, which are asked for: new keys, a new paper; what is signed stays."""
    from magnitizdat.ops.labels.labels import take_back

    out = face.current
    spoken = words.given(on_the_line, words_file) or out.ask_line(say("The 24 words"))
    with out.library() as library:
        address, paper = take_back(library, label, spoken, now=datetime.now(UTC), instead=instead)
    out.document({**fields(address), "paper_words": paper})
    out.say(
        "«{name}» is yours again: root version {version}. The old paper is void.",
        name=address.name,
        version=address.checkpoint.version,
    )
    show_paper(paper, address.name)
    return 0


@labels.command("list")
def list_labels() -> int:
    """Labels that this library knows: yours, followed, new."""
    from magnitizdat.formats.names import imprint_words
    from magnitizdat.ops.labels.branches import forks_of
    from magnitizdat.ops.labels.ends import blocked_rows
    from magnitizdat.ops.labels.labels import freshness, freshness_words, held_state
    from magnitizdat.ops.labels.vouches import vouch_sentences, vouched_by

    out = face.current
    with out.library() as library:
        views, blocked = library.shelf.labels(), blocked_rows(library)
        now = datetime.now(UTC)
        fresh = {view.imprint: freshness(library, view, now=now) for view in views}
        vouched = {view.imprint: vouched_by(library, view.imprint) for view in views}
        forks = {view.imprint: forks_of(held_state(library, view.imprint)) for view in views if view.frozen}
    spoken = {view.imprint: imprint_words(view.imprint) for view in views}
    out.document(
        {
            "labels": [
                {
                    **fields(view),
                    "words": spoken[view.imprint],
                    "freshness": fields(fresh[view.imprint]),
                    "vouched_by": fields(vouched[view.imprint]),
                    "forks": fields(forks.get(view.imprint, ())),
                }
                for view in views
            ],
            "blocked": [
                {"imprint": row.imprint, "name": row.name, "words": imprint_words(row.imprint)} for row in blocked
            ],
        }
    )
    rows = []
    for view in views:
        value = fresh[view.imprint]
        heard = out.spoken(freshness_words(value) if value else say("not readable"))
        standing = [STANDINGS.get(view.standing, SILENCE), *([say("frozen")] if view.frozen else [])]
        rows.append([view.name, out.spoken(listed(standing)), spoken[view.imprint], heard])
    if rows:
        out.table([say("LABEL"), SILENCE, say("FOUR WORDS"), say("NEWS")], rows)
    else:
        out.say('No labels yet. `mag label create "…"` makes one, `mag dub` brings those of others.')
    if blocked:
        names = listed([framed("«{name}»", name=row.name or imprint_words(row.imprint)) for row in blocked])
        out.say("Blocked, so that nothing of them comes in: {names}. `mag label unblock` ends that.", names=names)
    for view in views:
        if vouched[view.imprint]:
            out.show(f"{view.name}: {out.spoken(listed(vouch_sentences(vouched[view.imprint])))}")
        for fork in forks.get(view.imprint, ()):
            out.say(framed("{what}.", what=fork.sentence(view.name)))
            out.say(framed("{how}.", how=fork.how_to_choose(view.name)))
    return 0


@labels.command("address")
def address(label: Annotated[str, typer.Argument(help="The label: name, four words, or address.")] = "") -> int:
    """The address of a label, to write down or print."""
    from magnitizdat.ops.labels.labels import address as address_op
    from magnitizdat.pages.qr import terminal_qr

    out = face.current
    with out.library() as library:
        found = address_op(library, label or _only_own(library))
    document = fields(found)
    out.document(document)
    out.show(f"{found.name}\n{found.words}\n{found.imprint}")
    out.say("root version {version}, {sha256}", version=found.checkpoint.version, sha256=found.checkpoint.sha256)
    out.show(terminal_qr(msgspec.json.encode(document).decode()))
    return 0


def _only_own(library: Library) -> str:
    from magnitizdat.ops.labels.labels import own_labels

    own = own_labels(library)
    if not own:
        raise UsageError(say("you have no label yet; name the label whose address you want"))
    if len(own) > 1:
        raise UsageError(say("you have several labels; name the one whose address you want"))
    return own[0].imprint


@labels.command("choose")
def choose(
    label: Annotated[str, typer.Argument(help="The frozen label.")],
    digest: Annotated[str, typer.Argument(help="How the one to go on with begins, as `mag label list` shows it.")],
) -> int:
    """A label signed two different things: choose one, after asking its people by another way."""
    from magnitizdat.ops.labels.labels import choose_branch

    out = face.current
    with out.library() as library:
        view = choose_branch(library, label, digest)
    out.document({"imprint": view.imprint, "name": view.name})
    out.say(
        "«{name}» goes on with that branch; the other one is turned down. Dub it again to bring the rest.",
        name=view.name,
    )
    return 0


@labels.command("follow")
def follow(
    label: Annotated[str, typer.Argument(help="The label: name, four words, or address.")],
    with_club: Annotated[
        bool, typer.Option("--with-club", help="First met through a club: from now on it goes to others, too.")
    ] = False,
) -> int:
    """Follow a label that a dub brought. Compare the four words with somebody you trust first."""
    from magnitizdat.formats.names import imprint_words
    from magnitizdat.ops.labels.labels import follow as follow_op

    out = face.current
    with out.library() as library:
        view = follow_op(library, label, sure=out.settings.yes, with_club=with_club)
    out.document({"imprint": view.imprint, "name": view.name, "standing": "followed"})
    out.say("You follow «{name}» now: {imprint}.", name=view.name, imprint=imprint_words(view.imprint))
    return 0


@labels.command("remove")
def remove(label: Annotated[str, typer.Argument(help="The label: name, four words, or address.")]) -> int:
    """Take a label of others out again, with its papers and albums; its space comes back."""
    from magnitizdat.ops.labels.removing import remove_label

    out = face.current
    with out.library() as library:
        report = remove_label(library, label, sure=out.settings.yes)
    return out.end(report.outcome(), fields(report))


def card(
    name: Annotated[
        str, typer.Option(help="The name that friends see. Who has no label yet gets one that is called so.")
    ] = "",
    label: signing.As = "",
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write the card as a small file.")] = None,
    new: Annotated[
        bool, typer.Option("--new", help="First a new address: what was sealed to the old ones still opens.")
    ] = False,
) -> int:
    """Your card: what a friend needs to seal a reel to you. Not secret, but it names your label."""
    from magnitizdat.ops.labels.friends import my_card
    from magnitizdat.ops.labels.labels import own_labels

    out = face.current
    out.require_new(to)
    passphrase = out.passphrase(say("Passphrase")) if new else ""
    missing = _add_address(passphrase, label) if new else ()
    with _opened(passphrase) if new else out.library() as library:
        own = own_labels(library)
        name, paper = _first_label(library, name) if not (own or label) else (name, "")
        label = label or _which(own)
        mine = my_card(library, name=name, label=label)
        siblings = [view.name for view in own if view.imprint != mine.imprint]
    missing += _write_card(mine, to, has_news=bool(new or paper))
    told = {"missing": fields(missing)} if new or missing else {}
    out.document({**fields(mine), **({"paper_words": paper} if paper else {}), **told})
    if paper:
        out.say(
            "You had no label yet; «{name}» is one now, so that friends know whose words are yours.", name=mine.name
        )
        show_paper(paper, mine.name)
    _show_card(mine, to)
    if siblings:
        out.say("The cards of all your labels bear this address: who has two of them knows that both labels are yours.")
    out.missing(missing)
    return partly(missing)


def _first_label(library: Library, name: str) -> tuple[str, str]:
    """A card shows a label, and there is none yet: its name, which somebody has to say, and the words of its paper.

    Raises: UsageError where nobody says one.
    """
    from magnitizdat.formats.names import passphrase_words
    from magnitizdat.ops.labels.friends import NO_LABEL
    from magnitizdat.ops.labels.labels import create as create_op

    out = face.current
    if not name and out.may_ask:
        out.say("A card shows one of your labels, and you have none yet; a name of your choice makes one.")
        name = out.ask_line(say("Its name (nobody needs your real one)"))
    name = name or (passphrase_words(2) if out.settings.yes else "")
    if not name:
        raise UsageError(NO_LABEL)
    return name, create_op(library, name, now=datetime.now(UTC))[1]


def _which(own: list[LabelView]) -> str:
    """Of several labels the one that a person names when asked; empty where that is not to be asked."""
    out = face.current
    if len(own) < 2 or not out.may_ask:
        return ""
    for number, view in enumerate(own, 1):
        out.show(f"  {number}  {view.name}")
    answer = out.ask_line(say("Which of your labels shall the card show (a number or a name)"))
    return own[int(answer) - 1].imprint if answer.isdecimal() and 0 < int(answer) <= len(own) else answer


def _add_address(passphrase: str, label: str) -> tuple[Shortfall, ...]:
    from magnitizdat.ops.keep.keys import add_address
    from magnitizdat.ops.labels.labels import own_labels, signing_label

    with _opened(passphrase) as library:  # an address is made for a card that can be shown
        if label or own_labels(library):
            signing_label(library, label)
    report = add_address(face.current.directory, passphrase, disk=face.current.disk(private=True))
    outcome = structs.replace(report.outcome(), missing=())
    face.current.tell(outcome)
    return report.missing


def _opened(passphrase: str) -> Library:
    from magnitizdat.library.library import Library, unlock

    return Library(face.current.directory, unlock(face.current.directory, passphrase))


def _write_card(mine: Card, to: Path | None, *, has_news: bool) -> tuple[Shortfall, ...]:
    """Where there is news it is told whatever becomes of the file: a label's paper words are shown once."""
    from magnitizdat.ops.labels.friends import card_bytes

    if to is None:
        return ()
    try:
        face.current.disk().write_atomic(to, card_bytes(mine))
    except MagError as exc:
        if not has_news:
            raise
        return (Shortfall(what=str(to), reason=exc.sentence),)
    return ()


def _show_card(mine: Card, to: Path | None) -> None:
    from magnitizdat.ops.labels.friends import card_bytes
    from magnitizdat.pages.qr import terminal_qr

    out = face.current
    out.show(f"{mine.name}\n{mine.imprint}\n{mine.recipient}")
    if to:
        if to.exists():
            out.say("It is in {to}.", to=to)
    else:
        out.show(terminal_qr(card_bytes(mine).decode()))


@friends.command("add")
def add(
    source: Annotated[Path, typer.Argument(metavar="CARD|PHOTO", help="The card's file, or a photo of its QR.")],
    name: Annotated[str, typer.Option(help="How you call this friend.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="The friend told you that the card changed.")] = False,
) -> int:
    """Keep a friend's card: their name then stands wherever an address would."""
    from magnitizdat.ops.labels.friends import add_friend, is_own, read_card

    out = face.current
    found = read_card(source)
    with out.library() as library:
        known_as = add_friend(library, found, name=name, replace=replace, sure=out.settings.yes)
        own = is_own(library, found)
    out.document({"name": known_as, "imprint": found.imprint, "recipient": found.recipient})
    out.say(
        "«{known_as}» is a friend now: `mag reel cut … --for {to}` seals a reel to them.",
        known_as=known_as,
        to=shlex.quote(known_as),
    )
    if own:
        out.say(
            "This card is your own; ask your friend for theirs. `mag friend remove {own}` takes this one away.",
            own=shlex.quote(known_as),
        )
    return 0


@friends.command("list")
def list_friends() -> int:
    """Friends whose cards you have."""
    from magnitizdat.formats.names import imprint_words

    out = face.current
    with out.library() as library:
        found = library.shelf.friends()
    out.document({"friends": [{**fields(value), "name": name} for name, value in found.items()]})
    rows = [[name, imprint_words(value.imprint), value.recipient] for name, value in found.items()]
    if rows:
        out.table([say("FRIEND"), say("FOUR WORDS"), say("ADDRESS")], rows)
    else:
        out.say("No friends yet. Ask for a card, then `mag friend add CARD`.")
    return 0
