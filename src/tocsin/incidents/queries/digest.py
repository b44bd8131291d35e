"""What open screens are told of alerts: that something changed, and how many press now."""

from __future__ import annotations

from collections.abc import Collection

from tocsin.incidents.queries.reading import alerts_on
from tocsin.kernel.live import Reader, Told
from tocsin.kernel.live.digests import News

ALERTS_ON = "incidents:on"
"""What pages call the number of alerts that press now."""

_INCIDENT = "incident:"


def digest(news: News, readers: Collection[Reader]) -> dict[Reader, Told]:
    """The same for everybody: which alerts changed, and how many are on."""
    changed = sorted(one.removeprefix(_INCIDENT) for one in news.about if one.startswith(_INCIDENT))
    on = len(alerts_on())
    told = Told([{"key": ref} for ref in changed], {ALERTS_ON: str(on) if on else ""})
    return dict.fromkeys(readers, told)
