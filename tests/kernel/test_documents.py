"""Search documents: found by all kinds, in pages that meet, rare words and common ones, by departments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.kernel import search
from tocsin.kernel.conninfo import conninfo
from tocsin.kernel.errors import Refused
from tocsin.kernel.models import Reindexing, SearchDocument
from tocsin.kernel.search import documents, finding, to_tsvector_text
from tocsin.kernel.search.reindexing import reindex

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, tzinfo=UTC)
# What an example room has: boxes with several notes each, and a few shelves.
BOXES: dict[int, list[tuple[int, str, int | None]]] = {}
SHELVES: dict[int, str] = {}


def boxes(numbers: Sequence[int]) -> Iterator[search.Document]:
    for number in numbers:
        for part, text, department in BOXES.get(number, []):
            yield document(number, part, text, department)


def shelves(numbers: Sequence[int]) -> Iterator[search.Document]:
    return (document(number, number, SHELVES[number]) for number in numbers if number in SHELVES)


def document(owner: int, part: int, text: str, department: int | None = None) -> search.Document:
    return search.Document(owner, part, department, AT, to_tsvector_text([(text, "D")]))


@pytest.fixture(autouse=True)
def _room() -> Iterator[None]:
    BOXES.clear()
    SHELVES.clear()
    next_box = lambda after, most: [one for one in sorted(BOXES) if one > after][:most]  # noqa: E731
    next_shelf = lambda after, most: [one for one in sorted(SHELVES) if one > after][:most]  # noqa: E731
    search.register(search.Indexer("box", boxes, next_box, few=False))
    search.register(search.Indexer("shelf", shelves, next_shelf))
    yield
    for kind in ("box", "shelf"):
        documents.forget(kind)


@pytest.fixture(params=["rare", "common"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of finding answer alike; the first for few documents, the second for many."""
    monkeypatch.setattr(finding, "MOST_BY_INDEX", 30_000 if request.param == "rare" else -1)
    monkeypatch.setattr(finding, "MOST_WALKED", 3)
    return str(request.param)


def fill(count: int, *, parts: int = 2, word: str = "lamp", department: int | None = None) -> None:
    """Boxes whose notes come in turn, as messages of tickets do."""
    made = [
        document(1 + number % count, 1 + number, f"{word} note {number}", department)
        for number in range(count * parts)
    ]
    search.write("box", made)


def pages(query: str, departments: list[int] | None = None, size: int = 25) -> list[list[int]]:
    found, cursor = [], None
    while True:
        page = search.find("box", query, departments, cursor, size)
        found.append(page.owners)
        cursor = page.next
        if not cursor:
            return found


# --- Finding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 25])
def test_pages_go_through_all_that_there_is_and_meet(
    way: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "WINDOW", 4)
    fill(15)
    found = pages("lamp", size=size)
    everything = [owner for page in found for owner in page]
    assert sorted(everything) == list(range(1, 16))
    assert all(len(page) <= size for page in found)
    assert set(everything[:4]) == {12, 13, 14, 15}  # the newest window comes first


def test_what_arrives_meanwhile_does_not_shift_the_pages(way: str) -> None:
    fill(6)
    first = search.find("box", "lamp", None, None, 2)
    search.write("box", [document(99, 99, "lamp")])
    second = search.find("box", "lamp", None, first.next, 2)
    assert not set(first.owners) & set(second.owners)
    assert 99 not in second.owners
    assert search.find("box", "lamp").owners[0] == 99


def test_the_best_of_a_window_comes_first(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_WALKED", 4)
    rows = [search.Document(1, 1, None, AT, to_tsvector_text([("lamp", "A")]))]
    search.write("box", [*rows, *(document(number, number, "a lamp among words") for number in (2, 3, 4))])
    assert search.find("box", "lamp").owners == [1, 4, 3, 2]


def test_all_words_are_asked_for_and_the_last_may_be_unfinished() -> None:
    search.write("box", [document(1, 1, "a red lamp"), document(2, 2, "a blue lamp")])
    assert search.find("box", "lamp re").owners == [1]
    assert search.find("box", "lamps blue").owners == [2]
    assert search.find("box", "green lamp").owners == []
    assert search.find("box", "  ").owners == []


def test_each_finds_what_their_departments_have(way: str) -> None:
    search.write("box", [document(1, 1, "lamp", 7), document(2, 2, "lamp", 8), document(3, 3, "lamp")])
    search.write("box", [document(2, 4, "lamp", 8), document(4, 5, "lamp", 7)])
    assert {owner for page in pages("lamp") for owner in page} == {1, 2, 3, 4}
    found = search.find("box", "lamp", [7])
    assert set(found.owners) == {1, 3, 4}
    if way == "rare":
        assert (found.total, found.elsewhere) == (3, {8: 1})
    nothing = search.find("box", "lamp", [9])
    assert (nothing.owners, nothing.elsewhere) == ([3], {7: 2, 8: 1})


def test_rare_words_are_counted() -> None:
    fill(12)
    assert search.find("box", "lamp", size=5).total == 12
    assert search.find("box", "lamp", cursor=search.find("box", "lamp", size=5).next, size=5).total == 12


def test_a_word_wrongly_thought_common_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_BY_INDEX", -1)
    monkeypatch.setattr(finding, "_WALKS_BACK", 2)
    search.write("box", [document(1, 1, "lamp"), *(document(n, n, "chair") for n in range(2, 20))])
    assert search.find("box", "lamp").owners == [1]


@pytest.mark.parametrize("cursor", ["x", "1", "1.", ".1", "1.1.1", "-1.0", "1.1000", "9" * 30 + ".1", "١.٢"])
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Refused):
        search.find("box", "lamp", None, cursor)


