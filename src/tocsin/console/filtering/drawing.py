"""The editor as it is drawn."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tocsin.console.components import Text
from tocsin.console.filtering.form import NAME, Draft, DraftGroup, Path, name_of, operator_of, path_of
from tocsin.kernel import filters
from tocsin.kernel.filters.tree import MOST_CONDITIONS, MOST_LEVELS


@dataclass(frozen=True)
class Line:
    """A condition in the editor. `widget` says how its value is asked for."""

    name: str
    path: str
    fields: list[tuple[str, Text, bool]]
    field: str
    operators: list[tuple[str, Text, bool]] = dataclasses.field(default_factory=list)
    widget: str = "none"
    value: str = ""
    unit: str = "d"
    options: list[tuple[str, Text, bool]] = dataclasses.field(default_factory=list)
    problem: str = ""
    focus: bool = False
    is_group: bool = False


@dataclass(frozen=True)
class Lines:
    """A group in the editor."""

    name: str
    path: str
    joined: str
    members: list[Line | Lines]
    may_add: bool
    may_group: bool
    problem: str = ""
    # Whether the cursor goes to its button, since nothing else is left in it.
    focus: bool = False
    is_group: bool = True


@dataclass(frozen=True)
class Editor:
    """What `console/parts/filter_editor.html` draws."""

    kind: str
    root: Lines
    problem: str = ""


def editor(
    kind: str,
    draft: DraftGroup,
    context: filters.Context,
    *,
    problems: Mapping[str, str] | None = None,
    places: Mapping[str, Path] | None = None,
    do: str = "",
) -> Editor:
    """The form with these lines; an empty one begins with a line. `problems` are a `BadFilter`'s, by place;
    `do` is the button that was pressed, or `open`, and says where the cursor goes."""
    shown = draft if draft.members else DraftGroup(draft.joined, (Draft(),))
    drawn = _Drawing(kind, context, _located(problems or {}, places or {}), _focus(shown, do))
    root = drawn.group(shown, ())
    return Editor(kind, root, drawn.problems.get((), ""))


def _located(problems: Mapping[str, str], places: Mapping[str, Path]) -> dict[Path, str]:
    """By place in the form; what belongs to no line stands above all."""
    found: dict[Path, str] = {}
    for where, words in problems.items():
        within = [place for place in places if where == place or where.startswith(f"{place}.")]
        path = places[max(within, key=len)] if within else ()
        found[path] = f"{found[path]} {words}" if path in found else words
    return found


def _focus(root: DraftGroup, do: str) -> Path | None:
    """The line or group where the cursor goes after a button."""
    what, _colon, written = do.partition(":")
    path = path_of(written) if NAME.fullmatch(f"c{written}.join") else ()
    if what == "open":
        return (0,)
    if what == "remove" and path:
        left = len(_members(root, path[:-1]))
        return (*path[:-1], min(path[-1], left - 1)) if left else path[:-1]
    last = len(_members(root, path)) - 1
    return {"add": (*path, last), "group": (*path, last, 0)}.get(what)


def _members(group: DraftGroup, path: Path) -> Sequence[Draft | DraftGroup]:
    for number in path:
        inner = group.members[number] if number < len(group.members) else None
        group = inner if isinstance(inner, DraftGroup) else DraftGroup()
    return group.members


class _Drawing:
    def __init__(
        self, kind: str, context: filters.Context, problems: dict[Path, str], focus: Path | None
    ) -> None:
        self._fields = filters.fields_of(kind)
        self._context = context
        self.problems = problems
        self._focus = focus
        self._left = MOST_CONDITIONS

    def group(self, draft: DraftGroup, path: Path) -> Lines:
        members = [
            self.group(member, (*path, number))
            if isinstance(member, DraftGroup)
            else self.line(member, (*path, number))
            for number, member in enumerate(draft.members)
        ]
        self._left -= len(members)
        return Lines(
            name=name_of(path),
            path=name_of(path)[1:],
            joined=draft.joined,
            members=members,
            may_add=self._left > 0,
            may_group=self._left > 0 and len(path) + 1 < MOST_LEVELS,
            problem=self.problems.get(path, "") if path else "",
            focus=path == self._focus,
        )

    def line(self, draft: Draft, path: Path) -> Line:
        known = self._fields.get(draft.field)
        name = name_of(path)
        names = [(key, one.label, key == draft.field) for key, one in self._fields.items()]
        problem, focus = self.problems.get(path, ""), path == self._focus
        line = Line(name, name[1:], names, draft.field, problem=problem, focus=focus)
        if known is None:
            return line
        operator = operator_of(known, draft.operator)
        asked = _Asked(known, operator, draft.values, self._context)
        return replace(
            line,
            operators=[(one.key, one.label, one is operator) for one in known.type.offered()],
            widget=asked.widget,
            value=asked.value,
            unit=asked.unit,
            options=asked.options,
        )


_SPAN = re.compile(r"([0-9]+)([mhdw])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Asked:
    """How the value of one comparison is asked for."""

    def __init__(
        self,
        known: filters.Field,
        operator: filters.Operator,
        values: Sequence[str],
        context: filters.Context,
    ) -> None:
        self.value, self.unit = values[0] if values else "", "d"
        self.options: list[tuple[str, Text, bool]] = []
        many, choices = operator.takes == "many", known.type.choices
        if operator.takes == "span":
            self.widget = "span"
            written = _SPAN.fullmatch(self.value)
            self.value, self.unit = (written[1], written[2]) if written else ("", "d")
        elif operator.takes == "nothing":
            self.widget = "none"
        elif choices:
            self.widget = self._of_choices(choices, many, values, context)
        elif many:
            self.widget, self.value = "texts", "\n".join(values)
        elif known.type.key == "moment":
            self.value = "" if _SPAN.fullmatch(self.value) else self.value
            self.widget = "day" if not self.value or _DAY.fullmatch(self.value) else "text"
        else:
            self.widget = known.type.key

    def _of_choices(
        self, choices: filters.Choices, many: bool, values: Sequence[str], context: filters.Context
    ) -> str:
        if choices.every:
            offered = {one.value: one for one in choices.every(context)}
            gone = [value for value in values if value not in offered]
            # One that is offered no longer, such as a colleague who left, stays chosen.
            offered |= choices.among(context, gone) if gone else {}
            self.options = [(one.value, one.label, one.value in values) for one in offered.values()]
            return "choices" if many else "choice"
        known = choices.among(context, values) if values else {}
        self.options = [(one.value, one.label, True) for one in known.values()]
        if many:
            self.value = " ".join(value for value in values if value not in known)
        return "finds" if many else "find"


def found(kind: str, key: str, typed: str, context: filters.Context) -> Sequence[filters.Option]:
    """The first few values of a field that begin with what was typed. Raises NotFound for an unknown kind."""
    known = filters.fields_of(kind).get(key)
    choices = known.type.choices if known else None
    return choices.find(context, typed.strip()) if choices and choices.find and typed.strip() else ()
