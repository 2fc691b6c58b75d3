"""The post of a source, and what it does for clubs: collected before reels are opened, for a letter may open them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.clubs.keeping import Kept, keep_clubs
from magnitizdat.ops.clubs.receiving import TakenIn, take_in
from magnitizdat.ops.places.sources import letter_files
from magnitizdat.ops.post.collecting import PostReport, collect
from magnitizdat.sentence import Sentence


class MailReport(Value, frozen=True, kw_only=True):
    """What became of letters, what those of clubs brought, and what was done for clubs then."""

    post: PostReport = PostReport()
    brought: TakenIn = TakenIn()
    doors: Kept = Kept()

    def sentences(self) -> Iterator[Sentence]:
        """For the report of a dub."""
        for part in (self.post, self.brought, self.doors):
            yield from part.sentences()


NO_MAIL = MailReport()


def collect_mail(library: Library, source: str, *, now: datetime) -> MailReport:
    """Take in all letters that lie at a source, and act on those of clubs."""
    post = collect(library, letter_files(source), now=now)
    return MailReport(post=post, brought=take_in(library))


def serve_clubs(library: Library, mail: MailReport, *, now: datetime) -> MailReport:
    """Once all is heard: an officer makes the keys that are lacking, and sends them; old ones are destroyed."""
    return replace(mail, doors=keep_clubs(library, now=now))


def all_mail(reports: Sequence[MailReport]) -> MailReport:
    """What came from several sources."""
    return MailReport(
        post=PostReport(
            opened=sum(each.post.opened for each in reports),
            kept=sum(each.post.kept for each in reports),
            left=sum(each.post.left for each in reports),
            waiting=sum(each.post.waiting for each in reports),
            full=tuple(said for each in reports for said in each.post.full),
            ended=sum(each.post.ended for each in reports),
            slips=sum(each.post.slips for each in reports),
        ),
        brought=TakenIn(
            keys=tuple(club for each in reports for club in each.brought.keys),
            out=tuple(club for each in reports for club in each.brought.out),
            waiting=tuple(letter for each in reports for letter in each.brought.waiting),
        ),
        doors=next((each.doors for each in reports if each.doors != Kept()), Kept()),
    )