def test_a_search_costs_the_same_with_many(way: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            search.find("box", "lamp", [7])
        return len(captured)

    fill(4, department=7)
    few = cost()
    search.write("box", [document(100 + n, 100 + n, "lamp", 7) for n in range(300)])
    assert cost() <= few <= 4


def explained(statement: str, **values: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        given = {"kind": "box", "asked": "'lamp'", "everything": True, "departments": [], "before": 2**62}
        cursor.execute(f"EXPLAIN {statement}", given | {"window": 200, "floor": 0, "most": 9} | values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_rare_words_are_looked_up_and_common_ones_walked_to() -> None:
    search.write("box", [document(n, n, f"word{n} lamp") for n in range(1, 400)])
    with connection.cursor() as cursor:
        # What other tests wrote and rolled back waits in the index of words and makes it dear.
        cursor.execute("SELECT gin_clean_pending_list('search_words')")
        cursor.execute("ANALYZE kernel_searchdocument")
    assert "Bitmap Index Scan on search_words" in explained(finding._LOOK_UP, asked="'word7'")
    assert "search_words" not in explained(finding._WALK)
    assert "Bitmap Index Scan on search_words" in explained(
        finding._FEW,
        asked="'word7'",
        kinds=["box"],
        size=5,
        everything=[],
        seen_kinds=[],
        seen_departments=[],
    )


# --- A few things -----------------------------------------------------------------------------------


def test_kinds_of_few_are_found_by_themselves_however_common_the_word() -> None:
    SHELVES.update({number: f"lamp shelf {number}" for number in range(1, 9)})
    search.index("shelf", SHELVES)
    fill(50)
    found = search.find_few("lamp", ["shelf", "drawer"])
    assert list(found) == ["shelf"]
    assert len(found["shelf"]) == 5
    assert search.find_few("lamp", ["box"]) == {}
    assert search.find_few("", ["shelf"]) == {}
    assert search.find("box", "shelf").owners == []


def test_of_a_few_things_each_finds_what_their_departments_have() -> None:
    rows = [(1, None), (2, 7), (3, 8)]
    search.write("shelf", [document(number, number, "oak", department) for number, department in rows])

    def found(**departments: list[int] | None) -> set[int]:
        return set(search.find_few("oak", ["shelf"], departments=departments).get("shelf", []))

    assert found() == {1}
    assert found(box=None) == {1}
    assert found(shelf=[7]) == {1, 2}
    assert found(shelf=[], box=[7, 8]) == {1}
    assert found(shelf=[7, 8]) == found(shelf=None) == {1, 2, 3}


def test_a_thing_is_indexed_anew_and_removed() -> None:
    SHELVES[3] = "oak"
    search.index("shelf", [3])
    SHELVES[3] = "pine"
    search.index("shelf", [3, 4])
    assert search.find_few("oak", ["shelf"]) == {}
    assert search.find_few("pine", ["shelf"]) == {"shelf": [3]}
    search.remove("shelf", [3])
    assert search.find_few("pine", ["shelf"]) == {}
    BOXES[1] = [(1, "lamp", None), (2, "bulb", None)]
    search.index("box", [1])
    BOXES[1] = [(2, "bulb", None), (3, "shade", None)]
    search.index("box", [1])
    assert set(SearchDocument.objects.filter(kind="box").values_list("part", flat=True)) == {2, 3}


def test_a_thing_moves_to_another_department() -> None:
    fill(2, department=7)
    search.move("box", 1, 8)
    assert search.find("box", "lamp", [8]).owners == [1]
    assert search.find("box", "lamp", [7]).owners == [2]


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match="box"):
        search.register(search.Indexer("box", boxes, lambda after, most: []))
    with pytest.raises(ValueError, match="name"):
        search.register(search.Indexer("x" * 30, boxes, lambda after, most: []))


# --- All anew ---------------------------------------------------------------------------------------


def test_reindexing_goes_on_where_it_was_ended_and_drops_what_is_gone() -> None:
    BOXES.update({number: [(number, f"lamp {number}", None)] for number in range(1, 8)})
    search.write("box", [document(number, number, "old") for number in (2, 5, 9)])
    run = reindex("box", batch=3)
    assert [next(run), next(run)] == [0, 3]
    run.close()  # ended here
    assert Reindexing.objects.get().after == 3
    assert search.find("box", "lamp").total == 3
    assert set(search.find("box", "old").owners) == {5, 9}
    assert list(reindex("box", batch=3)) == [0, 3, 4]
    assert search.find("box", "lamp").total == 7
    assert search.find("box", "old").owners == []
    assert not Reindexing.objects.exists()
    del BOXES[4]
    assert list(reindex("box", batch=3)) == [0, 3, 6]
    assert search.find("box", "lamp").total == 6


def test_what_is_opened_while_it_runs_keeps_its_documents() -> None:
    BOXES.update({number: [(number, "lamp", None)] for number in (1, 5)})
    run = reindex("box", batch=2)
    next(run)
    late = {3: [(3, "lamp", None)], 8: [(8, "lamp", None)]}
    indexer = documents.indexers()["box"]
    list_before = indexer.after(0, 2)
    assert list_before == [1, 5]
    documents.forget("box")
    search.register(
        search.Indexer("box", boxes, lambda after, most: [n for n in (1, 5) if n > after], few=False)
    )
    BOXES.update(late)
    search.write("box", [document(owner, owner, "lamp") for owner in late])
    assert list(reindex("box", batch=2)) == [0, 2]
    assert set(search.find("box", "lamp").owners) == {1, 3, 5, 8}


def meanwhile(statement: str) -> None:
    """Another process does this, and commits, when a batch has just read its first things."""
    made, indexer = boxes, documents.indexers()["box"]
    left = [statement]

    def read(numbers: Sequence[int]) -> list[search.Document]:
        found = list(made(numbers))
        if left:
            with psycopg.connect(conninfo(), autocommit=True) as other:
                other.execute(left.pop().encode())
        return found

    documents.forget("box")
    search.register(search.Indexer("box", read, indexer.after, few=False))


@pytest.mark.django_db(transaction=True)
def test_a_message_that_comes_amid_a_batch_stays_found() -> None:
    BOXES.update({number: [(number, "lamp", None)] for number in (1, 2)})
    meanwhile(
        "INSERT INTO kernel_searchdocument (kind, part, owner, at, search) "
        "VALUES ('box', 9, 1, now(), to_tsvector('simple', 'bulb'))",
    )
    assert list(reindex("box")) == [0, 2]
    assert search.find("box", "bulb").owners == [1]
    assert search.find("box", "lamp").total == 2


@pytest.mark.django_db(transaction=True)
def test_a_ticket_that_moves_amid_a_batch_is_found_where_it_is() -> None:
    BOXES.update({number: [(number, "lamp", 7)] for number in (1, 2)})
    search.index("box", BOXES)
    meanwhile("UPDATE kernel_searchdocument SET department = 8 WHERE owner = 1")
    read: list[list[int]] = []
    indexer = documents.indexers()["box"]

    def moved(numbers: Sequence[int]) -> list[search.Document]:
        read.append(list(numbers))
        found = list(indexer.documents(numbers))
        BOXES[1] = [(1, "lamp", 8)]
        return found

    documents.forget("box")
    search.register(search.Indexer("box", moved, indexer.after, few=False))
    assert list(reindex("box")) == [0, 2]
    assert read == [[1, 2], [1, 2]]  # begun again
    assert search.find("box", "lamp", [8]).owners == [1]
    assert search.find("box", "lamp", [7]).owners == [2]


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_the_command_killed_in_the_middle_goes_on_from_there() -> None:
    def run(deadly: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _REINDEX, deadly]
        return subprocess.run(
            command, env=os.environ.copy(), check=False, timeout=120, capture_output=True, text=True
        )

    killed = run("5")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout.endswith("box: 4")
    assert Reindexing.objects.get().after == 4
    assert set(search.find("box", "lamp").owners) == {1, 2, 3, 4}
    done = run("none")
    assert (done.returncode, done.stdout) == (0, "\nbox: 0\nbox: 2\nbox: 3\n"), done.stderr
    assert search.find("box", "lamp").total == 7
    assert not Reindexing.objects.exists()


_REINDEX = """
import os, signal, sys
from argparse import Namespace
from datetime import datetime, timezone
import django
django.setup()
from tocsin.command.reindex import run
from tocsin.kernel import search
def documents(numbers):
    for number in numbers:
        if str(number) == sys.argv[1]: os.kill(os.getpid(), signal.SIGKILL)
        words = search.to_tsvector_text([("lamp", "D")])
        yield search.Document(number, number, None, datetime(2026, 11, 21, tzinfo=timezone.utc), words)
def after(number, most): return list(range(number + 1, 8))[:most]
search.register(search.Indexer("box", documents, after, few=False))
sys.exit(run(Namespace(kind=["box"], batch=2, anew=False)))
"""
