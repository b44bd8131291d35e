"""The example of a channel, in a folder that the room did not know before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

import tocsin.channels
from tocsin.channels import registry

_FOLDER = Path(__file__).parent.parent / "channels" / "example"


@contextmanager
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """`shouts` is one of the channels."""
    monkeypatch.setattr(tocsin.channels, "__path__", [*tocsin.channels.__path__, str(_FOLDER)])
    registry.channels.cache_clear()
    import tocsin.channels.shouts as shouts  # type: ignore[import-not-found]  # it is in the example's folder

    yield shouts
    shouts.WIRE.clear()
    shouts.BUSY.clear()
    registry.channels.cache_clear()
