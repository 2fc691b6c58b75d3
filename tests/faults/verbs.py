"""All verbs that change anything, as a table: a new one is a line or three here.

Each does what the command does, with the disks of its world, and says what then holds. Repeated after an accident it
completes, or says that it is done already. Work factors are low, and music is short.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from magnitizdat.catalogue.carrying_on import newest_list
from magnitizdat.disk.disk import Disk
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import imprint_text
from magnitizdat.language import ENGLISH
from magnitizdat.library.library import SLOT_NAME, Library, unlock
from magnitizdat.library.slot import is_slot
from magnitizdat.model import Silent
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.edit_form import AlbumPatch, revise
from magnitizdat.ops.albums.many import edit_where
from magnitizdat.ops.albums.undo import undo, undo_on
from magnitizdat.ops.dub.from_sources import dub_all
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.archive import archive
from magnitizdat.ops.give.builds import build_of
from magnitizdat.ops.give.copying import copy_reel
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.export import export
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.inlays import write_inlay
from magnitizdat.ops.give.mending import mend_reel
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.page_placing import place_page
from magnitizdat.ops.give.pass_on import pass_on
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.ops.jobs.preparing import prepare, waiting
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.keys import add_address, change_passphrase
from magnitizdat.ops.keep.paper import write_paper
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.restore import put_back
from magnitizdat.ops.keep.travel import leave_to_friends, open_for_friend
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import ends, friends, labels, publish
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.ops.labels.release_toml import write_draft
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.labels.vouches import vouched_by
from magnitizdat.ops.listen import apps, by_hand, listening, playlists
from magnitizdat.ops.listen.compiling import compile_playlist
from magnitizdat.ops.listen.handing_over import note_address, served_at
from magnitizdat.ops.listen.lists import import_lists
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.ops.post.renaming import rename
from magnitizdat.ops.voices import vouching
from magnitizdat.ops.voices.reviewing import pick, review
from magnitizdat.ops.voices.shown import about_album
from magnitizdat.pages import pocket
from magnitizdat.reel.check import check
from magnitizdat.sentence import IN_ENGLISH
from tests.fakes_audio import PNG
from tests.fakes_doors import give_key
from tests.fakes_library import NOW, PASSPHRASE, contents_of, put_album
from tests.fakes_spool import Liar, is_sound, publish_all
from tests.fakes_spool import release_of as release_to_sign
from tests.faults.accidents import NotDoneError, Verb
from tests.faults.carrying import CARRYING, CARRYING_COMMANDS
from tests.faults.clubs import CLUB_COMMANDS, CLUBS
from tests.faults.everyday import EVERYDAY
from tests.faults.holding import HOLDING, HOLDING_COMMANDS
from tests.faults.letters import LETTER_COMMANDS, LETTERS
from tests.faults.one_file import ONE_FILE
from tests.faults.openings import OPENING_COMMANDS, OPENINGS
from tests.faults.post import POST
from tests.faults.stash import STASH, STASH_COMMANDS
from tests.faults.world import OTHER_WORDS, World, open_library
from tests.ops.music import song, write

# -- what is there ----------------------------------------------------------------------------------------------------

THE_CLUB = imprint_text(bytes(32))
"""A club of which nothing but the key of its door is here."""


def album(world: World, title: str) -> str:
    """The id of a whole album; empty where there is none of that title."""
    return next((view.id for view in world.library.shelf.albums() if view.title == title and view.complete), "")


def is_called(world: World, name: str) -> bool:
    return name in {view.name for view in world.library.shelf.labels()}


def own_label(world: World, name: str = "Zoopark Tapes"):
    return labels.find_label(world.library, name)


def mark(world: World):
    kept = album(world, "Kept")
    return listening.marks(world.library, "", "album", [kept])[kept]


def mix(world: World):
    return playlists.find_playlist(world.library, "", "Mix")


def lists(world: World, name: str) -> list[tuple[str, ...]]:
    return [each.entries for each in playlists.playlists(world.library, "") if each.name == name]


def kept_song(world: World, number: int = 1) -> str:
    return f"{album(world, 'Kept')}-{number}"


def is_whole_reel(folder: Path) -> bool:
    return folder.is_dir() and check(folder).is_valid


def opens(folder: Path) -> bool:
    """Whether it is a library, and sound."""
    with open_library(folder) as library:
        return is_sound(library) and library.index.is_sound()


def version(library: Library, imprint: str) -> int:
    return max(int(name.split(".")[0]) for name in library.label_files(imprint) if name.endswith(".targets.json"))


# -- what a person does -----------------------------------------------------------------------------------------------


def take_music(world: World, *, move: bool = False) -> None:
    report = import_music(world.library, [world / "music"], move=move)
    if report.missing:
        raise NotDoneError(report.missing[0].reason)


def music_is_somewhere(world: World) -> bool:
    """Each song in the folder that it came from, or in the library."""
    there = [path.read_bytes() for path in (world / "music").rglob("*.mp3")]
    taken = contents_of(world.library, album(world, "45")) if album(world, "45") else []
    return {song(1), song(2)} <= {*there, *taken}


def cut(world: World, place: str = "stick/reel", *, words: bool = False) -> None:
    library = world.library
    to = [] if words else friends.recipients(library, ["Natalia"])
    cut_reel(library, gather(library, now=NOW), world / place, recipients=to, work_factor=1, disk=world.disk())


def cut_for_me(world: World) -> None:
    """A reel of a friend's music, sealed to this library."""
    me = world.library.secrets.addresses[0].recipient
    with open_library(world / "out" / "somebody") as somebody:
        cargo = gather(somebody, now=NOW)
        cut_reel(somebody, cargo, world / "stick" / "reel", recipients=[me], work_factor=1, disk=world.disk())


