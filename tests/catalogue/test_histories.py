"""Hand-overs against stolen keys, two proposals at once, sleepers, vouches, sticks in any order: the laws hold.

`python -m bench.histories` tries many more (docs/reliability.md).
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.fakes_histories import World, history

READER = st.integers(0, 2)
STICK = st.integers(0, 30)


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @rule()
    def publish(self):
        self.world.publish()

    @rule(album=STICK)
    def correct(self, album):
        self.world.correct(album)

    @rule(times=st.sampled_from([1, 1, 2, 7]))
    def replace_a_holder(self, times):
        self.world.replace_a_holder(times)

    @rule(back=st.integers(0, 3), nobody=st.sampled_from([False, False, False, True]))
    def hand_over(self, back, nobody):
        self.world.hand_over(back, nobody=nobody)

    @rule()
    def sign_two(self):
        self.world.sign_two()

    @rule(base=STICK, jump=st.sampled_from([0, 1, 2, 5, 1_000_000]))
    def forge_list(self, base, jump):
        self.world.forge_list(base, jump)

    @rule(base=STICK, album=STICK, jump=st.sampled_from([0, 1, 2, 1_000_000]))
    def forge_form(self, base, album, jump):
        self.world.forge_form(base, album, jump)

    @rule(more=st.integers(0, 2))
    def forge_root(self, more):
        self.world.forge_root(more)

    @rule()
    def forge_past(self):
        self.world.forge_past()

    @rule()
    def sign_too_few(self):
        self.world.sign_too_few()

    @rule(reader=READER, back=st.integers(0, 2))
    def tell(self, reader, back):
        self.world.tell(self.world.readers[reader], back)

    @rule(reader=READER, stick=st.none() | STICK)
    def vouch(self, reader, stick):
        self.world.vouch(self.world.readers[reader], stick)

    @rule(reader=READER, stick=STICK)
    def dub(self, reader, stick):
        self.world.dub(self.world.readers[reader], self.world.sticks[stick % len(self.world.sticks)])

    @rule(reader=READER, sticks=st.lists(STICK, min_size=1, max_size=4))
    def dub_several(self, reader, sticks):
        for stick in sticks:
            self.world.dub(self.world.readers[reader], self.world.sticks[-1 - stick % len(self.world.sticks)])

    @rule(reader=READER, other=st.booleans())
    def choose(self, reader, other):
        self.world.choose(self.world.readers[reader], other=other)

    @rule(reader=READER)
    def restart(self, reader):
        self.world.restart(self.world.readers[reader])

    def teardown(self):
        self.world.end()


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=25, deadline=None)
def test_histories_of_chance(seed):
    history(seed)


def test_a_sleeper_of_200_versions_follows_and_the_forgery_is_disowned():
    world = World()
    sleeper = world.readers[0]
    world.dub(sleeper, world.true)
    world.forge_list(1, 1_000_000)
    assert world.dub(sleeper, world.sticks[-1]) == "taken"
    world.replace_a_holder(100)
    world.hand_over()
    world.publish()
    world.replace_a_holder(98)
    world.end()
    assert len(sleeper.state.roots()) == 202
    assert [each.disowned for each in sleeper.state.memory.left] == [True]
