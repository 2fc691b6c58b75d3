"""The one table of budgets: how much of each thing somebody else may send, and what is said of more (law 14). PURE.

Each stands far above what an honest library of 100 000 tracks, 10 000 albums and a reel of 1 TB needs, and low enough
that whoever sends as much as it allows costs seconds and less than 256 MiB. Where what is right depends on how much
there is, a budget grows with it: one more `per` so many bytes. `docs/budgets.md` is this table.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import Sentence, advice, say

Unit = Literal["bytes", "items", "levels", "powers of two", "seconds"]


class OverBudgetError(DamagedError):
    """More than anybody honest sends: it is left alone before it costs more."""


class Budget(NamedTuple):
    """At most `most` of `unit`, and one more for each `per` bytes of what they come in; `of` says what is counted."""

    of: str
    most: int
    unit: Unit
    sentence: Sentence
    per: int = 0

    def allowed(self, length: int = 0) -> int:
        """How much there may be in what has `length` bytes."""
        return self.most + (length // self.per if self.per else 0)

    def check(self, amount: int, length: int = 0) -> None:
        """Raises: OverBudgetError where there is more than is allowed."""
        if amount > self.allowed(length):
            raise OverBudgetError(self.sentence)


KIB, MIB = 1 << 10, 1 << 20
_LEFT_OUT = say(
    "Voices and documents of unknown kinds that were left out, being too long or too many: {left_out}.", left_out=1
)


def _document(of: str, most: int, what: Sentence) -> Budget:
    longer = say("{what} is longer than {max_length} bytes; ask for a fresh copy", what=what, max_length=most)
    return Budget(of, most, "bytes", longer)


# -- age files and archives -------------------------------------------------------------------------------------------

HEADER = Budget(
    "header of an age file: room for 1 024 recipients and more",
    128 * KIB,
    "bytes",
    say("the beginning of the file is damaged; copy the file again"),
)
WORK = Budget(
    "scrypt work factor of a passphrase file: 256 MiB of memory, as age itself writes",
    18,
    "powers of two",
    say("this file asks for far too much work to try a passphrase; ask for another copy"),
)
UNSEAL_WORK = Budget(
    "scrypt work factor of a file that a person unseals by name: 1 GiB, for other programs choose by the machine",
    20,
    "powers of two",
    say("this file asks for far too much work to try a passphrase; ask for another copy"),
)
WORDS_WORK = Budget(
    "scrypt work factor of a reel's six words: 128 MiB of memory, as every reel of ours has",
    17,
    "powers of two",
    say("this file asks for far too much work to try a passphrase; ask for another copy"),
)
WORD_FILES = Budget(
    "files of one reel on which six words are tried",
    4,
    "items",
    say("more files of this reel are sealed to words than were tried; ask for another copy"),
)
ZIP_MEMBERS = Budget(
    "members of an archive, where each takes at least 256 bytes with its name",
    1024,
    "items",
    say("an archive holds more files than any of ours of its length; ask for another copy"),
    per=256,
)
NAME = Budget(
    "name of a member of an archive",
    255,
    "bytes",
    say("the archive holds something that is not a plain file; ask for another copy"),
)

# -- reels ------------------------------------------------------------------------------------------------------------

REEL_HEADER = Budget(
    "header of a file of a reel: an eighth of it in every reel of ours",
    4 * KIB,
    "bytes",
    say("it names more people than any file of its length; ask for another copy"),
    per=8,
)
REEL_FILES = Budget(
    "files in the folder of a reel",
    250_000,
    "items",
    say("the folder holds too many files to be a reel; name the reel's own folder"),
)
REEL_MEMBERS = Budget(
    "files of a reel as one file, where each takes at least 4 KiB",
    1024,
    "items",
    say("it holds more files than any reel of its length; only the longest of them were looked at"),
    per=4 * KIB,
)
STASH_LIST = Budget(
    "list of a courier's stash: some 25 000 reels",
    4 * MIB,
    "bytes",
    say("the list of the stash is longer than any of ours, so its reels count as never handed on"),
)
PIECES = Budget(
    "members of all segments of a reel",
    500_000,
    "items",
    say("this reel holds more pieces than any of ours of its length, so nothing was taken; ask for another copy"),
    per=256 * KIB,
)
PATHS = Budget(
    "files inside a reel: five for each of 100 000 tracks",
    500_000,
    "items",
    say("this reel holds more files than we look at, so nothing was taken; ask for several smaller reels"),
)
TRIES = Budget(
    "recipients of a reel that are tried with our keys",
    16_384,
    "items",
    say("it names so many people that not all of them were tried; ask for a reel that is sealed to you"),
    per=8 * KIB,
)
PACKETS = Budget(
    "packets of one par2 file",
    4096,
    "items",
    say("a par2 file holds more packets than par2 writes; it was left alone"),
    per=4 * KIB,
)
ALL_PACKETS = Budget(
    "packets of all par2 files of a reel",
    65_536,
    "items",
    say("the par2 files of this reel hold more packets than par2 writes; some were left alone"),
    per=4 * KIB,
)
SETS_OF_A_FILE = Budget(
    "parity sets that one file may stand in",
    16,
    "items",
    say("a par2 file speaks of files that many others speak of; it was left alone"),
)
DESCRIBED = Budget(
    "what one par2 file says of the files it stands for",
    8 * MIB,
    "bytes",
    say("a par2 file says more of its files than par2 does; it was left alone"),
)
ALL_DESCRIBED = Budget(
    "what all par2 files of a reel say of the files they stand for",
    128 * MIB,
    "bytes",
    say("the par2 files of this reel say more of its files than par2 does; some were left alone"),
)

# -- bags -------------------------------------------------------------------------------------------------------------

BAG_LIST = Budget(
    "list of the files of a BagIt bag",
    64 * MIB,
    "bytes",
    say("the list of its files is longer than that of any archive; ask for another copy"),
)
BAG_FILES = Budget(
    "files of a BagIt bag: four for each of 100 000 tracks",
    400_000,
    "items",
    say("it lists more files than any archive holds; ask for another copy"),
)

# -- labels -----------------------------------------------------------------------------------------------------------

LABELS = Budget(
    "labels of one source",
    4096,
    "items",
    say("the source names more labels than we look at; the rest was left out"),
)
LABEL_LIST = Budget(
    "list of the labels of a source",
    4 * MIB,
    "bytes",
    say("a file of the source is longer than it may be; it was left out"),
)
ROOT = _document("a root of a label", 512_000, say("the label's {paper}", paper=say("set of keys")))
TIMESTAMP = _document("a label's timestamp", 16_384, say("the label's {paper}", paper=say("date sheet")))
SNAPSHOT = _document("a label's snapshot", 2_000_000, say("the label's {paper}", paper=say("table of contents")))
TARGETS = _document(
    "a label's list of documents: some 30 000 releases",
    8_000_000,
    say("the label's {paper}", paper=say("list of albums")),
)
ROOTS = Budget(
    "roots of a label",
    1024,
    "items",
    say("the label has more than {max_roots} roots; ask where the copy came from", max_roots=1024),
)
ROOT_CHAIN = Budget(
    "all roots of a label",
    4 * MIB,
    "bytes",
    say("the label's roots are longer than those of any label; ask where the copy came from"),
)
SIGNATURES = Budget(
    "signatures on one statement of a label",
    64,
    "items",
    say("a statement of the label bears more signatures than any label needs; ask where the copy came from"),
)
METADATA = Budget(
    "metadata that one source sends of a label that you own or follow",
    16 * MIB,
    "bytes",
    say("the label's papers are longer than those of any label; ask where the copy came from"),
)
STRANGE_METADATA = Budget(
    "metadata that one source sends of a label that you do not follow: some 15 000 releases",
    4 * MIB,
    "bytes",
    say("its papers are longer than is taken of a label that you do not follow; follow it first if you want it"),
)
ALL_STRANGE_METADATA = Budget(
    "metadata that one source sends of all labels that you do not follow",
    16 * MIB,
    "bytes",
    say("there are too many papers here of labels that you do not follow; the rest was left out"),
)
PAPERS = Budget(
    "metadata and documents in the library of a label that you do not follow, beyond as much as its music here",
    4 * MIB,
    "bytes",
    say("its papers take more room here than you give to a label that you do not follow; follow it, or remove it"),
    per=1,
)
ALL_PAPERS = Budget(
    "the same of all labels that you do not follow",
    32 * MIB,
    "bytes",
    advice(
        terminal=say(
            "labels that you do not follow take as much room here as you give them; `mag label remove` takes some away"
        ),
        page=say("labels that you do not follow take as much room here as you give them; remove some of them"),
    ),
)
RELEASE = Budget(
    "a release: room for some 10 000 tracks",
    16 * MIB,
    "bytes",
    say("a document of the label is longer than it may be; tell the label"),
)
LABEL_DOCUMENT = Budget(
    "what a label says of itself",
    256 * KIB,
    "bytes",
    say("a document of the label is longer than it may be; tell the label"),
)
DOCUMENT = Budget(
    "any other document of a label: a voice, or of a kind that this version does not know",
    64 * KIB,
    "bytes",
    _LEFT_OUT,
)
PREMIERE = Budget(
    "a premiere: a closed file of 4 GiB has 4 096 pieces",
    320 * KIB,
    "bytes",
    _LEFT_OUT,
)
DOCUMENTS = Budget(
    "such documents of a label that you own or follow",
    4096,
    "items",
    _LEFT_OUT,
)
ALL_DOCUMENTS = Budget(
    "such documents of a label that you own or follow, together",
    8 * MIB,
    "bytes",
    _LEFT_OUT,
)
STRANGE_DOCUMENTS = Budget(
    "such documents of a label that you do not follow",
    64,
    "items",
    _LEFT_OUT,
)
ALL_STRANGE_DOCUMENTS = Budget(
    "such documents of a label that you do not follow, together",
    256 * KIB,
    "bytes",
    _LEFT_OUT,
)
STRANGE_CLOSED = Budget(
    "closed albums in the library of a label that you do not follow",
    1 << 30,
    "bytes",
    say("its closed albums are longer than we take of a label that you do not follow; follow it first if you want it"),
)
ALL_STRANGE_CLOSED = Budget(
    "the same of all labels that you do not follow",
    4 << 30,
    "bytes",
    say("closed albums of labels that you do not follow take as much room here as you give them; follow it first"),
)
CARD = _document("a card", 16 * KIB, say("the document"))
HOLDER_CARD = _document("a holder's card", 4 * KIB, say("the document"))
PROPOSAL = _document("a proposal: a next root of a label and its signatures", 64 * KIB, say("the proposal"))
PROPOSALS = Budget(
    "copies of a proposal that are merged at once",
    64,
    "items",
    say("these are more copies of a proposal than a label has holders; give fewer at once"),
)
CARD_PHOTO = Budget(
    "a photo of a card",
    32 * MIB,
    "bytes",
    say("this file is too large for a card or a photo; give the card's file or a smaller photo"),
)
LETTER = _document("a letter without its attachment", 384 * KIB, say("the letter"))
LETTER_ROOTS = Budget(
    "roots of its sender's label that a letter brings along",
    64,
    "items",
    say("the letter brings more roots than fit one; ask for the letter again"),
)
INBOX = Budget(
    "letters in the inbox that no label which you know has signed",
    1000,
    "items",
    advice(
        terminal=say(
            "the inbox is full of letters that nobody you know has signed; `mag inbox ID --remove` makes room"
        ),
        page=say("the inbox is full of letters that nobody you know has signed; remove some under Post"),
    ),
)
INBOX_LENGTH = Budget(
    "the same, together",
    64 * MIB,
    "bytes",
    advice(
        terminal=say(
            "the inbox has no room for more of what nobody you know has signed; `mag inbox ID --remove` makes some"
        ),
        page=say("the inbox has no room for more of what nobody you know has signed; remove some under Post"),
    ),
)
KNOWN_INBOX = Budget(
    "letters in the inbox of one label that you know",
    4096,
    "items",
    advice(
        terminal=say("the inbox is full of letters of this label; `mag inbox ID --remove` makes room"),
        page=say("the inbox is full of letters of this label; remove some under Post"),
    ),
)
KNOWN_INBOX_LENGTH = Budget(
    "the same, together",
    256 * MIB,
    "bytes",
    advice(
        terminal=say("the inbox has no room for more of what this label sends; `mag inbox ID --remove` makes some"),
        page=say("the inbox has no room for more of what this label sends; remove some under Post"),
    ),
)
JSON_DEPTH = Budget(
    "nesting of a document",
    32,
    "levels",
    say("{what} is nested more than {max_depth} deep; ask for a fresh copy", what=say("the document"), max_depth=32),
)
JSON_VALUES = Budget(
    "values in a document, or in an answer of a music server",
    1_000_000,
    "items",
    say("the document holds more values than any of ours; ask for a fresh copy"),
)

# -- post -------------------------------------------------------------------------------------------------------------

_LEFT_THERE = say("Letters that were left there, being more than are taken at once: {left}.", left=1)
LETTERS = Budget("letters of one source that are looked at: chance picks which", 16_384, "items", _LEFT_THERE)
OPENED = Budget("letters of one source to this library that are opened: chance picks which", 256, "items", _LEFT_THERE)
TRIED = Budget(
    "letters to several that are tried at once, by who belongs to a club",
    64,
    "items",
    say("Letters to clubs that are tried when you dub again: {waiting}.", waiting=1),
)
CARRIED = Budget(
    "letters of others that a library carries: what is held is never displaced", 16 * MIB, "bytes", _LEFT_THERE
)

# -- tickets ----------------------------------------------------------------------------------------------------------

TICKET_ADDRESSES = Budget(
    "addresses of a ticket: those of all networks that a laptop is in",
    16,
    "items",
    say("this ticket names more addresses than a laptop has; ask for another one"),
)

SLIP = _document("a slip: what arrived of a reel, and what is asked for", 64 * KIB, say("the slip"))
SLIPS = Budget(
    "slips of one reel that count",
    8,
    "items",
    say("Of a reel of yours more slips came than are looked at: what the further ones say is left out."),
)

# -- servers ----------------------------------------------------------------------------------------------------------

ANSWER_S = Budget(
    "time that a server may take for an answer, and a second more for each 4 KiB",
    60,
    "seconds",
    say("the server is too slow to be waited for; try again where the connection is better"),
    per=4 * KIB,
)
ASKED = Budget(
    "what another laptop asks of one who gives: a path and a range",
    16 * KIB,
    "bytes",
    say("what it answered is not what another laptop says; ask for a new ticket"),
)
PIECE_S = Budget(
    "time that a source may take for a piece, or be silent, and a second more for each 4 KiB",
    10,
    "seconds",
    say("It stopped answering. What came is kept; take the rest later, or from another source."),
    per=4 * KIB,
)
BESIDE = Budget(
    "what an answer of a source holds beside the bytes that were asked for: headers, marks of chunks, a refusal",
    MIB,
    "bytes",
    say("the source sends more than was asked for; take it from another copy"),
)
SERVER_ANSWER = Budget(
    "one answer of a music server: a playlist of some 10 000 songs",
    16 * MIB,
    "bytes",
    say("an answer of the server is longer than any of a music server; check the address"),
)
SERVER_SONGS = Budget(
    "songs, or albums, that a music server lists",
    500_000,
    "items",
    say("the server lists more songs than we ask for; the rest was left out"),
)
SERVER_PLAYLISTS = Budget(
    "playlists of a music server",
    10_000,
    "items",
    say("the server lists more playlists than we ask for; the rest was left out"),
)
REPORTED = Budget(
    "lines of a report of what could not be taken",
    10_000,
    "items",
    say("more could not be taken than is told here"),
)

TABLE = {name: value for name, value in globals().items() if isinstance(value, Budget)}
"""Every line, by name."""
