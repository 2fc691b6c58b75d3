"""How far albums come in a city, by the plan and by other ways among the same meetings: `mag simulate`. PURE."""

from __future__ import annotations

from collections.abc import Callable

from magnitizdat.courier.carrying import Carrying
from magnitizdat.courier.city import City, CitySettings, by_days
from magnitizdat.courier.maxprop import MaxProp
from magnitizdat.courier.ways_to_carry import ByThePlan, NewestFirst, SprayAndWait, Unlimited
from magnitizdat.errors import UsageError
from magnitizdat.model import Outcome, Value
from magnitizdat.sentence import Sentence, advice, say

DAYS = 14
BANDS = 10


class Course(Value, frozen=True, kw_only=True, omit_defaults=False):
    """One way to carry. Shares are of what was asked for and came out early enough to be told.

    `reach_by_day` has the share that came within 1, 2, … 14 days; `copies` of an album couriers have at the end, on
    average. `bytes_over_least`: all that was carried, by one copy for each reader and each courier who served one.
    """

    reach_by_day: tuple[float, ...]
    copies: float
    bytes_over_least: float


class CityReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How far albums came.

    `reach_by_district` after 14 days, by the plan; `copies_of_albums`: how many albums have copies with up to a tenth,
    two tenths, … of all couriers.
    """

    settings: CitySettings
    reach_14_days: float
    bound_14_days: float
    newest_14_days: float
    spray_14_days: float
    maxprop_14_days: float
    bytes_over_least: float
    plan: Course
    bound: Course
    newest: Course
    spray: Course
    maxprop: Course
    reach_by_district: tuple[float, ...]
    copies_of_albums: tuple[int, ...]

    def outcome(self) -> Outcome:
        """The shares beside each other."""
        lines = (
            say("{share} % if no stick were ever full", share=percent(self.bound_14_days)),
            say("{share} % by MaxProp", share=percent(self.maxprop_14_days)),
            say("{share} % by Spray-and-Wait", share=percent(self.spray_14_days)),
            say("{share} % with the newest first", share=percent(self.newest_14_days)),
            say(
                "{times} times the bytes of one copy for each reader and each courier who serves one",
                times=f"{self.bytes_over_least:.2f}",
            ),
        )
        return Outcome(headline=self._headline(), lines=lines)

    def _headline(self) -> Sentence:
        return say(
            "Within 14 days {share} % of what people asked for was with them.", share=percent(self.reach_14_days)
        )


def percent(share: float) -> str:
    """With one digit after the point."""
    return f"{share * 100:.1f}"


def simulate(settings: CitySettings, *, tell: Callable[[], None] = lambda: None) -> CityReport:
    """Run a city once for each way to carry; `tell` is called after each of the `WAYS`.

    Raises: UsageError where there are more couriers than people.
    """
    if settings.people < settings.couriers:
        more = advice(
            terminal=say("make --people more, or --couriers fewer"), page=say("choose more people, or fewer couriers")
        )
        raise UsageError(say("couriers are people too; {advice}", advice=more))
    city = City(settings)
    ran = []
    for way in WAYS:
        ran.append(way(city))
        ran[-1].run()
        tell()
    courses = [_course(each) for each in ran]
    plan, bound, newest, spray, maxprop = courses
    return CityReport(
        settings=settings,
        reach_14_days=plan.reach_by_day[-1],
        bound_14_days=bound.reach_by_day[-1],
        newest_14_days=newest.reach_by_day[-1],
        spray_14_days=spray.reach_by_day[-1],
        maxprop_14_days=maxprop.reach_by_day[-1],
        bytes_over_least=plan.bytes_over_least,
        plan=plan,
        bound=bound,
        newest=newest,
        spray=spray,
        maxprop=maxprop,
        reach_by_district=_by_district(ran[0]),
        copies_of_albums=_bands(ran[0]),
    )


WAYS: tuple[type[Carrying], ...] = (ByThePlan, Unlimited, NewestFirst, SprayAndWait, MaxProp)


def _course(ran: Carrying) -> Course:
    city, lengths = ran.city, ran.city.lengths
    measured = set(city.measured())
    delays = [delay for (album, _), delay in ran.came.items() if album in measured]
    least = sum(lengths[album] for album, _ in ran.came) + sum(lengths[album] for album, _ in ran.served)
    return Course(
        reach_by_day=by_days(delays, sum(len(city.wishers(album)) for album in measured), DAYS),
        copies=round(sum(ran.copies) / len(ran.copies), 1),
        bytes_over_least=round(ran.carried_bytes / max(1, least), 3),
    )


def _by_district(ran: Carrying) -> tuple[float, ...]:
    """The share that came within 14 days, in each."""
    city = ran.city
    asked, came = [0] * city.districts, [0] * city.districts
    for album in city.measured():
        for reader in city.wishers(album):
            district = city.district[city.courier_of(reader)]
            asked[district] += 1
            came[district] += ran.came.get((album, reader), DAYS) * 7 <= DAYS
    return tuple(round(part / max(1, whole), 4) for part, whole in zip(came, asked, strict=True))


def _bands(ran: Carrying) -> tuple[int, ...]:
    """How many albums have copies with up to each tenth of all couriers."""
    couriers, bands = ran.city.settings.couriers, [0] * BANDS
    for copies in ran.copies:
        bands[min(BANDS - 1, (copies - 1) * BANDS // couriers)] += 1
    return tuple(bands)
