"""Time stamps as raw files write them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from expectations.audit.raw_tables import RawTable

LETTERS = {"yyyy": "%Y", "yy": "%y", "MM": "%m", "M": "%m", "dd": "%d", "d": "%d", "HH": "%H", "H": "%H"}
LETTERS |= {"mm": "%M", "m": "%M", "ss": "%S", "s": "%S"}
"""The letters of Spark's date patterns that are read here, and Python's for the same."""
PIECES = re.compile("'([^']*)'|([A-Za-z])(?:\\2)*|[^A-Za-z']")
"""Of a pattern: quoted text, runs of one letter, and everything else sign by sign."""

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
    text = str(stamp).strip()
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


def _formatted(text: str, pattern: str) -> date:
    """A stamp in a source's own pattern.

    Raises:
        KeyError: the pattern has letters that are not read here.
    """
    pieces = [(match[0], match[1] is not None, match[2]) for match in PIECES.finditer(pattern)]
    letters = "".join(
        LETTERS[piece] if letter else (piece[1:-1] if is_quoted else piece).replace("%", "%%")
        for piece, is_quoted, letter in pieces
    )
    read = datetime.strptime(text, letters)  # noqa: DTZ007 - the caller knows the zone
    return read if "%H" in letters else read.date()
