"""How far albums come in a city, as one page without a script: pictures, and under each its numbers. PURE.

The only home of `pygal`. Its pictures go into the page as images, so no script, style or link of theirs acts in it, and
what would differ from run to run (its date, its ids) is taken away.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pygal
from pygal.style import Style

from magnitizdat.courier.simulate import CityReport, Course, percent
from magnitizdat.pages.markup import NOTHING, Html, el, join, text
from magnitizdat.pages.style import document
from magnitizdat.sentence import IN_ENGLISH, Sentence, Voice, say, verbatim

TITLE = say("How far albums come in a city")
INKS = ("#b91d18", "#1b1815", "#1f5fa8", "#2e7d4f", "#a06a00")
WIDTH, HEIGHT = 720, 420
_DASHES = ("", "2, 4", "12, 4", "12, 4, 2, 4", "6, 6")


class _WayToCarry(NamedTuple):
    """A way to carry, as a person calls it."""

    name: Sentence
    course: Course


class _Chart(NamedTuple):
    """A chart, and what it says: a row of names, and rows of numbers."""

    heading: Sentence
    told: Sentence
    chart: pygal.graph.graph.Graph
    columns: tuple[str, ...]
    rows: Mapping[str, Sequence[str]]


def city_page(report: CityReport, voice: Voice = IN_ENGLISH) -> bytes:
    """The whole page. The same report is the same bytes."""
    outcome = report.outcome()
    ways = _ways(report)
    pictures = [_by_day(ways, voice), _by_district(report, voice), _bytes(report, voice), _copies(report, voice)]
    body = join(
        [
            el("h1", {}, text(voice.said(TITLE))),
            el("p", {"class": "by"}, text(voice.said(_asked(report)))),
            el("p", {"class": "words"}, text(voice.said(outcome.headline))),
            el("ul", {}, *(el("li", {}, text(voice.said(line))) for line in outcome.lines)),
            *(_section(each, voice) for each in pictures),
        ]
    )
    masthead = el("b", {}, text("Magnitizdat"))
    return document(voice.said(TITLE), head=NOTHING, masthead=masthead, body=body, voice=voice)


def _asked(report: CityReport) -> Sentence:
    """Of which city."""
    asked = report.settings
    home = say("what they were given stays at home") if asked.stash else say("only what is on a stick is passed on")
    return say(
        "{people} people, {couriers} couriers, {weeks} weeks, 100 albums a week; a stick holds {stick}; each courier"
        " goes to see {meetings} others a week, and {home}; seed {seed}.",
        people=asked.people,
        couriers=asked.couriers,
        weeks=asked.weeks,
        stick=asked.stick,
        meetings=asked.meetings,
        home=home,
        seed=asked.seed,
    )


def _ways(report: CityReport) -> list[_WayToCarry]:
    return [
        _WayToCarry(say("the plan"), report.plan),
        _WayToCarry(say("without limits"), report.bound),
        _WayToCarry(verbatim("MaxProp"), report.maxprop),
        _WayToCarry(verbatim("Spray-and-Wait"), report.spray),
        _WayToCarry(say("newest first"), report.newest),
    ]


def _section(picture: _Chart, voice: Voice) -> Html:
    """A picture with its heading, and its numbers as a table for whoever does not look at pictures."""
    image = base64.b64encode(_drawn(picture.chart)).decode()
    cells = [
        el("tr", {}, el("th", {"scope": "row"}, text(name)), *(el("td", {}, text(each)) for each in row))
        for name, row in picture.rows.items()
    ]
    head = el("tr", {}, el("td", {}), *(el("th", {"scope": "col"}, text(name)) for name in picture.columns))
    size = {"width": str(WIDTH), "height": str(HEIGHT)}
    return el(
        "section",
        {"class": "list"},
        el("h2", {}, text(voice.said(picture.heading))),
        el("p", {"class": "soft"}, text(voice.said(picture.told))),
        el(
            "div", {"class": "cover chart"}, el("img", {"src": f"data:image/svg+xml;base64,{image}", "alt": "", **size})
        ),
        el(
            "details",
            {},
            el("summary", {}, text(voice.said(say("The numbers")))),
            el(
                "div",
                {"class": "numbers", "tabindex": "0"},
                el("table", {}, el("thead", {}, head), el("tbody", {}, *cells)),
            ),
        ),
    )


def _by_day(ways: Sequence[_WayToCarry], voice: Voice) -> _Chart:
    days = range(1, len(ways[0].course.reach_by_day) + 1)
    chart = _chart(pygal.Line, [str(day) for day in days], range=(0, 100), dots_size=2.5)
    rows = {}
    for number, (name, course) in enumerate(ways):
        stroke = {"width": 4 if number == 0 else 2.5, "dasharray": _DASHES[number]}
        chart.add(voice.said(name), [share * 100 for share in course.reach_by_day], stroke_style=stroke)
        rows[voice.said(name)] = [percent(share) for share in course.reach_by_day]
    return _Chart(
        heading=say("Reach by days"),
        told=say("Of all that readers asked for, how many per cent were with them so many days after it came out."),
        chart=chart,
        columns=tuple(str(day) for day in days),
        rows=rows,
    )


def _by_district(report: CityReport, voice: Voice) -> _Chart:
    shares = report.reach_by_district
    names = [str(number) for number in range(1, len(shares) + 1)]
    chart = _chart(pygal.Bar, names, range=(0, 100), show_legend=False)
    chart.add(voice.said(say("the plan")), [share * 100 for share in shares])
    return _Chart(
        heading=say("Reach by district"),
        told=say(
            "By the plan, per cent within 14 days. The first district keeps most to itself, and the last goes out most."
        ),
        chart=chart,
        columns=tuple(names),
        rows={voice.said(say("the plan")): [percent(share) for share in shares]},
    )


def _bytes(report: CityReport, voice: Voice) -> _Chart:
    ways, couriers = _ways(report), report.settings.couriers
    names = [voice.said(name) for name, _ in ways]
    times, copies = (
        voice.said(say("times the least bytes")),
        voice.said(say("tenths of all couriers that have an album")),
    )
    chart = _chart(pygal.Bar, names)
    chart.add(times, [course.bytes_over_least for _, course in ways])
    chart.add(copies, [course.copies * 10 / couriers for _, course in ways])
    return _Chart(
        heading=say("Bytes, and copies of an album"),
        told=say(
            "The least would be one copy for each reader and each courier who serves one. Tenths are those at the end."
        ),
        chart=chart,
        columns=tuple(names),
        rows={
            times: [f"{course.bytes_over_least:.2f}" for _, course in ways],
            copies: [f"{course.copies * 10 / couriers:.1f}" for _, course in ways],
        },
    )


def _copies(report: CityReport, voice: Voice) -> _Chart:
    bands = report.copies_of_albums
    names = [str((number + 1) * 100 // len(bands)) for number in range(len(bands))]
    chart = _chart(pygal.Bar, names, show_legend=False)
    chart.add(voice.said(say("the plan")), list(bands))
    return _Chart(
        heading=say("How many couriers have an album"),
        told=say("By the plan, at the end: how many albums are with up to so many per cent of all couriers."),
        chart=chart,
        columns=tuple(names),
        rows={voice.said(say("the plan")): [str(count) for count in bands]},
    )


def _chart(kind: Any, labels: Sequence[str], **options: Any) -> Any:
    """A chart in ink on paper: no script, nothing from elsewhere, readable where colours are not."""
    paper = Style(
        background="#fbf8f0",
        plot_background="#fbf8f0",
        foreground="#1b1815",
        foreground_strong="#1b1815",
        foreground_subtle="#655d51",
        font_family="Arial, sans-serif",
        label_font_size=16,
        major_label_font_size=16,
        legend_font_size=16,
        colors=INKS,
        opacity="1",
        stroke_opacity="1",
        stroke_width="3",
        guide_stroke_color="#cfc6b4",
        major_guide_stroke_color="#cfc6b4",
        transition="0s",
    )
    chart = kind(
        style=paper,
        width=WIDTH,
        height=HEIGHT,
        js=(),
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        margin_bottom=0 if options.get("show_legend") is False else 45,
        truncate_legend=-1,
        truncate_label=-1,
        **options,
    )
    chart.uuid = "city"  # its own would be by chance
    chart.add_xml_filter(_at_rest)
    chart.x_labels = labels
    return chart


def _drawn(chart: Any) -> bytes:
    drawn: bytes = chart.render()
    return drawn


def _at_rest(root: Any) -> Any:
    """Takes away scripts, and comments, which say when it was drawn and by what."""
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.rpartition("}")[2] == "script":
                parent.remove(child)
    return root
