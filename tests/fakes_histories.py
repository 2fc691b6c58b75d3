"""What can happen to a label, its holders, a thief of its keys and those who hear of it by sticks, in any order.

`World` is the truth: who signed what. Each act that a reader takes part in checks the laws of `catalogue.refresh`.
`history` is one of chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from magnitizdat.catalogue.forks import choose, freeze
from magnitizdat.catalogue.refresh import (
    LabelState,
    Verdict,
    heard,
    imprint_of,
    label_state,
    refresh,
    remembered,
    thawed,
)
from magnitizdat.errors import ForkError, NotVerifiedError
from magnitizdat.model import Checkpoint
from tests.fakes_branches import Branch, Form, Named, born, digest, form, named
from tests.fakes_tuf import NOW

NEED, HOLDERS = 2, 3


@dataclass
class Reader:
    """Somebody who dubs what comes: the label as held, vouches of whom they follow, and what they remember of it all.

    `listed` and `left` are a model: albums of the newest list, and of those that went, the list and root that had them.
    """

    state: LabelState
    vouched: list[Checkpoint] = field(default_factory=list)
    listed: dict[Form, tuple[str, int]] = field(default_factory=dict)
    left: dict[Form, tuple[str, int]] = field(default_factory=dict)
    settled: set[Checkpoint] = field(default_factory=set)

    def digests(self) -> list[str]:
        return [digest(root) for root in self.state.roots()]

    def is_sure(self, version: int) -> bool:
        """Whether somebody named the held root of that version or a later one."""
        ours = self.digests()
        words = (*self.state.memory.told, *self.vouched)
        return any(version <= each.version <= len(ours) and ours[each.version - 1] == each.sha256 for each in words)


class World:
    """`true` is the label as its holders and keeper have it; a stick is some copy of some branch."""

    def __init__(self) -> None:
        self.names = 0
        first = born(("author", "paper"))
        self.stem = first
        holders = tuple(self.name("holder") for _ in range(HOLDERS))
        self.true = first.with_root(("author", *holders[:NEED]), holders=holders, need=NEED).with_list("true")
        self.epoch = [self.true]
        self.sticks = [first, self.true]
        self.thieves: list[Branch] = []
        self.weak: set[bytes] = set()
        self.stood_by: dict[bytes, Branch | None] = {}
        self.readers = [Reader(label_state(imprint_of(first.roots[0]))) for _ in range(3)]

    def name(self, what: str) -> str:
        self.names += 1
        return f"{what} {self.names}"

    def _is_now(self, branch: Branch, *, lists: bool = True) -> None:
        self.true = branch
        self.sticks.append(branch)
        if lists:
            self.epoch.append(branch)

    # -- keeper and holders -------------------------------------------------------------------------------------------

    def publish(self) -> None:
        self._is_now(self.true.with_list(self.name("true")))

    def correct(self, album: int) -> None:
        """The keeper signs one of the albums again, changed or withdrawn."""
        self._is_now(self.true.with_list(self._changed(self.true, album)))

    def _changed(self, branch: Branch, album: int) -> str:
        return f"{branch.albums[album % len(branch.albums)].partition('#')[0]}{self.name('#')}"

    def replace_a_holder(self, times: int = 1) -> None:
        for _ in range(times):
            holders = (*self.true.holders[1:], self.name("holder"))
            self.true = self.true.with_root(self.true.holders[1:], holders=holders)
            self.epoch = [replace(each, roots=self.true.roots, holders=holders) for each in self.epoch]
        self.sticks.append(self.true)

    def hand_over(self, back: int = 0, *, nobody: bool = False) -> None:
        """The holders stand by one of the last lists; with `nobody` by one that there never was."""
        kept = self.epoch[max(0, len(self.epoch) - 1 - back)]
        what: Named = (7, "7" * 64) if nobody else kept.list
        base = replace(kept, roots=self.true.roots, holders=self.true.holders)
        made = base.with_root(self.true.holders[:NEED], online=self.name("online"), continues=named(what))
        self.stood_by[made.roots[-1]] = None if nobody else kept
        made = made.with_list(version=self.true.list[0] + 1000)
        self.epoch = []
        self._is_now(made)

    def sign_two(self) -> None:
        """Two next roots, both by enough of the holders."""
        both = [self.true.with_root(self.true.holders[:NEED], mark=self.name("proposal")) for _ in range(2)]
        self.epoch = [replace(each, roots=both[0].roots) for each in self.epoch]
        self._is_now(both[0], lists=False)
        self.sticks.append(both[1])

    # -- thieves ------------------------------------------------------------------------------------------------------

    def forge_list(self, base: int, jump: int) -> None:
        """Whoever took the key that signs day by day, on top of any copy."""
        on = self.sticks[base % len(self.sticks)]
        forged = on.with_list(self.name("Fake"), version=on.list[0] + jump)
        self.sticks.append(forged)

    def forge_form(self, base: int, album: int, jump: int) -> None:
        """Whoever took that key signs another form of an album of theirs."""
        on = self.sticks[base % len(self.sticks)]
        if on.albums:
            self.sticks.append(on.with_list(self._changed(on, album), version=on.list[0] + jump))

    def forge_root(self, more: int = 0) -> None:
        """Whoever has the root key of the author's library, which the second root replaced."""
        thief = self.name("thief")
        forged = self.stem.with_root(("author", thief), holders=(thief,), need=1, online=thief)
        for _ in range(more):
            kept = forged
            forged = kept.with_list(self.name("Fake")).with_root((thief,), continues=named(kept.list))
            self.stood_by[forged.roots[-1]] = kept
        self.thieves.append(forged.with_list(self.name("Fake")))
        self.sticks.append(self.thieves[-1])

    def forge_past(self) -> None:
        """A second root that a replaced key made, with holders in it whose third root is the true one."""
        if len(self.true.roots) < 3:
            return
        holders = self.sticks[1].holders
        odd = self.stem.with_root(("author", holders[0]), holders=holders, need=1, mark=self.name("odd"))
        self.sticks.append(replace(self.true, roots=(*odd.roots, *self.true.roots[2:])))

    def sign_too_few(self) -> None:
        """One holder alone, who takes the keys."""
        alone = self.true.holders[0]
        made = self.true.with_root((alone,), holders=(alone,), need=1, online=self.name("online"), continues=None)
        self.weak.add(made.roots[-1])
        self.sticks.append(made.with_list(self.name("Fake")))

    # -- readers ------------------------------------------------------------------------------------------------------

    def tell(self, reader: Reader, back: int = 0) -> None:
        """A card, with the newest true root or one before."""
        version = max(1, len(self.true.roots) - back)
        told = Checkpoint(version=version, sha256=digest(self.true.roots[version - 1]))
        try:
            reader.state = heard(reader.state, told)
        except NotVerifiedError:
            assert reader.digests() or reader.state.memory.checkpoint

    def vouch(self, reader: Reader, stick: int | None = None) -> None:
        """Somebody whom the reader follows knows this root; they may be mistaken."""
        branch = self.true if stick is None else self.sticks[stick % len(self.sticks)]
        reader.vouched.append(branch.checkpoint)

    def choose(self, reader: Reader, *, other: bool) -> None:
        if not reader.state.memory.forks:
            return
        fork = reader.state.memory.forks[0]
        chosen = fork.other if other else fork.held
        before = reader.state
        reader.state = choose(before, chosen)
        if fork.role == "root":
            reader.settled = {each for each in reader.settled if not other or each.version < fork.version}
            reader.settled.add(Checkpoint(version=fork.version, sha256=chosen))
        if other:
            reader.left = reader.listed | reader.left
            reader.listed = {}
            if fork.role == "root":
                reader.left = {each: (by, min(root, fork.version - 1)) for each, (by, root) in reader.left.items()}

    def restart(self, reader: Reader) -> None:
        state = reader.state
        reader.state = label_state(state.imprint, state.files, remembered=remembered(state))
        assert reader.state == state

    def dub(self, reader: Reader, branch: Branch) -> str:
        """Take in what a stick has; what came of it in a word."""
        before = reader.state
        try:
            verdict = refresh(
                thawed(before, branch.fetch, now=NOW), branch.fetch, now=NOW, vouched=tuple(reader.vouched)
            )
        except ForkError as fork:
            self._froze(reader, fork)
            return fork.role
        except NotVerifiedError:
            return "refused"
        self._took(reader, before, verdict)
        return "taken"

    def _froze(self, reader: Reader, fork: ForkError) -> None:
        if fork.role == "root":
            assert not reader.is_sure(fork.version), "somebody named the held branch"
            assert fork.version not in {each.version for each in reader.settled}, "asked twice"
        reader.state = freeze(reader.state, fork)

    def _took(self, reader: Reader, before: LabelState, verdict: Verdict) -> None:
        after, roots = verdict.state, verdict.state.roots()
        assert not after.is_frozen
        assert roots[: len(before.roots())] == before.roots(), "held roots are never replaced"
        assert not self.weak & set(roots), "signed by too few"
        crossed = [root for root in roots[len(before.roots()) :] if root in self.stood_by]
        for fork in before.memory.forks:
            assert reader.is_sure(fork.version) if fork.role == "root" else crossed, "thawed by nothing"
        held = {each.version: each.sha256 for each in (*after.memory.told, after.memory.checkpoint) if each}
        assert all(digest(roots[version - 1]) == sha256 for version, sha256 in held.items())
        assert len(verdict.handed_over) == (len(crossed) if before.roots() else 0)
        reader.state = after
        albums = {(path, listed.sha256) for path, listed in verdict.targets.items()}
        self._remember(reader, albums, epoch=len(before.roots()))

    def _remember(self, reader: Reader, albums: set[Form], *, epoch: int) -> None:
        newest = digest(reader.state.role_files()["targets"])
        gone = {each: (by, epoch) for each, (by, _) in reader.listed.items() if each not in albums}
        reader.left = {each: where for each, where in (gone | reader.left).items() if each not in albums}
        reader.listed = dict.fromkeys(albums, (newest, len(reader.state.roots())))
        self._marks(reader)

    def _marks(self, reader: Reader) -> None:
        """Nothing that holders stand by is disowned, however it came; and no album is spared that they never named."""
        roots = reader.state.roots()
        handing = {n: self.stood_by[root] for n, root in enumerate(roots, 1) if root in self.stood_by}
        theirs = {each for kept in handing.values() if kept is not None for each in kept.signed}
        named = {path for path, _ in (*theirs, *reader.listed)}
        marks = {(each.path, each.sha256): each.disowned for each in reader.state.memory.left}
        assert marks.keys() == reader.left.keys()
        for (path, sha256), (by, epoch) in reader.left.items():
            mark = marks[path, sha256]
            if max(handing, default=0) <= epoch:
                assert mark is None
            elif (path, sha256) in theirs:
                assert not mark, "they stand by it"
            elif path not in named:
                assert mark, "came under a key that was taken away"
            if any(kept is not None and kept.list[1] == by for kept in handing.values()):
                assert not mark, "it is what they stand by"

    # -- the end ------------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """The label is handed over once more, and everybody hears of it: who is asked is asked once, for good."""
        self.hand_over()
        for reader in self.readers:
            if not self._hears(reader):
                continue
            assert reader.digests()[-1] == self.true.checkpoint.sha256
            assert set(reader.listed) == {form(each) for each in self.true.albums}
            self._forgeries(reader)

    def _hears(self, reader: Reader) -> bool:
        """Whether the true label came through. It may not where the person has it from others, or chose another."""
        asked = set[int]()
        while (came := self.dub(reader, self.true)) != "taken":
            if self._was_misled(reader):
                return False
            assert came == "root", "nothing else may stop a sleeper"
            fork = reader.state.memory.forks[0]
            truth = digest(self.true.roots[fork.version - 1])
            if truth not in (fork.held, fork.other):
                return False  # asked to choose between two forgeries
            self.choose(reader, other=truth == fork.other)
            assert fork.version not in asked
            asked.add(fork.version)
        return True

    def _was_misled(self, reader: Reader) -> bool:
        """Whether a choice or a friend's mistake names a root that is not the label's, and that it never leads to."""
        truth = [digest(root) for root in self.true.roots]
        words = (*reader.state.memory.told, *reader.vouched)
        return any(each.version <= len(truth) and truth[each.version - 1] != each.sha256 for each in words) or any(
            each.version > len(truth) for each in words
        )

    def _forgeries(self, reader: Reader) -> None:
        """After one choice, if any, no forged second root freezes anybody again."""
        self.forge_root()
        self.forge_root(more=1)
        for forged in self.thieves[-2:]:
            held = reader.state
            if self.dub(reader, forged) == "root":
                self.choose(reader, other=False)
            assert reader.state.files == held.files
        assert self.dub(reader, self.thieves[-1]) == "refused"
        assert self.dub(reader, self.true) == "taken"


