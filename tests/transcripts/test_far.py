"""Places that are asked over a net, as they are typed: what is wrong is said in a sentence, and how it ends."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_LOCKED, EXIT_SOURCE, EXIT_USAGE

CODE, PIN = "a" * 26, "A" * 43
TICKET = f"https://127.0.0.1:1/{CODE}/#pin={PIN}"


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        (TICKET, EXIT_SOURCE, "The share is over. What came is kept; ask for a new ticket."),
        (TICKET[:-9], EXIT_USAGE, "is not whole"),
        (TICKET.partition("#")[0], EXIT_USAGE, "this ticket is not whole"),
        (TICKET + "&or=10.0.0.1:1" * 100, EXIT_USAGE, "more addresses than a laptop has"),
        (f"https://abc.onion:1/{CODE}/#pin={PIN}", EXIT_USAGE, "add --proxy socks5h://127.0.0.1:9050"),
        (f"http://127.0.0.1:1/#pin={PIN}", EXIT_USAGE, "may have one pin"),
        (f"https://127.0.0.1:1/#pin={PIN[:-3]}", EXIT_USAGE, "after #pin= is not whole"),
        (f"https://127.0.0.1:1/#pin={PIN}", EXIT_SOURCE, "did not answer"),
        ("https://somebody:secret@127.0.0.1/", EXIT_USAGE, "leave user and password out"),
        ("127.0.0.1:1", EXIT_LOCKED, "six words are asked for"),
        ("127.0.0.1", EXIT_USAGE, "«127.0.0.1» is no address with a port, such as 192.168.43.17:8046"),
        ("fe80::1", EXIT_USAGE, "is no address with a port"),
        ("music:1x", EXIT_SOURCE, "music:1x is not there"),
    ],
)
def test_what_is_wrong_with_a_place(mag, source, code, said):
    for command in (("dub", source), ("dub", source, "--dry-run")):
        ended = mag(*command)
        assert (ended.code, ended.out) == (code, "")
        assert said in ended.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            "abandon ability able about above absent",
            EXIT_SOURCE,
            "Nothing is shared at 127.0.0.1:1 any more, or its port is another",
        ),
        ("abandon ability able abotu above absent", EXIT_LOCKED, "word 4 is none of the list"),
        ("abandon ability able", EXIT_LOCKED, "not the six words of a share"),
    ],
)
def test_an_address_and_words(mag, tmp_path, words, code, said):
    (tmp_path / "words").write_text(words)
    ended = mag("dub", "127.0.0.1:1", "--words-file", tmp_path / "words")
    assert ended.code == code
    assert said in ended.err


def test_words_for_an_address_that_asks_for_none_are_told(mag, tmp_path):
    (tmp_path / "words").write_text("abandon ability able about above absent")
    ended = mag("dub", "http://192.168.43.17:8046/", "--words-file", tmp_path / "words")
    assert ended.code == EXIT_USAGE
    assert "`mag dub 192.168.43.17:8046 --words-file FILE`" in ended.err


@pytest.mark.parametrize("proxy", ["socks5h://127.0.0.1:1", "socks5://127.0.0.1:1", "http://127.0.0.1:1"])
def test_past_a_proxy_nothing_goes(mag, proxy):
    bucket = mag("dub", "s3://bucket/spool", "--proxy", proxy)
    assert bucket.code == EXIT_USAGE
    place = mag("dub", TICKET, "--proxy", proxy)
    assert place.code == (EXIT_SOURCE if "socks5h" in proxy else EXIT_USAGE)
    assert ("the proxy does not answer" if "socks5h" in proxy else "give the proxy as socks5h://") in place.err


def test_what_of_a_ticket_nobody_asks_is_said(mag):
    ended = mag("dub", f"{TICKET}&or=8.8.8.8:53&or=0.0.0.0:1&or=nonsense")
    assert "Addresses of the ticket that are not asked, being on the internet, on this machine or none: 3." in ended.out
