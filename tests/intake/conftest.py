"""Fixtures of intake's tests: the desk's company."""

from tests.desk.conftest import office

__all__ = ["office"]
