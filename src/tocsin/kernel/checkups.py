"""What `tocsin doctor` finds out. Not translated: it is read where nothing may work yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what is so, and, when it is not good, how to mend it."""

    what: str
    remedy: str = ""

    @property
    def good(self) -> bool:
        """Nothing to mend."""
        return not self.remedy