def history(seed: int, steps: int = 20) -> World:
    """So many acts of chance and the end, the same for the same seed."""
    chance, world = Random(seed), World()
    for _ in range(steps):
        _act(world, chance)
    world.end()
    return world


def _act(world: World, chance: Random) -> None:
    reader, stick = chance.choice(world.readers), chance.randrange(31)
    act = chance.randrange(18)
    if act < len(_SIGNED):
        _SIGNED[act](world, chance, stick)
    else:
        _hear(world, chance, act, reader, stick)


_SIGNED: list[Callable[[World, Random, int], None]] = [
    lambda world, chance, stick: world.publish(),
    lambda world, chance, stick: world.replace_a_holder(chance.choice([1, 1, 2, 7])),
    lambda world, chance, stick: world.hand_over(chance.randrange(4), nobody=not chance.randrange(4)),
    lambda world, chance, stick: world.sign_two(),
    lambda world, chance, stick: world.forge_list(stick, chance.choice([0, 1, 2, 5, 1_000_000])),
    lambda world, chance, stick: world.forge_root(chance.randrange(3)),
    lambda world, chance, stick: world.forge_past(),
    lambda world, chance, stick: world.sign_too_few(),
    lambda world, chance, stick: world.correct(stick),
    lambda world, chance, stick: world.forge_form(stick, chance.randrange(9), chance.choice([0, 1, 2, 1_000_000])),
]


def _hear(world: World, chance: Random, act: int, reader: Reader, stick: int) -> None:
    match act:
        case 10:
            world.tell(reader, chance.randrange(3))
        case 11:
            world.vouch(reader, chance.choice([None, stick]))
        case 12:
            world.choose(reader, other=chance.random() < 0.5)
        case 13:
            world.restart(reader)
        case _:
            world.dub(reader, chance.choice(world.sticks))
