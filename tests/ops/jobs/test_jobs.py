"""Work beside somebody who watches: one writer at a time, stopped between steps, every end told."""

from __future__ import annotations

import threading

import pytest

from magnitizdat.errors import NotFoundError, TargetError, UsageError
from magnitizdat.model import Shortfall
from magnitizdat.ops.jobs.jobs import AT_ONCE, STOPPED, WAITING, Jobs, Outcome, Stopped, Watch


def ended(jobs: Jobs, job: str):
    while (found := jobs.find(job)).state == "running":
        jobs.find(job, wait_s=5)
    return found


def test_how_it_went_and_how_it_ended():
    jobs = Jobs()

    def work(watch: Watch) -> Outcome:
        watch.start("segments", 100)
        watch.advance(40)
        watch.say("Half of it.")
        watch.advance(60)
        return Outcome(sentence="All is there.", report={"length": 100}, words="one two", safe_to_pull=True)

    found = ended(jobs, jobs.start("fill", work, writes=True).id)
    assert (found.state, found.done, found.total, found.what) == ("done", 100, 100, "segments")
    assert found.said == ("Half of it.",)
    assert (found.sentence, found.words, found.safe_to_pull, found.exit_code) == ("All is there.", "one two", True, 0)


def test_what_is_missing_makes_it_partly_done():
    jobs = Jobs()
    missing = (Shortfall(what="a", reason="is not there"),)
    found = ended(jobs, jobs.start("take", lambda _: Outcome(sentence="Some.", missing=missing), writes=True).id)
    assert (found.state, found.exit_code, found.missing) == ("partly", 3, missing)


@pytest.mark.parametrize(("error", "code"), [(TargetError("the stick is gone; plug it in"), 1), (UsageError("no"), 2)])
def test_an_error_is_its_sentence(error, code):
    jobs = Jobs()

    def work(_: Watch) -> Outcome:
        raise error

    found = ended(jobs, jobs.start("fill", work, writes=True).id)
    assert (found.state, found.sentence, found.exit_code) == ("failed", str(error), code)
    assert not found.safe_to_pull


def test_a_bug_says_nothing_of_music():
    jobs = Jobs()

    def work(_: Watch) -> Outcome:
        raise ValueError("secret title")

    found = ended(jobs, jobs.start("fill", work, writes=True).id)
    assert found.state == "failed"
    assert "secret" not in found.sentence


def test_stopped_between_two_steps_also_in_other_threads():
    jobs, begun = Jobs(), threading.Event()
    left = []

    def work(watch: Watch) -> Outcome:
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

    def work(_: Watch) -> Outcome:
        running.append(1)
        assert go.wait(5)
        assert len(running) == 1
        running.pop()
        return Outcome(sentence="Done.")

    first, second, third = (jobs.start("fill", work, writes=True) for _ in range(3))
    reader = jobs.start("check", lambda _: Outcome(sentence="Whole."), writes=False)
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
    shown = watch.onto(jobs.start("copy", lambda _: Outcome(sentence=""), writes=False))
    assert (shown.done, shown.total) == (4, 20)


def test_too_much_at_once_is_refused_and_all_can_be_stopped():
    jobs = Jobs()

    def work(watch: Watch) -> Outcome:
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
