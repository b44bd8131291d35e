"""Signs that carry a meaning by shape first and by colour second (R-A10, interface.md, Ground)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tocsin.console.components import Text

_DRAWINGS = {
    "circle": '<circle cx="6" cy="6" r="5"/>',
    "triangle": '<path d="M6 .8 11.6 11H.4z"/>',
    "square": '<rect x="1.2" y="1.2" width="9.6" height="9.6" rx="1"/>',
    "half": '<path fill-rule="evenodd" d="M1.2 1.2h9.6v9.6H1.2zM2.8 2.8v3.4h6.4V2.8z"/>',
    "diamond": '<path d="M6 .2 11.8 6 6 11.8.2 6z"/>',
    "hexagon": '<path d="M6 .2 11 3.1v5.8L6 11.8 1 8.9V3.1z"/>',
    "up": '<path d="M6 1.8 11 10.4H1z" stroke-linejoin="round"/>',
    "down": '<path d="M6 10.2 1 1.6h10z" stroke-linejoin="round"/>',
}
_HOLLOW = {"up", "down"}


@dataclass(frozen=True)
class Sign:
    """A shape, the tone of its colour, and the word for those who see neither."""

    shape: str
    tone: str
    label: Text


HEALTH = {
    "works": Sign("circle", "good", _("Works")),
    "degraded": Sign("triangle", "warn", _("Degraded")),
    "down": Sign("square", "bad", _("Down")),
    "maintenance": Sign("diamond", "info", _("Maintenance")),
    "unknown": Sign("circle", "calm", _("Not known")),
}
# The states of Statuspage's API are the same four in other words.
HEALTH |= {
    "operational": HEALTH["works"],
    "degraded_performance": HEALTH["degraded"],
    "partial_outage": Sign("half", "bad", _("Partly down")),
    "major_outage": HEALTH["down"],
    "under_maintenance": HEALTH["maintenance"],
}
PRIORITY = {
    "low": Sign("down", "calm", _("Low priority")),
    "high": Sign("up", "warn", _("High priority")),
    "urgent": Sign("hexagon", "bad", _("Urgent")),
}
TONES = {"good": "circle", "warn": "triangle", "bad": "square", "info": "diamond", "calm": "circle"}


def drawing(shape: str) -> str:
    """The shape as inline SVG; it takes its colour from the text around it."""
    hollow = " data-hollow" if shape in _HOLLOW else ""
    return f'<svg viewBox="0 0 12 12" aria-hidden="true"{hollow}>{_DRAWINGS[shape]}</svg>'