def take_reel(world: World) -> None:
    list(dub_all(world.library, str(world / "stick" / "reel"), now=lambda: NOW))


def cut_for_the_club(world: World) -> None:
    """The same, sealed to the door of a club of which this library has the key."""
    key = X25519Identity(bytes(range(32)))
    give_key(world.library, THE_CLUB, key)
    with open_library(world / "out" / "somebody") as somebody:
        album, _ = put_album(somebody, "Heard there", lengths=(1000,))
        publish_all(somebody, [album], "Kamchatka")
        cargo = gather(somebody, now=NOW)
        cut_reel(
            somebody, cargo, world / "stick" / "reel", recipients=[key.recipient], work_factor=1, disk=world.disk()
        )


def strangers_stay(world: World) -> bool:
    """The label that came with it is known to stay in the club, from the first instant that it is here."""
    stay = of_clubs(world.library)
    return all(view.imprint in stay for view in world.library.shelf.labels() if view.name == "Kamchatka")


def hurt_reel(world: World) -> None:
    """A segment is lost, and another has a scratch."""
    cut(world)
    first, second, *_ = sorted((world / "stick" / "reel").glob("*.age"))
    first.unlink()
    second.write_bytes(b"scratched" + second.read_bytes()[9:])


def mend(world: World) -> None:
    report = mend_reel(world / "stick" / "reel", world.disk())
    if report.missing:
        raise NotDoneError(report.missing[0].reason)


def copy(world: World) -> None:
    targets = [world / "out" / "first", world / "out" / "second"]
    report = copy_reel(world / "stick" / "reel", targets, disk=world.disk())
    failed = [each for each in report.targets if each.verdict != "done"]
    if failed:
        raise NotDoneError(failed[0].reason)


def hurt_library(world: World) -> None:
    """A cell with the album that nobody needs is gone."""
    library = world.library
    release = library.shelf.release(album(world, "Other"))
    assert release is not None
    cell = next(iter(library.placements(release.tracks[0].file.sha256).values())).cell
    library.vault.cell_path(cell).unlink()


def publish_kept(world: World) -> None:
    publish.publish(world.library, [album(world, "Other")], own_label(world), now=NOW)


def review_kept(world: World) -> None:
    review(world.library, album(world, "Kept"), as_="Zoopark Tapes", now=NOW, rating=4, body="Loud.")


def said_of_kept(world: World) -> list[tuple[bool, int | None, str]]:
    return [(each.pick, each.rating, each.text) for each in about_album(world.library, album(world, "Kept")).own]


def list_songs(world: World) -> None:
    songs = list(world.library.index.tracks.songs_of(album(world, "Kept")).values())
    playlists.create(world.library, "", "Tape", entries=songs, now=NOW)


def by_name(world: World, name: str):
    """Songs of a playlist; None where there is none."""
    found = [each for each in playlists.playlists(world.library, "") if each.name == name]
    return found[0].entries if found else None


def compile_tape(world: World) -> None:
    compile_playlist(world.library, "Tape", now=NOW)


def compiled(world: World):
    return [line for line in world.library.index.voices.of_label(own_label(world).imprint) if line.title == "Tape"]


def list_and_compile(world: World) -> None:
    list_songs(world)
    compile_tape(world)


def fill_open(world: World) -> None:
    wish = StickWish(is_open=True, albums=(album(world, "Kept"),))
    folder = world / "stick" / "filled"
    fill(world.library, folder, wish, now=NOW, disk=world.disk(), tell=lambda _: None, progress=Silent())


def export_kept(world: World) -> None:
    view = world.library.shelf.album(album(world, "Kept"))
    assert view is not None
    report = export(world.library, [view], world / "out" / "plain", disk=world.disk())
    if report.missing:
        raise NotDoneError(report.missing[0].reason)


def exported(world: World) -> bool:
    found = {path.read_bytes() for path in (world / "out" / "plain").rglob("*.flac")}
    return set(contents_of(world.library, album(world, "Kept"))) <= found


