"""The log of everything that happened: its reads, and how its table is kept.

Rows are written by `kernel.events.emit` alone.
"""

from tocsin.kernel.log.partitions import drop_expired, prepare_months
from tocsin.kernel.log.reading import about, history
from tocsin.kernel.log.settings import KEEP_MONTHS

__all__ = ["KEEP_MONTHS", "about", "drop_expired", "history", "prepare_months"]
