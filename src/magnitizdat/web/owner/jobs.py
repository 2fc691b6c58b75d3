"""Long work for the page: begun, watched, stopped."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import UsageError
from magnitizdat.formats.tickets import is_address
from magnitizdat.model import Imprint, Quality, ShownName, fields
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.jobs import chores, drafts
from magnitizdat.ops.jobs.jobs import Ended, Job, Watch, Work
from magnitizdat.ops.listen.choosing import choose
from magnitizdat.ops.places.remote import is_far
from magnitizdat.ops.places.socks import parse_proxy
from magnitizdat.ops.places.sticks import room_for_a_reel
from magnitizdat.ops.premieres.making import PremiereWish
from magnitizdat.sentence import Voice, say
from magnitizdat.web.http.answers import answer, asked, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.speech import voice_of
from magnitizdat.web.owner import city, sticks, upkeep
from magnitizdat.web.owner.choosing import Ticked, WantedDownload
from magnitizdat.web.owner.labels import signer
from magnitizdat.web.owner.names import find_label, label_id
from magnitizdat.web.owner.premieres import find_premiere
from magnitizdat.web.owner.tables import api
from magnitizdat.web.owner.work import room

NET = frozenset({"http", "https", "s3", "sftp", "ssh", "ftp", "gs", "gcs", "az", "abfs", "webdav", "webdavs"})
"""What the addresses of spools begin with."""
EXPORTED = "Music"
"""The folder on a stick that plain files go into."""
WAIT_S = 20.0
SLICE_S = 1.0
"""Seconds after which a page that waits for news sees that the server ends."""


class Take(msgspec.Struct, frozen=True, tag="take", tag_field="verb"):
    reel: str = ""
    stick: str = ""
    address: str = ""
    words: str | None = ""
    quality: Quality = "full"
    again: bool = False
    """Also what was removed here."""
    albums: tuple[str, ...] = ()
    """Only these, by id; all of them where none is named."""
    without: tuple[Imprint, ...] = ()
    """Labels whose word for others does not count this time."""
    others: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=4096)], ...], msgspec.Meta(max_length=16)] = ()
    """Other addresses that have the same."""
    proxy: str = ""
    give: Ticked | None = None
    """What another laptop may take in turn."""


class FillStick(sticks.Fill, frozen=True, tag="fill", tag_field="verb"):
    pass


class RehearseStick(sticks.Fill, frozen=True, tag="rehearse", tag_field="verb"):
    """What would go, and why."""


class ExportFiles(WantedDownload, frozen=True, tag="export", tag_field="verb", kw_only=True):
    """Plain files on a stick; nothing ticked means everything. `small`: Opus, for a phone."""

    stick: str
    small: bool = False


class Publish(msgspec.Struct, frozen=True, tag="publish", tag_field="verb"):
    albums: tuple[str, ...]
    label: str = ""
    cut_off: bool = False
    second: bool = False
    """Also what another label has signed."""


class Import(msgspec.Struct, frozen=True, tag="import", tag_field="verb"):
    uploads: tuple[int, ...]
    albums: drafts.Wishes = ()


class Accept(msgspec.Struct, frozen=True, tag="accept", tag_field="verb"):
    """Take in files that guests left."""

    left: tuple[str, ...]


class KeepArchive(msgspec.Struct, frozen=True, tag="archive", tag_field="verb"):
    """`label` as the page calls it."""

    label: str
    stick: str


class Mirror(msgspec.Struct, frozen=True, tag="mirror", tag_field="verb"):
    """An own label, as the page calls it, openly at an address; or only compared with what lies there."""

    label: str
    to: Annotated[str, msgspec.Meta(max_length=4096)]
    way: chores.MirrorWay = "write"


class MakePremiere(msgspec.Struct, frozen=True, tag="premiere", tag_field="verb"):
    """Close an album. `label` as the page calls it."""

    album: str
    label: str
    opens: date
    need: int
    holders: tuple[ShownName, ...]
    untitled: bool = False
    letters: bool = True


class OpenPremiere(msgspec.Struct, frozen=True, tag="open", tag_field="verb"):
    """Open a closed album by shares, or by words; `label` says them then, where one is named."""

    premiere: str
    shares: tuple[ShownName, ...] = ()
    words: ShownName = ""
    label: str = ""


WantedWork = (
    Take
    | FillStick
    | RehearseStick
    | ExportFiles
    | upkeep.Check
    | upkeep.Mend
    | upkeep.Copy
    | upkeep.StashTake
    | upkeep.StashGive
    | upkeep.PutPage
    | city.Simulate
    | Publish
    | Import
    | Accept
    | KeepArchive
    | Mirror
    | MakePremiere
    | OpenPremiere
)
KEYLESS = (*upkeep.KEYLESS, KeepArchive, Mirror)
"""Work that writes nothing to the library."""


def begin(request: Request, service: Service) -> Response:
    """Begin work; its id."""
    wanted: WantedWork = asked(request, WantedWork)  # type: ignore[arg-type]  # a union of structs
    verb = str(type(wanted).__struct_config__.tag)
    work = _work(service, wanted, voice_of(request))
    job = room(service).jobs.start(verb, work, writes=not isinstance(wanted, KEYLESS))
    return answer(shown(service, job))


def _work(service: Service, wanted: WantedWork, voice: Voice) -> Work:
    library, places = service.library(), room(service).places
    match wanted:
        case Take(stick=stick) if stick:
            return _from_stick(service, wanted)
        case Take(reel=reel, address=address):
            source = str(places.find(reel)) if reel else _checked(address)
            return _dub(service, source, wanted)
        case FillStick() | RehearseStick() | ExportFiles():
            return _export(service, wanted) if isinstance(wanted, ExportFiles) else _fill(service, wanted)
        case (
            upkeep.Check()
            | upkeep.Mend()
            | upkeep.Copy()
            | upkeep.StashTake()
            | upkeep.StashGive()
            | upkeep.PutPage()
            | city.Simulate()
        ):
            return upkeep.begin(service, wanted)
        case Import():
            return _import(service, wanted)
        case Accept(left=left):
            return chores.accept(library, left)
        case KeepArchive() | Mirror():
            return _keep(service, wanted)
        case MakePremiere() | OpenPremiere():
            return _premiere(service, wanted, voice)
        case Publish(albums=albums, label=label):
            signer_of = _label(service, label)
            return chores.sign(
                library, albums, signer_of, now=service.now, cut_off=wanted.cut_off, second=wanted.second
            )


def _keep(service: Service, wanted: KeepArchive | Mirror) -> Work:
    """A whole label elsewhere: an archive on a stick, or openly at an address."""
    library = service.library()
    label = find_label(library, wanted.label)
    if isinstance(wanted, Mirror):
        scheme = wanted.to.casefold().partition("://")[0]
        if "://" not in wanted.to or scheme not in NET - {"http", "https"}:
            raise UsageError(say("this is no place to write to; it begins with s3:// or the like"))
        return chores.mirror(library, label, wanted.to, wanted.way, now=service.now, disk=service.disk())
    place = room(service).places.find(wanted.stick)
    return chores.keep_archive(library, label, place, now=service.now, disk=upkeep.disk_for(service, place))


def _premiere(service: Service, wanted: MakePremiere | OpenPremiere, voice: Voice) -> Work:
    """Seal an album into a file, or take it out of one: the shares that come of it are in the report alone."""
    library = service.library()
    match wanted:
        case MakePremiere(album=album):
            wish = PremiereWish(
                opens=wanted.opens,
                need=wanted.need,
                holders=wanted.holders,
                untitled=wanted.untitled,
                letters=wanted.letters,
            )
            return chores.close(library, album, signer(library, wanted.label), wish, now=service.now, voice=voice)
        case OpenPremiere(shares=shares, words=words):
            closed = find_premiere(library, wanted.premiere)
            as_ = signer(library, wanted.label)
            work = chores.open_closed(library, closed.id, shares, words=words, as_=as_, now=service.now)
            return lambda watch: _with_premiere(work(watch), wanted.premiere)


def _with_premiere(ended: Ended, premiere: str) -> Ended:
    return ended._replace(report={**ended.report, "premiere": premiere})


def _checked(address: str) -> str:
    """An address of the net, or of another laptop; never a path, which only what was offered has."""
    scheme, separator, _ = address.casefold().partition("://")
    if scheme == "file":
        raise UsageError(
            say("this is a folder of this computer and no address; plug it in, or name it among the sticks")
        )
    is_laptop = not separator and is_address(address) and is_far(address)
    if address and not is_laptop and not (separator and scheme in NET):  # fsspec knows more ways to a folder
        raise UsageError(
            say(
                "this is not an address; another laptop's ends with its port, as its screen shows it, others begin with"
                " https://"
            )
        )
    return address


def _from_stick(service: Service, wanted: Take) -> Work:
    """Reels and spools of a stick where there are some, else its plain music."""
    stick = room(service).places.find(wanted.stick)
    library = service.library()
    here = next((each for each in room(service).look(library) if each.folder == stick), None)
    if here is not None and not here.reels and here.music:
        return chores.take_in(library, [stick])
    return _dub(service, str(stick), wanted)


def _dub(service: Service, source: str, wanted: Take) -> Work:
    return chores.take(
        service.library(),
        source,
        now=service.now,
        others=[_checked(each) for each in wanted.others],
        words=wanted.words or "",
        proxy=parse_proxy(wanted.proxy) if wanted.proxy else None,
        give=wanted.give.choice() if wanted.give else None,
        quality=wanted.quality,
        wishes=DubWishes(albums=wanted.albums, again=() if wanted.again else None),
        without=wanted.without,
    )


def _fill(service: Service, wanted: FillStick | RehearseStick) -> Work:
    library, places = service.library(), room(service).places
    wish = sticks.wish_of(service, wanted)
    stick = places.find(wanted.stick)
    if isinstance(wanted, RehearseStick):
        return chores.rehearse_stick(library, stick, wish, now=service.now)

    def work(watch: Watch) -> Ended:
        folder = stick if wish.one_file else room_for_a_reel(library, stick, is_open=wish.is_open)
        ended = chores.fill_stick(library, folder, wish, now=service.now, disk=upkeep.disk_for(service, stick))(watch)
        reel = Path(ended.report["file"] or folder)
        return ended._replace(report={**ended.report, "stick": wanted.stick, "reel": places.name(reel)})

    return work


def _export(service: Service, wanted: ExportFiles) -> Work:
    library, stick = service.library(), room(service).places.find(wanted.stick)
    chosen = choose(library, wanted.choice(), now=service.now())
    folder, disk = stick / EXPORTED, upkeep.disk_for(service, stick)
    return chores.export_plain(library, folder, chosen, name=wanted.name, small=wanted.small, disk=disk)


def _import(service: Service, wanted: Import) -> Work:
    """Files that came; once what is music of them is in, they are dropped."""
    uploads = room(service).uploads
    pictures = [wish.cover.upload for wish in wanted.albums if wish.cover is not None]
    numbers = list(dict.fromkeys([*wanted.uploads, *pictures]))
    work = drafts.take_in_corrected(service.library(), uploads.landed(numbers), wanted.albums)

    def import_and_drop(watch: Watch) -> Ended:
        before = {view.id for view in service.library().shelf.own_albums()}
        ended = work(watch)
        uploads.drop(numbers)
        fresh = [album for album in ended.report["albums"] if album not in before]
        return ended._replace(report={**ended.report, "new_albums": fresh})

    return import_and_drop


def _label(service: Service, named: str) -> str:
    """An own label by what the page calls it, or by its name."""
    library = service.library()
    views = {label_id(library, view.imprint): view.imprint for view in library.shelf.labels()}
    return views.get(named, named)


def shown(service: Service, job: Job) -> dict[str, Any]:
    """A job as the page reads it: its new labels have ids and pictures."""
    found: dict[str, Any] = fields(job)
    if not service.locked:
        for label in found["report"].get("new_labels", ()):
            label["id"] = label_id(service.library(), label["imprint"])
            label["picture"] = f"api/labels/{label['id']}/picture.svg"
        for label in found["report"].get("frozen", ()):
            label["id"] = label_id(service.library(), label["imprint"])
        if job.verb == "publish" and "imprint" in found["report"]:
            found["report"]["qr"] = f"api/labels/{label_id(service.library(), found['report']['imprint'])}/qr.svg"
    return found


def everything(_request: Request, service: Service) -> Response:
    """All jobs that are remembered."""
    return answer({"jobs": [shown(service, job) for job in room(service).jobs.all()]})


class _Wait(msgspec.Struct, frozen=True):
    wait: int = 0


def one(request: Request, service: Service) -> Response:
    """One job, with `wait` once it changed; at once where too many wait already."""
    jobs, wanted = room(service).jobs, request.path_params["job"]
    job = known = jobs.find(wanted)
    may_wait = bool(queried(request, _Wait).wait) and room(service).waiting.acquire(blocking=False)
    try:
        until = monotonic() + (WAIT_S if may_wait else 0)
        while job == known and job.state == "running" and monotonic() < until and not service.ending.is_set():
            job = jobs.find(wanted, wait_s=SLICE_S)
    finally:
        if may_wait:
            room(service).waiting.release()
    return answer(shown(service, job))


def stop(request: Request, service: Service) -> Response:
    """Stop one between two steps."""
    return answer(shown(service, room(service).jobs.stop(request.path_params["job"])))


ENDPOINTS: tuple[Endpoint, ...] = (
    api("POST", "jobs", begin),
    api("GET", "jobs", everything, polls=True),
    api("GET", "jobs/{job}", one, polls=True),
    api("DELETE", "jobs/{job}", stop),
)
