"""Time stamps as raw files write them."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from expectations.audit.raw_tables import RawTable

WRITTEN = {
    "y": {2: r"(?P<y>\d{2})", 4: r"(?P<y>\d{4})"},
    "M": {1: r"(?P<M>\d{1,19})", 2: r"(?P<M>\d{2})", 3: r"(?P<month>[a-z]{3})"},
    **{letter: {1: rf"(?P<{letter}>\d{{1,19}})", 2: rf"(?P<{letter}>\d{{2}})"} for letter in ("d", "H", "h", "m", "s")},
    "a": {1: "(?P<a>[ap]m)"},
    "S": {count: rf"(?P<S>\d{{1,{count}}})" for count in range(1, 10)},
    "X": {1: r"(?P<X>Z|[+-]\d{2}(?:\d{2})?)", 2: r"(?P<X>Z|[+-]\d{4})", 3: r"(?P<X>Z|[+-]\d{2}:\d{2})"},
    "x": {1: r"(?P<X>[+-]\d{2}(?:\d{2})?)", 2: r"(?P<X>[+-]\d{4})", 3: r"(?P<X>[+-]\d{2}:\d{2})"},
}
"""Letter of a pattern -> how often it stands there -> how the value is written."""
PIECES = re.compile("'((?:[^']|'')*)'|([A-Za-z])\\2*|.")
"""Of a pattern: quoted text, runs of one letter, and everything else sign by sign."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HALF_A_DAY = 12
FARTHEST = 18 * 60
"""Minutes from UTC to the farthest zone that Java knows."""
CENTURY = 2000
"""Of years that are written with two digits."""
BLANKS = "".join(map(chr, range(33))) + "\N{NO-BREAK SPACE}"

ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})(?:[ T](?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})"
    r"(?::(?P<second>\d{1,2})(?:\.(?P<part>\d*))? *(?P<zone>[A-Za-z+-].*)?)?)?)?)?",
    re.ASCII,
)
"""What the night reads where no pattern is said; a month alone is its first day."""
OFFSET = re.compile(r"([+-])(\d{1,2})(?::(\d{2}))?")


def day_of(stamp: object, table: RawTable, zone: ZoneInfo) -> date | None:
    """The calendar day of a stamp in a zone; a bare day is the same day everywhere. None: it cannot be read."""
    read = _read(stamp, table)
    if read is None or not isinstance(read, datetime):
        return read
    return (read if read.tzinfo else read.replace(tzinfo=_zone(table, zone))).astimezone(zone).date()


def instant_of(stamp: object, table: RawTable, zone: ZoneInfo) -> datetime | None:
    """A stamp as an instant; None: it cannot be read.

    Args:
        zone: whose start of the day a bare day is, and of stamps where neither they nor the source name one.
    """
    read = _read(stamp, table)
    if read is None:
        return None
    if not isinstance(read, datetime):
        return datetime.combine(read, time(), zone).astimezone(UTC)
    return (read if read.tzinfo else read.replace(tzinfo=_zone(table, zone))).astimezone(UTC)


def end_of_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """The last microsecond of the day that begins at the moment; the moment itself where no day begins then."""
    day = moment.astimezone(zone).date()
    if datetime.combine(day, time(), zone).astimezone(UTC) != moment:
        return moment
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(microseconds=1)


def _zone(table: RawTable, otherwise: ZoneInfo) -> ZoneInfo:
    return ZoneInfo(table.time_zone) if table.time_zone else otherwise


def _read(stamp: object, table: RawTable) -> date | None:
    if isinstance(stamp, date):
        return stamp
    text = str(stamp).strip(BLANKS)
    try:
        if table.date_format:
            return _formatted(text, table.date_format)
        return _iso(text)
    except ValueError:
        return None


def _iso(text: str) -> date | None:
    """A day, or a moment with its zone where the text has one.

    Raises:
        ValueError: there is no such day, or no such time of day.
    """
    match = ISO.fullmatch(text)
    if match is None:
        return None
    day = date(int(match["year"]), int(match["month"]), int(match["day"] or 1))
    if match["hour"] is None:
        return day
    clock = time(int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0), _micros(match["part"]))
    return datetime.combine(day, clock, _named(match["zone"]) if match["zone"] else None)


def _micros(digits: str | None) -> int:
    return int((digits or "").ljust(6, "0")[:6])


def _named(zone: str) -> tzinfo:
    offset = OFFSET.fullmatch(zone)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    try:
        return UTC if zone == "Z" else ZoneInfo(zone)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("no such time zone") from error


def _formatted(text: str, pattern: str) -> date | None:
    """A stamp in a source's pattern; a day where the pattern says no hour.

    Raises:
        KeyError: the pattern has letters that are not read here.
        ValueError: there is no such day, or no such time of day.
    """
    match = _expression(pattern).fullmatch(text)
    if match is None:
        return None
    values = {letter: int(match[letter]) for letter in match.re.groupindex if letter in "yMdHhms"}
    year = values["y"] + (CENTURY if len(match["y"]) == len("yy") else 0)
    month = values["M"] if "M" in values else _month(match["month"])
    day = date(year, month, values["d"])
    if not values.keys() & {"H", "h"}:
        return day
    fraction = _micros(match["S"]) if "S" in match.re.groupindex else 0
    clock = time(_hour(values, match), values.get("m", 0), values.get("s", 0), fraction)
    return datetime.combine(day, clock, _offset(match["X"]) if "X" in match.re.groupindex else None)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """How texts of a pattern look."""
    parts = []
    for piece in PIECES.finditer(pattern):
        if piece[2]:
            parts.append(WRITTEN[piece[2]][len(piece[0])])
        else:
            literal = piece[0] if piece[1] is None else piece[1].replace("''", "'") or "'"
            parts.append(re.escape(literal))
    return re.compile("".join(parts), re.ASCII | re.IGNORECASE)


def _month(name: str) -> int:
    """The number of a month's short English name; 0, which is no month, of anything else."""
    return MONTHS.index(name.lower()) + 1 if name.lower() in MONTHS else 0


def _hour(values: Mapping[str, int], match: re.Match[str]) -> int:
    """The hour of the day; one of half a day counts from 1 to 12.

    Raises:
        ValueError: there is no such hour.
    """
    if "H" in values:
        return values["H"]
    if not 1 <= values["h"] <= HALF_A_DAY:
        raise ValueError("no such hour")
    return values["h"] % HALF_A_DAY + (HALF_A_DAY if match["a"].lower() == "pm" else 0)


def _offset(text: str) -> tzinfo:
    """The zone that is so far from UTC.

    Raises:
        ValueError: no zone is.
    """
    if text in ("Z", "z"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes > FARTHEST or int(digits[2:]) >= 60:  # noqa: PLR2004  minutes of an hour
        raise ValueError("no such zone")
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
