"""Work beside somebody who watches: one writer at a time, stopped between steps, every end told."""

from __future__ import annotations

import threading

import pytest

from magnitizdat.errors import NotFoundError, TargetError, UsageError
from magnitizdat.model import Outcome, Shortfall
from magnitizdat.ops.jobs.jobs import AT_ONCE, SENTENCES, STOPPED, WAITING, Ended, Jobs, Stopped, Watch


def ended(jobs: Jobs, job: str):
    while (found := jobs.find(job)).state == "running":
        jobs.find(job, wait_s=5)
    return found


def test_how_it_went_and_how_it_ended():
    jobs = Jobs()

    def work(watch: Watch) -> Ended:
        watch.start("segments", 100)
        watch.advance(40)
        watch.say("Half of it.")
        watch.advance(60)
        outcome = Outcome(headline="All is there.", lines=("In four files.",), words="one two", safe_to_pull=True)
        return Ended(outcome, {"length": 100})

    found = ended(jobs, jobs.start("fill", work, writes=True).id)
    assert (found.state, found.done, found.total, found.what) == ("done", 100, 100, "segments")
    assert (found.said, found.report) == (("Half of it.", "In four files."), {"length": 100})
    assert (found.sentence, found.words, found.safe_to_pull, found.exit_code) == ("All is there.", "one two", True, 0)


@pytest.mark.parametrize(("code", "state"), [(0, "done"), (3, "partly"), (1, "failed"), (2, "failed"), (10, "failed")])
def test_the_outcome_says_how_it_ended(code, state):
    jobs = Jobs()
    outcome = Outcome(headline="Some.", missing=(Shortfall(what="a", reason="is not there"),), exit_code=code)
    found = ended(jobs, jobs.start("take", lambda _: Ended(outcome, {}), writes=True).id)
    assert (found.state, found.exit_code, found.missing) == (state, code, outcome.missing)


@pytest.mark.parametrize("beyond", [-1, 0, 1, 250])
def test_of_very_many_lines_it_is_told_how_many_more_there_are(beyond):
    jobs, many = Jobs(), SENTENCES + beyond
    lacks = tuple(Shortfall(what=str(number), reason="is not there") for number in range(many))
    outcome = Outcome(headline="Some.", lines=("One more.",) * many, missing=lacks, exit_code=3)
    found = ended(jobs, jobs.start("take", lambda _: Ended(outcome, {}), writes=True).id)
    assert (len(found.missing) + found.more_missing, len(found.said) + found.more_said) == (many, many)
    assert max(len(found.missing), len(found.said)) <= SENTENCES


@pytest.mark.parametrize(("error", "code"), [(TargetError("the stick is gone; plug it in"), 1), (UsageError("no"), 2)])
def test_an_error_is_its_sentence(error, code):
    jobs = Jobs()

    def work(_: Watch) -> Ended:
        raise error

    found = ended(jobs, jobs.start("fill", work, writes=True).id)
    assert (found.state, found.sentence, found.exit_code) == ("failed", str(error), code)
    assert not found.safe_to_pull


def test_a_bug_says_nothing_of_music():
    jobs = Jobs()

    def work(_: Watch) -> Ended:
        raise ValueError("secret title")

    found = ended(jobs, jobs.start("fill", work, writes=True).id)
    assert found.state == "failed"
    assert "secret" not in found.sentence


def test_stopped_between_two_steps_also_in_other_threads():
    jobs, begun = Jobs(), threading.Event()
    left = []

    def work(watch: Watch) -> Ended:
        try:
            row = watch.row("stick")
            while True:
                row.advance(1)
                begun.set()
        except BaseException as exc:
            left.append(type(exc))
            raise

    job = jobs.start("copy", work, writes=False)
    assert begun.wait(5)
    jobs.stop(job.id)
    found = ended(jobs, job.id)
    assert (found.state, found.sentence, found.exit_code) == ("stopped", STOPPED, 130)
    assert left == [Stopped]
    assert issubclass(Stopped, KeyboardInterrupt)


def test_one_writer_at_a_time_and_one_that_waits_can_be_stopped():
    jobs, go, running = Jobs(), threading.Event(), []

    def work(_: Watch) -> Ended:
        running.append(1)
        assert go.wait(5)
        assert len(running) == 1
        running.pop()
        return Ended(Outcome(headline="Done."), {})

    first, second, third = (jobs.start("fill", work, writes=True) for _ in range(3))
    reader = jobs.start("check", lambda _: Ended(Outcome(headline="Whole."), {}), writes=False)
    assert ended(jobs, reader.id).state == "done"
    waiting = [job for job in (first, second, third) if jobs.find(job.id).what == WAITING]
    assert len(waiting) <= 2
    jobs.stop(third.id)
    go.set()
    assert ended(jobs, first.id).state == "done"
    assert ended(jobs, second.id).state == "done"
    assert ended(jobs, third.id).state in {"stopped", "done"}


def test_progress_at_several_places_is_their_sum():
    watch = Watch()
    one, two = watch.row("one"), watch.row("two")
    one.start("write", 10)
    two.start("write", 10)
    one.advance(10)
    two.advance(4)
    one.start("read back", 10)
    jobs = Jobs()
    shown = watch.onto(jobs.start("copy", lambda _: Ended(Outcome(headline=""), {}), writes=False))
    assert (shown.done, shown.total) == (4, 20)


def test_too_much_at_once_is_refused_and_all_can_be_stopped():
    jobs = Jobs()

    def work(watch: Watch) -> Ended:
        while True:
            watch.told.wait(5)
            watch.check()

    for _ in range(AT_ONCE):
        jobs.start("check", work, writes=False)
    with pytest.raises(UsageError, match="under way"):
        jobs.start("check", work, writes=False)
    assert jobs.stop_all(patience_s=5)
    assert {job.state for job in jobs.all()} == {"stopped"}
    jobs.forget()
    assert jobs.all() == []
    with pytest.raises(NotFoundError):
        jobs.find("nothing")