def archive_label(world: World) -> None:
    """The label whose album is "Kept"."""
    complete(archive(world.library, own_label(world), world / "out" / "bag", now=NOW, disk=world.disk()))


def archived(world: World) -> bool:
    """Every file of it is what its list says, and the list what the last one says."""
    bag = world / "out" / "bag"
    names = ("tagmanifest-sha256.txt", "manifest-sha256.txt")
    listed = [line.split("  ", 1) for name in names for line in (bag / name).read_text(encoding="utf-8").splitlines()]
    whole = all(hashlib.sha256((bag / path).read_bytes()).hexdigest() == digest for digest, path in listed)
    found = {path.read_bytes() for path in bag.rglob("*.flac")}
    return whole and set(contents_of(world.library, album(world, "Kept"))) <= found


def print_sleeve(world: World) -> None:
    view = world.library.shelf.album(album(world, "Kept"))
    assert view is not None
    write_inlay(world.library, view, world / "out" / "sleeve.html", IN_ENGLISH, disk=world.disk())


def archive_and_change(world: World) -> None:
    """An archive, and then the label says something else."""
    archive_label(world)
    publish_kept(world)


def create(world: World) -> None:
    Library.create(world / "second" / "fresh", PASSPHRASE, work_factor=1, disk=world.disk(private=True)).close()


def make_anew(world: World) -> None:
    secrets = world.library.secrets
    world.close()
    rebuild(world / "library" / "mine", secrets, now=NOW, disk=world.disk(private=True))


def restore_label(world: World) -> None:
    labels.take_back(world.library, "Papered", (world / "out" / "words").read_text(), now=NOW)


def papered(world: World) -> None:
    """A label, and the words on its paper."""
    _, words = labels.create(world.library, "Papered", now=NOW)
    (world / "out" / "words").write_text(words)


def another_library(world: World) -> None:
    """A backup that was put to use, with something of its own."""
    backup(world.library, world / "second" / "laptop", disk=world.disk(private=True))
    with open_library(world / "second" / "laptop") as laptop:
        put_album(laptop, "There", lengths=(70_000, 10))


def merge_other(world: World) -> None:
    with open_library(world / "second" / "laptop", world.disk(private=True)) as laptop:
        merge(world.library, laptop, now=NOW)


def fork(world: World) -> None:
    """A label that signed two different third versions."""
    liar = Liar(world / "out" / "first", "Two faces")
    liar.release(release_to_sign([liar.blob(b"old music")], "Old", number=7))
    shutil.copytree(liar.folder, world / "out" / "second")
    state = liar.state
    liar.release(release_to_sign([liar.blob(b"first branch")], "First", number=8))
    dub(world.library, FolderSpool(liar.folder), now=NOW)
    liar.folder, liar.state = world / "out" / "second", state
    liar.release(release_to_sign([liar.blob(b"second branch")], "Second", number=9))
    dub(world.library, FolderSpool(liar.folder), now=NOW)


def choose_branch(world: World) -> None:
    label = own_label(world, "Two faces").imprint
    for each in labels.held_state(world.library, label).memory.forks:
        labels.choose_branch(world.library, label, each.held)


def slot(world: World) -> tuple[Path, str]:
    return world / "library" / "mine", PASSPHRASE


def is_away(world: World) -> bool:
    """Also where what is left of the slot is noise."""
    found = world / "library" / "mine" / SLOT_NAME
    return not found.exists() or not is_slot(found.read_bytes())


def lose_slot(world: World) -> None:
    """What a backup has of it is left."""
    world.close()
    (world / "library" / "mine" / SLOT_NAME).rename(world / "out" / SLOT_NAME)


def kept_slot(world: World) -> tuple[Path, bytes]:
    return world / "library" / "mine", (world / "out" / SLOT_NAME).read_bytes()


def travel(world: World) -> None:
    """To a friend; the library is closed, for whoever has it open keeps the key here."""
    to = friends.recipients(world.library, ["Natalia"])
    world.close()
    disks = {"disk": world.disk(private=True), "outside": world.disk()}
    complete(leave_to_friends(world / "library" / "mine", to, world / "out" / "away", **disks))


def come_home(world: World) -> None:
    if is_away(world):
        with open_library(world / "out" / "somebody") as somebody:
            identities = somebody.secrets.addresses
        letters = sorted((world / "out" / "away").glob("*.txt"), key=lambda path: len(path.name))
        letter = open_for_friend(letters[-1], identities)  # an earlier one was interrupted
        put_back(world / "library" / "mine", letter, PASSPHRASE, disk=Disk(private=True))


def complete(report) -> None:
    if report.missing:
        raise NotDoneError(report.missing[0].reason)


def leave(world: World) -> None:
    Quarantine(world.library).receive("left.mp3", iter([song(5, album="Left")]), now=NOW, giver="a guest")


