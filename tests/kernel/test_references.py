"""Public references: every wrong digit and every swap is caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.kernel.references import find_references, guess_reference, make_reference, parse_reference

numbers = st.integers(min_value=1, max_value=10**9)


@given(numbers)
def test_a_reference_is_read_back_however_it_is_typed(number: int) -> None:
    reference = make_reference("T", number)
    assert len(reference) >= len("T-1234567")
    for typed in (reference, reference.lower(), f"  {reference} ", reference.replace("-", "")):
        assert parse_reference(typed, "T") == reference


@given(numbers, st.data())
def test_one_wrong_digit_is_refused(number: int, data: st.DataObject) -> None:
    reference = make_reference("T", number)
    place = data.draw(st.integers(2, len(reference) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != reference[place]]))
    assert parse_reference(reference[:place] + digit + reference[place + 1 :], "T") is None


@given(numbers, st.data())
def test_two_neighbours_swapped_are_refused(number: int, data: st.DataObject) -> None:
    reference = make_reference("T", number)
    place = data.draw(st.integers(2, len(reference) - 2))
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert swapped == reference or parse_reference(swapped, "T") is None


def test_other_letters_and_rubbish_are_refused() -> None:
    incident = make_reference("I", 7)
    assert parse_reference(incident, "T") is None
    assert parse_reference("T-", "T") is None
    assert parse_reference("T-000000٧", "T") is None
    assert parse_reference("", "T") is None


def test_references_are_found_in_a_subject() -> None:
    first, second = make_reference("T", 12), make_reference("T", 13)
    text = f"Re: [{first}] about {second.lower()} and {first}, not XT-0000125 or T-0000121"
    assert find_references(text, "T") == [first, second]


@pytest.mark.parametrize("typed", ["4910", "t4910", "T-4910", "t 4910", "T-0004910", " 0004910 "])
def test_a_number_alone_names_its_reference(typed: str) -> None:
    assert guess_reference(typed, "T") == "T-0004910"


@pytest.mark.parametrize("typed", ["4911", "i4910", "4", "t4910x", ""])
def test_a_number_that_names_nothing(typed: str) -> None:
    assert guess_reference(typed, "T") is None
