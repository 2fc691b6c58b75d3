"""What the tour says, act by act. The tour fills the fields in with facts that it has just checked.

Each line is a template with the fields that `FIELDS` explains. Short lines, as typed on a sleeve.
"""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

from magnitizdat.sentence import Sentence, say

FIELDS: dict[str, str] = {
    "album": "title of the album",
    "artist": "who made it",
    "label": "name of the label",
    "tracks": "how many tracks",
    "minutes": "playing time, m:ss",
    "languages": "languages of the liner notes, joined with commas",
    "words": "four words of the imprint",
    "friend": "for whom the reel is sealed",
    "segments": "files of music on the stick, without parity",
    "parity": "files of parity on the stick",
    "size": "size of the reel with its unit",
    "names": "a few file names from the stick, joined with two spaces",
    "foreign": "how many segments the searcher's own identity opens: 0",
    "lost": "segments removed",
    "hurt": "segments with bytes turned over",
    "bad": "segments that the check found bad or missing",
    "mended": "segments whole again after mending",
    "fetched": "tracks that arrived and verified",
    "again": "bytes taken when the same reel is dubbed once more: 0",
    "same": "exported tracks whose audio is bit for bit what was recorded",
    "plays": "seconds of sound that the exported files decode to",
    "reason_altered": "sentence with which the altered copy was refused",
    "held": "version of the label that Natalia held",
    "offered": "older version that the second copy has",
    "voucher": "name of the label under which Mike vouches",
    "rating": "what Natalia gives the album, of 5",
    "headline": "headline of her review",
    "club": "name of the club",
    "members": "how many were let in",
    "outsider": "who was let out",
    "letters": "letters that the reel shows, real ones and others",
    "letter": "what the letter says",
    "verdict": "sentence on who wrote the letter",
    "film": "title of the closed album",
    "shares": "how many shares of its words were given out",
    "enough": "how many of them open it",
    "opened": "tracks that it has, once it is open",
    "need": "how many holders of the label must sign its next root",
    "of": "how many holders it has",
    "told": "sentence that tells of the hand-over",
    "files": "files of the label's archive, each by its digest",
    "reason_gone": "sentence with which the library without its key refuses the right passphrase",
    "back": "tracks that her library has again with the paper copy",
    "kept": "folder that `--keep` left",
    "facts": "how many facts were checked on the way",
    "seconds": "how long the tour took",
}


class Act(NamedTuple):
    """One act: its number, its title, and one to three lines."""

    number: int
    title: Sentence
    lines: tuple[Sentence, ...]


OPENING = say("A tape goes from hand to hand. Every line below was checked as it was printed. No network was used.")

ACTS: tuple[Act, ...] = (
    Act(
        1,
        say("Viktor records"),
        (
            say('A flat, a borrowed guitar, one microphone. {artist} calls it "{album}".'),
            say("{tracks} tracks, {minutes}, are in his library now. Without his passphrase they are noise."),
        ),
    ),
    Act(
        2,
        say("Mike puts his name to it"),
        (
            say("{label}: a label is a signature that people learn to know."),
            say("Its four words: {words}. They will not change."),
            say('"{album}" is signed, with liner notes in {languages}.'),
        ),
    ),
    Act(
        3,
        say("The courier packs"),
        (
            say("One reel, sealed for {friend}: {segments} files of music, {parity} of spare parts, {size}."),
            say("The courier can count them, copy them and mend them. Not hear them."),
        ),
    ),
    Act(
        4,
        say("The stick is searched"),
        (
            say("What the searcher sees:  {names}"),
            say("Equal sizes, no titles, no names of people. A key of his own opens {foreign} of them."),
            say("He can see that something is there. That much we cannot hide."),
        ),
    ),
    Act(
        5,
        say("The stick falls"),
        (
            say("Down the stairs, and under a tram door. {lost} gone, {hurt} bent."),
            say("The check needs no key either: {bad} of {segments} are bad."),
        ),
    ),
    Act(
        6,
        say("The courier mends"),
        (
            say("Spare parts in, {mended} files whole again, byte for byte."),
            say("He still does not know what he is carrying. He likes it that way."),
        ),
    ),
    Act(
        7,
        say("Natalia listens"),
        (
            say("She dubs the reel: {fetched} tracks, each traced to {label} before it was opened."),
            say("Exported to plain files: {same} of {tracks} sound bit for bit as recorded, {plays} s of music."),
            say("Dubbed once more, the reel has {again} bytes to add."),
        ),
    ),
    Act(
        8,
        say("Two copies come from a stranger"),
        (
            say("The first was altered on the way. Refused: {reason_altered}"),
            say("The second has version {offered} of a label that she knows at {held}: older, and not believed."),
            say("What she had before plays as before."),
        ),
    ),
    Act(
        9,
        say("Mike says whose it is"),
        (
            say("Under his own name, {voucher}, he signs one sentence: he knows who is behind {label}."),
            say('Natalia signs what she heard: {rating} of 5, "{headline}". Both words travel with the music.'),
        ),
    ),
    Act(
        10,
        say("The club has a door"),
        (
            say("«{club}» lets {members} people in. A reel for the club opens for each of them."),
            say("{outsider} talked to the wrong people. The key is changed, and he stands outside."),
            say("What he has plays on. What comes is not for him."),
        ),
    ),
    Act(
        11,
        say("A letter to Viktor"),
        (
            say("Natalia's reel shows {letters} letters, as many as before she wrote: some are to nobody."),
            say("Mike carries it on, and has nothing to read."),
            say('"{letter}" {verdict}'),
        ),
    ),
    Act(
        12,
        say("Mike is taken, and Zoopark goes on"),
        (
            say("He had given the label into {of} hands: Viktor's, Natalia's, a paper. {need} are enough."),
            say('Somebody at his machine signs that "{album}" is withdrawn. His friends answer. {told}'),
        ),
    ),
    Act(
        13,
        say("A film opens without its maker"),
        (
            say('The music of "{film}" lies closed in every library. Its maker is not allowed to leave his flat.'),
            say("{shares} friends have a share of its words. One share opens nothing."),
            say("With {enough} it opens, {opened} tracks, as he signed them. Nobody had to ask him."),
        ),
    ),
    Act(
        14,
        say("Viktor was twenty-eight"),
        (
            say("What he sang stays: an archive of {files} files, each checked against its list."),
            say("Any browser opens it, any librarian can check it."),
        ),
    ),
    Act(
        15,
        say("The flat is searched"),
        (
            say("Somebody knocks. One key, and the keys of Natalia's library are overwritten and gone."),
            say("They have the computer and her passphrase. It opens nothing: {reason_gone}"),
            say("The paper lay with a friend. With it and the passphrase all {back} tracks are back, whole."),
        ),
    ),
)

CLOSING = say("{facts} facts checked in {seconds} s. Copy it for a friend.")
CLOSING_KEPT = (
    say("Everything was left in {kept}: the libraries, the reel, and Natalia's plain files."),
    say("Play them with anything. Look at the reel with anything: there is not much to see."),
)
CLOSING_NOT_KEPT = say("Nothing was left behind. To look at the libraries, the reel and the music: mag tour --keep DIR")
FAILED = say("This was not as it should be: {fact}")

LINER_LANGUAGES = ("en", "da", "ru")


def liner_notes() -> dict[str, str]:
    """Liner notes of "45" as Markdown, by language."""
    folder = files("magnitizdat.tour") / "notes"
    return {language: (folder / f"45.{language}.md").read_text(encoding="utf-8") for language in LINER_LANGUAGES}
