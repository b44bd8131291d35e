"""What customers are found by: name and key, the people and their addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tocsin.kernel.search import Document, Indexer, register, to_tsvector_text
from tocsin.people.models import Address, Customer


def _documents(customer_ids: Sequence[int]) -> Iterator[Document]:
    rows = Address.objects.filter(contact__customer__in=customer_ids).order_by("position", "pk")
    people: dict[int, list[str]] = defaultdict(list)
    for customer_id, name, value in rows.values_list("contact__customer_id", "contact__name", "value"):
        people[customer_id] += [name, value]
    for customer in Customer.objects.filter(pk__in=customer_ids):
        found_by = to_tsvector_text(
            [(customer.name, "A"), (customer.key, "A"), (" ".join(people[customer.pk]), "B")]
        )
        yield Document(customer.pk, customer.pk, None, customer.created_at, found_by)


def _after(number: int, most: int) -> Sequence[int]:
    return list(Customer.objects.filter(pk__gt=number).order_by("pk").values_list("pk", flat=True)[:most])


register(Indexer("customer", _documents, _after))
