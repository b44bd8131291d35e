"""A filter in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tocsin.console.filtering.form import line_of
from tocsin.kernel import filters


def in_words(wanted: filters.Filter) -> list[str]:
    """What a filter asks for, a phrase for each of its parts, for showing it above what it found."""
    parts = list(_parts(wanted.tree, wanted))
    return [pgettext("filter", " or ").join(parts)] if wanted.tree.joined == "any" else parts


def _parts(group: filters.Group, wanted: filters.Filter) -> Iterator[str]:
    fields = filters.fields_of(wanted.kind)
    for member in group.members:
        if isinstance(member, filters.Condition):
            yield _phrase(fields[member.field], member, wanted.context)
        elif inner := list(_parts(member, wanted)):
            joint = pgettext("filter", " or ") if member.joined == "any" else pgettext("filter", " and ")
            yield f"({joint.join(inner)})" if len(inner) > 1 else inner[0]


def _phrase(known: filters.Field, condition: filters.Condition, context: filters.Context) -> str:
    operator = known.operator(condition.operator)
    words = [str(known.label), str(operator.label) if operator else "", _value(known, condition, context)]
    return " ".join(word for word in words if word)


def _value(known: filters.Field, condition: filters.Condition, context: filters.Context) -> str:
    draft = line_of(condition)
    if known.type.key == "flag":
        return _("Yes") if draft.values == ("true",) else _("No")
    if known.type.choices:
        named = known.type.choices.among(context, draft.values)
        return ", ".join(str(named[value].label) if value in named else value for value in draft.values)
    operator = known.operator(condition.operator)
    if operator and operator.takes == "span":
        return _span(draft.values[0])
    return ", ".join(draft.values)


def _span(written: str) -> str:
    number, unit = int(written[:-1]), written[-1]
    worded = {
        "m": ngettext("%(count)s minute", "%(count)s minutes", number),
        "h": ngettext("%(count)s hour", "%(count)s hours", number),
        "d": ngettext("%(count)s day", "%(count)s days", number),
        "w": ngettext("%(count)s week", "%(count)s weeks", number),
    }
    return worded[unit] % {"count": number}