def accept(world: World) -> None:
    quarantine = Quarantine(world.library)
    quarantine.accept([left.arrival.id for left in quarantine.files()])


def refuse(world: World) -> None:
    quarantine = Quarantine(world.library)
    quarantine.refuse([left.arrival.id for left in quarantine.files()])


def left_is_somewhere(world: World) -> bool:
    return bool(Quarantine(world.library).files()) or bool(album(world, "Left"))


def builds(world: World):
    names = ("mag-1.0-linux-x86_64", "mag-1.0-windows-x86_64.exe")
    return [build_of(world / "out" / name) for name in names]


def make_builds(world: World) -> None:
    for name, head in (("mag-1.0-linux-x86_64", b"\x7fELF"), ("mag-1.0-windows-x86_64.exe", b"MZ")):
        (world / "out" / name).write_bytes(head + bytes(40_000))


def evening(world: World) -> None:
    """Several verbs, each of them told."""
    library = world.library
    kept = album(world, "Kept")
    listening.scrobble(library, "", library.shelf.release(kept).tracks[0].id, at=NOW, album=kept)
    world.told(lambda after: mark(after).plays >= 1)
    take_music(world)
    world.told(lambda after: bool(album(after, "45")))
    listening.rate(library, "", "album", album(world, "45"), 5)
    world.told(
        lambda after: listening.marks(after.library, "", "album", [album(after, "45")])[album(after, "45")].rating == 5
    )
    publish.publish(library, [album(world, "45")], own_label(world), now=NOW, small=False)
    world.told(lambda after: bool(after.library.shelf.album(album(after, "45")).imprint))
    cut(world)


def paper(world: World) -> None:
    slot = (world / "library" / "mine" / "key.age").read_bytes()
    write_paper(world / "out" / "paper.html", slot, ENGLISH, disk=world.disk(private=True))


def add_player(world: World) -> None:
    apps.add(world.library, "Phone", now=NOW)


def players(world: World) -> list[str]:
    return [app.name for app in apps.apps(world.library)]


def m3u(world: World) -> None:
    write(world / "music", {"List.m3u8": "#EXTM3U\n#EXTINF:3,Виктор - Песня 1\nsomewhere/1.flac\n".encode()})


def edit(world: World, **fields: object) -> None:
    editing.edit(world.library, album(world, "Kept"), fields)


def release_of(world: World, title: str = "Kept"):
    return world.library.shelf.release(album(world, title))


def vouch(world: World, *, withdraw: bool = False):
    return vouching.vouch(world.library, "Natalia's", as_="", now=NOW, withdraw=withdraw)


def vouched(world: World):
    return vouched_by(world.library, own_label(world, "Natalia's").imprint)


def vouch_before_newer(world: World) -> None:
    """Then a newer list of hers comes, and the next signature says so."""
    vouch(world)
    dub(world.library, FolderSpool(world / "stick" / "spool"), now=NOW)


def heard_of_newer(world: World) -> bool:
    (line,) = vouched(world)
    return line.heard == newest_list(labels.held_state(world.library, own_label(world, "Natalia's").imprint))


