"""The demo company: what is loaded holds together, and its outage plays out."""

from __future__ import annotations

import pytest
from tocsin.command.demo.loader import load
from tocsin.kernel import clock

pytestmark = pytest.mark.django_db


def test_load() -> None:
    import time
    t=time.time()
    assert load(clock.now())
    print("took", time.time()-t)
