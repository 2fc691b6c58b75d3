"""Static pages: nothing written in a title or in notes leaves its place; feeds and playlists stay well-formed."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import time
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.formats.names import imprint_text, imprint_words, portable_name
from magnitizdat.model import Credit, DiscTitle, File, Freshness, Lyrics, Release, Rendition, Track
from magnitizdat.pages import site as pages
from magnitizdat.pages.markup import as_plain_text, from_markdown, one_line
from magnitizdat.pages.parts import dub_command, rows, sides
from magnitizdat.sentence import clock

IMPRINT = imprint_text(hashlib.sha256(b"a root").digest())
LABEL = pages.ShownLabel(imprint=IMPRINT, name="Zoopark Tapes", freshness=Freshness(version=7, signed_on="2026-05-14"))
VOID = {"hr", "img", "link", "meta", "source"}

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></head><body onload='x'>",
    "]]><!-- --> &amp; &lt;b&gt; &#60;",
    "a\nb\r\n#EXTINF:1,evil\u2028../../etc",
    "\x1b[31mred\x00\u202egnp.exe",
)
titles = st.one_of(
    st.text(min_size=1, max_size=60),
    st.sampled_from(HOSTILE),
    st.text(alphabet="<>&\"'/=;-!#[]()*_` \n\u202eЖ", min_size=1, max_size=60),
).filter(lambda title: bool(one_line(title)))


class Page(HTMLParser):
    """A page as a browser sees it: elements with attributes, and texts by element. Misnesting is an error."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def handle_comment(self, data):
        pytest.fail(f"a comment: {data}")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def file_of(content: str, media_type: str = "audio/flac") -> File:
    return File(
        sha256=hashlib.sha256(content.encode()).hexdigest(), length=len(content) + 400_000, media_type=media_type
    )


def site_files(shelves, notes_of):
    """The pages of a whole place."""
    for label, releases in shelves:
        yield from pages.label_files(label, releases, notes_of)
    yield "index.html", pages.root_page([label for label, _ in shelves])


def track(title: str, position: int = 1, **more) -> Track:
    facts = {"artist": "Виктор", "file": file_of(f"{position} {title}"), "duration_s": 10.4, **more}
    return Track(id=facts["file"].sha256, title=title, position=position, **facts)


def release(title: str = "45", *, tracks: tuple[Track, ...] = (), **more) -> Release:
    facts = {"artist": "Виктор", "date": "1982", "cover": file_of("cover", "image/png"), **more}
    return Release(id="0123456789abcdef" * 2, title=title, tracks=tracks or (track("Чай"),), **facts)


@given(title=titles, artist=titles, name=titles, written=titles)
@example(*HOSTILE[:4])
def test_no_name_breaks_out_of_the_page(title, artist, name, written):
    """The page of any release has the elements of the plainest one, and shows each name as its cleaned text."""
    hostile = release(
        title,
        artist=artist,
        tracks=(track(title, artist=artist),),
        licence=written,
        support=written,
        credits=(Credit(name=name, role=written),),
    )
    plain = release(
        "a",
        artist="b",
        tracks=(track("a", artist="b"),),
        licence="c",
        support="c",
        credits=(Credit(name="d", role="c"),),
    )
    label = pages.ShownLabel(imprint=IMPRINT, name=name, about=written, url=written)
    plain_label = pages.ShownLabel(imprint=IMPRINT, name="d", about="c", url="c")
    page = Page(pages.release_page(label, hostile, {"en": "notes"}))
    expected = Page(pages.release_page(plain_label, plain, {"en": "notes"}))
    assert [(tag, set(attributes)) for tag, attributes in page.elements] == [
        (tag, set(attributes)) for tag, attributes in expected.elements
    ]
    assert page.texts["h1"] == [one_line(title)]
    assert page.texts["title"] == [f"{one_line(title)} · {one_line(artist)}"]
    assert page.all("audio")[0]["aria-label"] == one_line(title)
    for made in (pages.label_page(label, [hostile]), pages.root_page([label])):
        assert any(one_line(name) in shown for shown in Page(made).texts["main"])


