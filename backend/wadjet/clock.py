"""What time is it? The only caller of `datetime.now`; everybody else is handed the time."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

# The law counts days where the operator sits. Almaty was UTC+6 before 1 March 2024; tzdata knows.
LOCAL = ZoneInfo("Asia/Almaty")


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The calendar day of a moment in Kazakhstan."""
    return moment.astimezone(LOCAL).date()


def start_of(day: date) -> datetime:
    """Midnight at the start of a local day, as UTC."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-23T06:14:48.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def parse(text: str) -> datetime:
    """The inverse of `stamp`; raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time before the year 1 or after 9999") from error