VERBS: dict[str, Verb] = {
    "init": Verb(create, lambda world: opens(world / "second" / "fresh")),
    "import": Verb(take_music, lambda world: len(contents_of(world.library, album(world, "45"))) == 2),
    "import-move": Verb(
        lambda world: take_music(world, move=True),
        lambda world: (
            music_is_somewhere(world) and bool(album(world, "45")) and not [*(world / "music").rglob("*.mp3")]
        ),
        meanwhile=music_is_somewhere,
    ),
    "dub": Verb(
        lambda world: dub(world.library, FolderSpool(world / "stick" / "spool"), now=NOW),
        lambda world: bool(album(world, "Newer")),
    ),
    "dub-reel": Verb(take_reel, lambda world: bool(album(world, "Newer")), before=cut_for_me),
    "dub-club": Verb(
        take_reel, lambda world: bool(album(world, "Heard there")), before=cut_for_the_club, meanwhile=strangers_stay
    ),
    "edit": Verb(lambda world: edit(world, date="1982"), lambda world: release_of(world).date == "1982"),
    "edit-cover": Verb(
        lambda world: editing.edit(world.library, album(world, "Kept"), {}, cover=world / "music" / "45" / "cover.png"),
        lambda world: b"".join(world.library.blob(release_of(world).cover.sha256).pieces()) == PNG,
    ),
    "edit-page": Verb(
        lambda world: revise(world.library, album(world, "Kept"), AlbumPatch(notes={"ru": "Слова"}, licence="CC-BY")),
        lambda world: release_of(world).licence == "CC-BY" and "ru" in release_of(world).notes,
    ),
    "edit-undo": Verb(
        lambda world: release_of(world).date and undo_on(world.library, album(world, "Kept")),
        lambda world: release_of(world).date == "",
        before=lambda world: edit(world, date="1982"),
    ),
    "edit-where": Verb(
        lambda world: release_of(world).date != "1982" and edit_where(world.library, "album:kept", {"date": "1982"}),
        lambda world: release_of(world).date == "1982",
    ),
    "undo-merge": Verb(
        lambda world: not album(world, "Other") and undo(world.library),
        lambda world: bool(album(world, "Other")),
        before=lambda world: editing.merge_albums(world.library, album(world, "Kept"), ["Other"]),
    ),
    "merge": Verb(
        lambda world: editing.merge_albums(world.library, album(world, "Kept"), ["Other"]),
        lambda world: len(release_of(world).tracks) == 4 and not album(world, "Other"),
    ),
    "split": Verb(
        lambda world: (
            album(world, "Split") or editing.split_album(world.library, [f"{album(world, 'Other')}/2"], "Split")
        ),
        lambda world: len(release_of(world, "Split").tracks) == 1 and len(release_of(world, "Other").tracks) == 1,
    ),
    "merge-library": Verb(merge_other, lambda world: bool(album(world, "There")), before=another_library),
    "remove": Verb(lambda world: editing.remove(world.library, ["Other"]), lambda world: not album(world, "Other")),
    "label-create": Verb(
        lambda world: labels.create(world.library, "Second", now=NOW),
        lambda world: bool(labels.label_keys(world.library, own_label(world, "Second").imprint)),
    ),
    "label-restore": Verb(
        restore_label, lambda world: version(world.library, own_label(world, "Papered").imprint) >= 1, before=papered
    ),
    "label-choose": Verb(choose_branch, lambda world: not own_label(world, "Two faces").frozen, before=fork),
    "label-remove": Verb(
        lambda world: remove_label(world.library, "Two faces", sure=True),
        lambda world: not [view for view in world.library.shelf.labels() if view.name == "Two faces"],
        before=fork,
    ),
    "label-block": Verb(
        lambda world: ends.block(world.library, "Two faces", now=NOW, sure=True),
        lambda world: bool(ends.blocked_rows(world.library)),
        before=fork,
    ),
    "label-unblock": Verb(
        lambda world: ends.unblock(world.library, "Two faces", now=NOW),
        lambda world: not ends.blocked_rows(world.library),
        before=lambda world: (fork(world), ends.block(world.library, "Two faces", now=NOW, sure=True)),
    ),
    "label-rename": Verb(
        lambda world: is_called(world, "Third") and rename(world.library, "Third", "Fourth", now=NOW),
        lambda world: is_called(world, "Fourth"),
        before=lambda world: labels.create(world.library, "Third", now=NOW),
    ),
    "unfollow": Verb(
        lambda world: ends.unfollow(world.library, "Natalia's"),
        lambda world: own_label(world, "Natalia's").standing == "new",
        before=lambda world: labels.follow(world.library, "Natalia's", sure=True),
    ),
    **EVERYDAY,
    **HOLDING,
    **CLUBS,
    **POST,
    **STASH,
    **ONE_FILE,
    **LETTERS,
    **OPENINGS,
    **CARRYING,
    "follow": Verb(
        lambda world: labels.follow(world.library, "Natalia's", sure=True),
        lambda world: own_label(world, "Natalia's").standing == "followed",
    ),
    "card": Verb(
        lambda world: friends.my_card(world.library, label="", name="Me"),
        lambda world: bool(friends.my_card(world.library).imprint),
    ),
    "vouch": Verb(
        vouch,
        lambda world: bool(vouched(world)),
    ),
    "vouch-withdraw": Verb(
        lambda world: vouched(world) and vouch(world, withdraw=True),
        lambda world: not vouched(world),
        before=vouch,
    ),
    "vouch-renewed": Verb(publish_kept, heard_of_newer, before=vouch_before_newer),
    "friend-add": Verb(
        lambda world: friends.add_friend(world.library, world.library.shelf.friends()["Natalia"], name="Again"),
        lambda world: "Again" in world.library.shelf.friends(),
    ),
    "friend-remove": Verb(
        lambda world: friends.remove_friend(world.library, "Again"),
        lambda world: "Again" not in world.library.shelf.friends(),
        before=lambda world: friends.add_friend(world.library, world.library.shelf.friends()["Natalia"], name="Again"),
    ),
    "publish": Verb(publish_kept, lambda world: bool(world.library.shelf.album(album(world, "Other")).imprint)),
    "withdraw": Verb(
        lambda world: publish.publish(
            world.library, [album(world, "Other")], own_label(world), now=NOW, withdraw=True, reason="sold"
        ),
        lambda world: world.library.shelf.find("Other").withdrawn,
        before=publish_kept,
    ),
    "pick": Verb(
        lambda world: pick(world.library, album(world, "Kept"), as_="Zoopark Tapes", now=NOW),
        lambda world: bool(world.library.index.voices.about_album(album(world, "Kept"))),
    ),
    "review": Verb(review_kept, lambda world: said_of_kept(world) == [(False, 4, "Loud.")]),
    "review-withdraw": Verb(
        lambda world: review(world.library, album(world, "Kept"), as_="Zoopark Tapes", now=NOW, withdraw=True),
        lambda world: said_of_kept(world) == [],
        before=review_kept,
    ),
    "publish-draft": Verb(
        lambda world: write_draft(release_of(world), world / "out", disk=world.disk()),
        lambda world: (world / "out" / "release.toml").is_file(),
    ),
    "archive": Verb(archive_label, archived),
    "archive-again": Verb(archive_label, archived, before=archive_and_change),
    "sleeve": Verb(print_sleeve, lambda world: (world / "out" / "sleeve.html").read_bytes().endswith(b"</html>\n")),
    "publish-to": Verb(
        lambda world: write_open(
            world.library, gather(world.library, now=NOW), FolderTarget(world / "out" / "site", disk=world.disk())
        ),
        lambda world: (
            bool(FolderSpool(world / "out" / "site").labels()) and (world / "out" / "site" / "index.html").is_file()
        ),
    ),
    "list-make": Verb(
        lambda world: by_hand.make_list(world.library, "By hand", ["Kept"], now=NOW),
        lambda world: len(by_name(world, "By hand")) > 0,
    ),
    "list-add": Verb(
        lambda world: by_hand.add_to_list(world.library, "By hand", ["Kept"], now=NOW),
        lambda world: len(by_name(world, "By hand")) >= 3,
        before=lambda world: by_hand.make_list(world.library, "By hand", ["Kept/1"], now=NOW),
    ),
    "list-take-off": Verb(
        lambda world: by_hand.take_off_list(world.library, "By hand", ["Kept"], now=NOW),
        lambda world: by_name(world, "By hand") == (),
        before=lambda world: by_hand.make_list(world.library, "By hand", ["Kept"], now=NOW),
    ),
    "list-drop": Verb(
        lambda world: by_hand.drop_list(world.library, "By hand"),
        lambda world: by_name(world, "By hand") is None,
        before=lambda world: by_hand.make_list(world.library, "By hand", ["Kept"], now=NOW),
    ),
    "compile": Verb(compile_tape, lambda world: len(compiled(world)) == 1, before=list_songs),
    "compile-withdraw": Verb(
        lambda world: compiled(world) and compile_playlist(world.library, "Tape", now=NOW, withdraw=True),
        lambda world: not compiled(world),
        before=list_and_compile,
    ),
    "star": Verb(
        lambda world: listening.star(world.library, "", "album", [album(world, "Other")], now=NOW),
        lambda world: album(world, "Other") in listening.starred(world.library, "", "album"),
    ),
    "unstar": Verb(
        lambda world: listening.unstar(world.library, "", "album", [album(world, "Other")]),
        lambda world: album(world, "Other") not in listening.starred(world.library, "", "album"),
        before=lambda world: listening.star(world.library, "", "album", [album(world, "Other")], now=NOW),
    ),
    "rate": Verb(
        lambda world: listening.rate(world.library, "", "album", album(world, "Kept"), 2),
        lambda world: mark(world).rating == 2,
    ),
    "scrobble": Verb(
        lambda world: listening.scrobble(
            world.library, "", release_of(world).tracks[0].id, at=NOW, album=album(world, "Kept")
        ),
        lambda world: mark(world).plays >= 1,
    ),
    "queue": Verb(
        lambda world: listening.save_queue(world.library, "", [kept_song(world)], position_ms=9, now=NOW),
        lambda world: listening.queue(world.library, "").position_ms == 9,
    ),
    "bookmark": Verb(
        lambda world: listening.save_bookmark(world.library, "", kept_song(world), position_ms=9, now=NOW),
        lambda world: listening.bookmarks(world.library, "")[0].position_ms == 9,
    ),
    "seal-tail": Verb(
        lambda world: listening.flush_tail(world.library),
        lambda world: not world.library.index.tail.waiting() and bool(lists(world, "Mix")),
    ),
    "playlist-new": Verb(
        lambda world: playlists.create(world.library, "", "New", entries=[kept_song(world)], now=NOW),
        lambda world: (kept_song(world),) in lists(world, "New"),
    ),
    "playlist-edit": Verb(
        lambda world: playlists.update(world.library, "", mix(world).id, entries=(kept_song(world, 2),), now=NOW),
        lambda world: lists(world, "Mix") == [(kept_song(world, 2),)],
    ),
    "playlist-delete": Verb(
        lambda world: [
            playlists.delete(world.library, "", each.id)
            for each in playlists.playlists(world.library, "")
            if each.name == "Gone"
        ],
        lambda world: not lists(world, "Gone"),
        before=lambda world: playlists.create(world.library, "", "Gone", entries=[kept_song(world)], now=NOW),
    ),
    "playlist-import": Verb(
        lambda world: import_lists(world.library, [world / "music" / "List.m3u8"], now=NOW),
        lambda world: bool(lists(world, "List")),
        before=m3u,
    ),
    "app-add": Verb(add_player, lambda world: players(world) == ["Phone"]),
    "app-revoke": Verb(
        lambda world: apps.revoke(world.library, "Phone"), lambda world: players(world) == [], before=add_player
    ),
    "served-at": Verb(
        lambda world: note_address(world.library, "https://192.0.2.5:8045"),
        lambda world: served_at(world.library) == "https://192.0.2.5:8045",
    ),
    "cut": Verb(cut, lambda world: is_whole_reel(world / "stick" / "reel")),
    "cut-words": Verb(
        lambda world: cut(world, "stick/words", words=True), lambda world: is_whole_reel(world / "stick" / "words")
    ),
    "cut-open": Verb(fill_open, lambda world: bool(FolderSpool(world / "stick" / "filled").labels())),
    "copy": Verb(
        copy, lambda world: all(is_whole_reel(world / "out" / each) for each in ("first", "second")), before=cut
    ),
    "mend": Verb(mend, lambda world: is_whole_reel(world / "stick" / "reel"), before=hurt_reel),
    "pass-on": Verb(
        lambda world: pass_on(builds(world), world / "stick" / "mag", world.disk()),
        lambda world: all(
            (world / "stick" / "mag" / each.name).read_bytes() == each.path.read_bytes() for each in builds(world)
        ),
        before=make_builds,
    ),
    "page": Verb(
        lambda world: place_page(world / "stick" / "page", world.disk()),
        lambda world: (world / "stick" / "page" / pocket.NAME).read_bytes() == pocket.page(),
    ),
    "export": Verb(export_kept, exported),
    "export-playlist": Verb(
        lambda world: export(
            world.library, [], world / "out" / "mix", lists=[("Mix", mix(world).entries)], disk=world.disk()
        ),
        lambda world: len([*(world / "out" / "mix").rglob("*.m3u8")]) == 1,
    ),
    "backup": Verb(
        lambda world: backup(world.library, world / "second" / "copy", disk=world.disk(private=True)),
        lambda world: opens(world / "second" / "copy"),
    ),
    "backup-again": Verb(
        lambda world: backup(world.library, world / "second" / "copy", disk=world.disk(private=True)),
        lambda world: opens(world / "second" / "copy"),
        before=lambda world: (backup(world.library, world / "second" / "copy", disk=world.disk()), publish_kept(world)),
        meanwhile=lambda world: opens(world / "second" / "copy"),
    ),
    "paper": Verb(paper, lambda world: b"BEGIN AGE" in (world / "out" / "paper.html").read_bytes()),
    "passwd": Verb(
        lambda world: complete(
            change_passphrase(*slot(world), OTHER_WORDS, disk=world.disk(private=True), work_factor=1)
        ),
        lambda world: bool(unlock(world / "library" / "mine", OTHER_WORDS)),
    ),
    "card-new": Verb(
        lambda world: complete(add_address(*slot(world), disk=world.disk(private=True), work_factor=1)),
        lambda world: len(unlock(*slot(world)).addresses) > 1,
    ),
    "restore": Verb(
        lambda world: put_back(*kept_slot(world), PASSPHRASE, disk=world.disk(private=True)),
        lambda world: bool(unlock(*slot(world))),
        before=lose_slot,
        home=lambda world: is_away(world) and put_back(*kept_slot(world), PASSPHRASE, disk=Disk(private=True)),
    ),
    "travel": Verb(travel, is_away, home=come_home),
    "doctor": Verb(lambda world: doctor(world.library), lambda world: world.library.index.is_sound()),
    "doctor-hurt": Verb(
        lambda world: doctor(world.library), lambda world: not album(world, "Other"), before=hurt_library, heals=True
    ),
    "rebuild": Verb(
        make_anew,
        lambda world: world.library.index.settings.is_copied(),
        meanwhile=lambda world: all(album(world, title) for title in ("Kept", "Other", "Dubbed")),
    ),
    "prepare": Verb(
        lambda world: prepare(world.library), lambda world: waiting(world.library).total == 0, before=take_music
    ),
    "gift-left": Verb(leave, left_is_somewhere),
    "gift-accept": Verb(accept, lambda world: bool(album(world, "Left")), before=leave, meanwhile=left_is_somewhere),
    "gift-refuse": Verb(refuse, lambda world: not Quarantine(world.library).files(), before=leave),
    "evening": Verb(evening, lambda world: is_whole_reel(world / "stick" / "reel")),
}
"""Each by a name of its own; a verb of several forms has several."""
PROCESSES: dict[str, Callable[[World], list[str | Path]]] = {
    "import": lambda world: ["import", world / "music"],
    "dub": lambda world: ["dub", world / "stick" / "spool"],
    "dub-reel": lambda world: ["dub", world / "stick" / "reel"],
    "edit": lambda world: ["edit", album(world, "Kept"), "--date", "1982"],
    "remove": lambda world: ["remove", "Other"],
    "label-create": lambda world: ["label", "create", "Second"],
    "publish": lambda world: ["publish", album(world, "Other"), "--label", "Zoopark Tapes", "--no-small"],
    "cut": lambda world: ["reel", "cut", world / "stick" / "reel", "--for", "Natalia"],
    "cut-open": lambda world: ["reel", "cut", world / "stick" / "filled", "--open", "--album", album(world, "Kept")],
    "copy": lambda world: ["reel", "copy", world / "stick" / "reel", world / "out" / "first", world / "out" / "second"],
    "mend": lambda world: ["reel", "mend", world / "stick" / "reel"],
    "export": lambda world: ["export", album(world, "Kept"), world / "out" / "plain"],
    "archive": lambda world: ["archive", "Zoopark Tapes", world / "out" / "bag"],
    "app-add": lambda world: ["app", "add", "Phone"],
    "backup": lambda world: ["backup", world / "second" / "copy"],
    "doctor": lambda _world: ["doctor"],
    "rebuild": lambda _world: ["doctor", "--rebuild"],
    "prepare": lambda _world: ["prepare"],
}
"""Verbs as processes of their own, to be killed."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "init": ("init",),
    "import": ("import", "import-move", "playlist-import", "watch", "watch-stop"),
    "dub": ("dub", "dub-reel", "dub-club", "collect"),
    "edit": ("edit", "edit-cover", "edit-page", "edit-undo", "edit-where", "merge", "split"),
    "undo": ("undo-merge",),
    "remove": ("remove",),
    "merge": ("merge-library",),
    "left": ("gift-accept", "gift-refuse"),
    "share": ("gift-left",),
    "serve": (
        "star",
        "unstar",
        "rate",
        "scrobble",
        "queue",
        "bookmark",
        "seal-tail",
        "served-at",
        "watch-look",
        "in-hand",
    ),
    "follow": ("follow",),
    "label follow": ("follow",),
    "label create": ("label-create",),
    "label restore": ("label-restore",),
    "label choose": ("label-choose",),
    "label remove": ("label-remove",),
    "label block": ("label-block",),
    "label unblock": ("label-unblock",),
    "label rename": ("label-rename",),
    "label unfollow": ("unfollow",),
    "friend remove": ("friend-remove",),
    **HOLDING_COMMANDS,
    **CLUB_COMMANDS,
    **LETTER_COMMANDS,
    **OPENING_COMMANDS,
    **CARRYING_COMMANDS,
    **STASH_COMMANDS,
    "card": ("card", "card-new"),
    "friend add": ("friend-add",),
    "publish": ("publish", "publish-edited", "withdraw", "publish-draft", "publish-to"),
    "pick": ("pick",),
    "review": ("review", "review-withdraw"),
    "playlist make": ("list-make",),
    "playlist add": ("list-add",),
    "playlist remove": ("list-take-off", "list-drop"),
    "star": ("star", "unstar", "rate"),
    "compile": ("compile", "compile-withdraw"),
    "vouch": ("vouch", "vouch-withdraw", "vouch-renewed"),
    "export": ("export", "export-playlist"),
    "archive": ("archive", "archive-again"),
    "sleeve": ("sleeve",),
    "reel cut": ("cut", "cut-words", "cut-open", "cut-new", "cut-file", "cut-file-words"),
    "reel copy": ("copy",),
    "reel mend": ("mend", "mend-from", "mend-file"),
    "pass-on": ("pass-on", "page"),
    "app add": ("app-add",),
    "app revoke": ("app-revoke",),
    "backup": ("backup", "backup-again", "paper"),
    "passwd": ("passwd",),
    "restore": ("restore",),
    "travel away": ("travel",),
    "travel back": ("restore",),
    "doctor": ("doctor", "doctor-hurt", "rebuild"),
    "prepare": ("prepare",),
}
"""What of the table a command is; the page does the same, and more with playlists and friends."""

LAST = {"panic"}
"""Commands after which nothing opens any more; tests of their own try them in the midst of all others."""

NOTHING_KEPT = {
    "tour", "list", "playlist list",
    "log", "search", "show", "play", "app list", "club list", "reel check", "reel list", "friend list",
    "label list", "label address", "status", "unseal", "travel open", "unlock", "lock", "page", "discover",
    "premiere list", "stash list", "simulate",
}  # fmt: skip
"""Commands that change nothing which is kept: they look, or hold keys in memory."""