@given(notes=st.one_of(st.text(max_size=300), st.text(alphabet="#*_-[]()<>!&\"' \nab1.", max_size=300)))
@example(
    "# A\n- one\n- two\nstill two\n1. x\n\n**bold** *soft* _soft_ <b>typed</b>\n---\n[text](http://x) ![p](http://y)"
)
def test_notes_are_a_few_harmless_elements(notes):
    page = Page(from_markdown(notes).encode())
    assert {tag for tag, _ in page.elements} <= {"p", "ul", "ol", "li", "hr", "em", "strong", "span", "h4", "h5", "h6"}
    assert all(set(attributes) <= {"class"} for _, attributes in page.elements)


@given(words=st.lists(st.text(alphabet="<>&\"'/abЖ", min_size=1, max_size=12), min_size=1, max_size=20))
def test_notes_without_marks_are_shown_as_typed(words):
    written = " ".join(words)
    assert Page(from_markdown(written).encode()).texts["p"] == [one_line(written)]


@given(notes=st.one_of(st.text(max_size=300), st.text(alphabet="#*_-[]()<>!&\"' \nab1.", max_size=300)))
def test_as_plain_text_notes_say_the_same_words(notes):
    shown = re.sub("<hr>", " * * * ", from_markdown(notes))
    shown = re.sub("</?(?:em|strong|span)[^<>]*>", "", re.sub("<li>", " - ", shown))
    assert as_plain_text(notes).split() == html.unescape(re.sub("<[^<>]*>", " ", shown)).split()


def test_plain_text_by_example():
    made = as_plain_text("# How\n\nA *tape*, **loud** & <b>.\n- one\n  more\n- two\n\n---\n[here](https://example.org)")
    assert made == "How\n\nA tape, loud & <b>.\n\n- one more\n- two\n\n* * *\n\nhere (https://example.org)"


def test_markdown_by_example():
    made = from_markdown(
        "# How\n\nA *tape*, **loud**.\n\n- one\n  more\n- two\n\n[here](https://example.org)", top_level=3
    )
    assert made == (
        "<h3>How</h3><p>A <em>tape</em>, <strong>loud</strong>.</p>"
        "<ul><li>one more</li><li>two</li></ul>"
        '<p>here (<span class="url">https://example.org</span>)</p>'
    )


