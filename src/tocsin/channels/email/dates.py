"""When a mail says it was sent, where that can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tocsin.channels.email import reasons
from tocsin.channels.email.limits import Budget
from tocsin.kernel import clock

_MAIL_IS_YOUNGER_THAN = datetime(1990, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER = timedelta(days=2)


def read_date(raw: bytes, received_at: object, budget: Budget) -> datetime | None:
    """The date of a field in UTC; None when it is missing, broken, or cannot be (1970, 2099)."""
    if not raw.strip():
        return None
    sent_at = _parse(raw)
    if sent_at is None:
        budget.note(reasons.DATE_UNREADABLE())
        return None
    if not _MAIL_IS_YOUNGER_THAN < sent_at < _moment(received_at) + _CLOCKS_DIFFER:
        budget.note(reasons.DATE_IMPOSSIBLE(date=sent_at.date()))
        return None
    return sent_at


def _parse(raw: bytes) -> datetime | None:
    text = " ".join(raw[:200].decode("ascii", "ignore").split())
    try:
        parsed = parsedate_to_datetime(text)
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _moment(received_at: object) -> datetime:
    """When it arrived, as the source says, else now."""
    if isinstance(received_at, str) and received_at:
        try:
            received_at = datetime.fromisoformat(received_at)
        except ValueError:
            return clock.now()
    if isinstance(received_at, datetime):
        return received_at if received_at.tzinfo else received_at.replace(tzinfo=UTC)
    return clock.now()
