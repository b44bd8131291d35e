"""Sets of UIDs kept as ranges, against Python's own sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.channels.email.uids import Uids

some = st.sets(st.integers(1, 40))


@given(some, some)
def test_they_are_sets(one: set[int], other: set[int]) -> None:
    here, there = Uids.of(one), Uids.of(other)
    assert list(here) == sorted(one)
    assert len(here) == len(one)
    assert set(here | there) == one | other
    assert set(here - there) == one - other
    assert set(here & there) == one & other
    assert Uids.parse(str(here)) == here
    assert bool(here) == bool(one)


@given(some, st.integers(0, 41), st.integers(1, 10))
def test_parts_of_them(uids: set[int], uid: int, most: int) -> None:
    here = Uids.of(uids)
    assert set(here.after(uid)) == {one for one in uids if one > uid}
    assert set(here.up_to(uid)) == {one for one in uids if one <= uid}
    assert list(here.last(most)) == sorted(uids)[-most:]
    chunks = list(here.chunks(most))
    assert [one for chunk in chunks for one in chunk] == sorted(uids)
    assert all(len(chunk) <= most for chunk in chunks)


def test_as_servers_write_them() -> None:
    assert str(Uids.parse("9,5:3,4,10")) == "3:5,9:10"
    assert len(Uids.parse("1:100000").ranges) == 1
    with pytest.raises(ValueError, match="invalid literal"):
        Uids.parse("x")