@pytest.mark.parametrize("hostile", ["*a ", "**a ", "[", "[a](", "_a ", "# ", "- \n", "a\n", "1. x\n", "-" * 9 + " "])
def test_hostile_notes_take_linear_time(hostile):
    started = time.process_time()
    from_markdown(hostile * (200_000 // len(hostile)))
    assert time.process_time() - started < 5


@given(title=titles, reason=titles, url=st.one_of(st.just(""), st.just("https://example.org/spool/"), titles))
def test_the_feed_is_well_formed_and_says_the_title(title, reason, url):
    label = pages.ShownLabel(imprint=IMPRINT, name=title, url=url)
    withdrawn = release(title, withdrawn=True, withdrawn_reason=reason)
    feed = ET.fromstring(pages.rss(label, [release(title, tracks=(track(title),)), withdrawn]))
    shown = "".join(sign for sign in one_line(title) if sign not in "\ufffe\uffff")
    assert " ".join(feed.findtext("channel/title").split()) == " ".join(shown.split())
    assert [item.findtext("guid") for item in feed.iter("item")] == [f"{IMPRINT}/{release().id}"] * 2
    assert len(feed.findall("channel/item/{http://search.yahoo.com/mrss/}content")) == 1


def test_the_feed_has_absolute_links_where_the_label_has_an_address():
    label = pages.ShownLabel(imprint=IMPRINT, name="Zoopark", url="https://example.org/spool/")
    feed = ET.fromstring(pages.rss(label, [release(released="1982-05-14")]))
    assert feed.findtext("channel/item/link") == f"https://example.org/spool/labels/{IMPRINT}/{release().id}.html"
    assert feed.findtext("channel/item/pubDate") == "Fri, 14 May 1982 00:00:00 GMT"
    feed = ET.fromstring(pages.rss(label, [release(released="1982", published="2026-05-14")]))
    assert feed.findtext("channel/item/pubDate") == "Thu, 14 May 2026 00:00:00 GMT"
    assert ET.fromstring(pages.rss(LABEL, [release(date="1982-13-77")])).find("channel/item/pubDate") is None


@given(made=st.lists(st.tuples(titles, titles), min_size=1, max_size=6))
def test_a_playlist_has_one_line_for_each_track(made):
    tracks = tuple(track(title, number, artist=artist) for number, (title, artist) in enumerate(made, start=1))
    lines = pages.m3u(release(made[0][0], tracks=tracks)).decode().splitlines()
    assert lines[0] == "#EXTM3U"
    paths = [line for line in lines if not line.startswith("#")]
    assert paths == [f"../../blobs/{each.file.sha256[:2]}/{each.file.sha256}" for each in tracks]
    assert [line.partition(":")[0] for line in lines if line.startswith("#")][2:] == ["#EXTINF"] * len(tracks)


@given(made=st.lists(titles, min_size=1, max_size=8))
@example(made=["00000" + 26 * "𝐀"])
def test_kept_files_get_portable_names_that_differ(made):
    tracks = tuple(track(title, 1) for title in made)
    page = Page(pages.release_page(LABEL, release(tracks=tracks), {}))
    names = [attributes["download"] for attributes in page.all("a") if "download" in attributes]
    assert len({name.casefold() for name in names}) == len(made)
    for name in names:
        assert name.startswith("01 ")
        assert name.endswith(".flac")
        assert name == portable_name(name)


def test_a_release_page_plays_and_keeps_what_is_signed():
    opus = Rendition(kind="opus-128", file=file_of("small", "audio/ogg"))
    words = Lyrics(language="ru", file=file_of("words", "text/x-lrc"))
    one = track("Трамвай", 2, renditions=(opus,), lyrics=(words,))
    page = Page(pages.release_page(LABEL, release(tracks=(one,)), {"ru": "Привет", "da": "Hej"}))
    assert page.all("audio") == [{"controls": "", "preload": "none", "aria-label": "Трамвай"}]
    assert [(source["src"], source["type"]) for source in page.all("source")] == [
        (f"../../blobs/{file.sha256[:2]}/{file.sha256}", file.media_type) for file in (one.file, opus.file)
    ]
    kept = [link["download"] for link in page.all("a") if "download" in link]
    assert kept == ["02 Трамвай.flac", "02 Трамвай.ogg", "02 Трамвай.ru.lrc"]
    assert [fold.get("lang") for fold in page.all("details")][:2] == ["ru", "da"]
    assert page.all("img")[0]["alt"] == "Cover of 45 by Виктор"
    assert all(image["alt"] for image in page.all("img"))
    assert page.all("html") == [{"lang": "en"}]


def test_a_release_page_says_by_whom_and_how_to_take_it():
    label = pages.ShownLabel(imprint=IMPRINT, name="Zoopark Tapes", url="https://example.org/t; rm -rf ~")
    page = Page(pages.release_page(label, release(), {}))
    assert any(imprint_words(IMPRINT) in shown for shown in page.texts["span"])
    assert "mag dub 'https://example.org/t; rm -rf ~'" in page.texts["code"]
    assert dub_command("") == "mag dub ADDRESS"


def test_a_withdrawn_release_is_marked_and_offers_no_files():
    made = release(withdrawn=True, withdrawn_reason="Wrong master")
    page = Page(pages.release_page(LABEL, made, {}))
    assert "Wrong master" in page.texts["main"][0]
    assert not page.all("audio")
    assert not [link for link in page.all("a") if "download" in link]
    assert "Withdrawn" in Page(pages.label_page(LABEL, [made])).texts["li"][0]
    paths = [path for path, _ in site_files([(LABEL, [made])], lambda _: {})]
    assert not any(path.endswith(".m3u8") for path in paths)


def test_a_carried_release_is_never_said_to_be_by_the_label():
    shown = Page(pages.release_page(LABEL, release(carried=True), {})).texts["main"][0]
    assert "Passed on by Zoopark Tapes, who did not make it" in shown
    assert "Signed by" not in shown


def test_what_is_not_on_the_allow_list_gets_no_player_link_or_picture():
    odd = track("Page", file=file_of("x", "text/html"))
    made = release(tracks=(odd,), cover=file_of("y", "image/svg+xml"))
    page = Page(pages.release_page(LABEL, made, {}))
    assert not page.all("audio")
    for file in (odd.file, made.cover):
        assert file.sha256 not in pages.release_page(LABEL, made, {}).decode()
    assert odd.file.sha256 not in pages.m3u(made).decode()


def test_pages_run_nothing_and_fetch_nothing():
    for path, page in site_files([(LABEL, [release()])], lambda _: {"en": "x"}):
        if not path.endswith(".html"):
            continue
        seen = Page(page)
        policy = next(
            meta["content"] for meta in seen.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"
        )
        digest = base64.b64encode(hashlib.sha256(seen.texts["style"][0].encode()).digest()).decode()
        assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none';")
        assert f"style-src 'sha256-{digest}'" in policy
        assert "script" not in policy
        assert {"name": "referrer", "content": "no-referrer"} in seen.all("meta")
        for _, attributes in seen.elements:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            for name in ("src", "href"):
                assert re.match(
                    r"$|\.\./\.\./|labels/|[0-9a-f]{32}\.|index\.html|feed\.xml|data:image", attributes.get(name, "")
                )


def test_a_site_has_its_pages_where_the_spool_wants_them():
    made = release()
    folder = f"labels/{IMPRINT}"
    paths = [path for path, _ in site_files([(LABEL, [made])], lambda _: {})]
    assert set(paths) == {
        "index.html",
        f"{folder}/index.html",
        f"{folder}/feed.xml",
        f"{folder}/{made.id}.html",
        f"{folder}/{made.id}.m3u8",
    }
    assert paths[-1] == "index.html"


def test_every_link_between_pages_leads_somewhere():
    import posixpath

    files = dict(site_files([(LABEL, [release()])], lambda _: {}))
    for path, page in files.items():
        if path.endswith(".html"):
            for link in Page(page).all("a"):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link["href"]))
                assert target in files or target.startswith("blobs/")


def test_newest_first_and_withdrawn_last():
    old, new = release("Old", date="1981"), release("New", date="1984")
    gone = release("Gone", date="1985", withdrawn=True)
    files = dict(site_files([(LABEL, [old, gone, new])], lambda _: {}))
    shown = Page(files[f"labels/{IMPRINT}/index.html"]).texts["b"]
    assert [title for title in shown if title in {"Old", "New", "Gone"}] == ["New", "Old", "Gone"]


def test_sides_of_a_tape_and_discs():
    six = release(tracks=tuple(track(str(number), number) for number in range(1, 7)))
    assert [(heading, len(part)) for heading, part in sides(rows(six))] == [("Side A", 3), ("Side B", 3)]
    two = release(tracks=(track("a", 1), track("b", 1, disc=2)))
    assert [heading for heading, _ in sides(rows(two))] == ["Disc 1", "Disc 2"]
    assert [row.stem for row in rows(two)] == ["1-01 a", "2-01 b"]
    assert [heading for heading, _ in sides(rows(release()))] == ["Tracks"]


@given(seconds=st.floats(0, 1e6))
def test_a_clock_reads_back(seconds):
    total = 0
    for part in clock(seconds).split(":"):
        total = total * 60 + int(part)
    assert total == round(seconds)


def test_an_empty_spool_and_an_empty_label_say_so():
    assert "Nothing is published here yet." in Page(pages.root_page([])).texts["main"][0]
    assert "Nothing yet." in Page(pages.label_page(LABEL, [])).texts["main"][0]
    assert "No liner notes" in Page(pages.release_page(LABEL, release(), {})).texts["main"][0]


def test_discs_are_called_what_they_are():
    two = release(
        tracks=(track("Чай"), structs.replace(track("Снег"), disc=2)), disc_titles=(DiscTitle(disc=2, title="<Live>"),)
    )
    page = pages.release_page(LABEL, two, {}).decode()
    assert "&lt;Live&gt;" in page
    assert page.index("Disc 1") < page.index("Disc 2") < page.index("&lt;Live&gt;")
