"""What a table can be asked, divided into parts that can be chosen freely of each other.

Columns that speak of the same names belong together, every other column stands by itself. In each part one choice is
kept for each set of rules that go on with it, so that all questions about the table become questions about sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_
from typing import Final

from workflows.check.cover import TooMuch
from workflows.check.mentions import Mention, Spoken, of_cell, of_expression, plain_name
from workflows.check.regions import KINDS, NOT_KNOWN, WHOLE, About, Region, regions
from workflows.check.tables.sweep import swept
from workflows.check.ways import as_data, every_way, tangled, together
from workflows.engine.cells import Cell
from workflows.engine.decisions import DecisionTable, Input
from workflows.engine.refusals import ExpressionRefused

_LONGEST: Final = 5  # comparisons for each that may be made on the way


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice in a part of the space: the rules that go on with it (a bit each), and facts that are an example."""

    rules: int
    facts: Mapping[str, object]
    rank: int
    broken: bool = False


@dataclass(frozen=True)
class Part:
    """One part of the space: its columns, the choices there are, and the rules that do not look at it (a bit each).

    exact: whether there is no other choice. regions: of a column that is a name by itself, its regions in order, each
    with the rules that take it.
    """

    columns: tuple[int, ...]
    choices: tuple[Choice, ...]
    free: int
    exact: bool
    regions: tuple[tuple[Region, int], ...] = ()

    @cached_property
    def always(self) -> int:
        """The rules that go on whatever is chosen here."""
        return reduce(and_, (one.rules for one in self.choices))


@dataclass(frozen=True)
class Column:
    """One input column: its place, the name it is (if it is no more), what its heading and its cells speak of.

    cells: the different cells in it, each with the rules that have it (a bit each). free: the rules with a dash.
    """

    place: int
    input: Input
    name: str
    heading: Spoken
    cells: tuple[tuple[Cell, Spoken, int], ...]
    free: int

    @property
    def names(self) -> frozenset[str]:
        """Every name it has to do with."""
        return self.heading.names.union(*(spoken.names for _, spoken, _ in self.cells))

    @property
    def stands_alone(self) -> bool:
        """Whether it is one name, and every cell compares that with what is written out."""
        exact = all(spoken.exact and not spoken.names for _, spoken, _ in self.cells)
        return bool(self.name) and exact and "." not in self.name


def parts_of(table: DecisionTable, most_ways: int, most_work: int) -> tuple[Part, ...]:
    """Divide what a table can be asked. At most so many combinations of names that belong together are tried.

    Raises TooMuch where the cells themselves are too long to be asked.
    """
    columns = [_column(table, place) for place in range(len(table.inputs))]
    if sum(map(_length, columns)) > _LONGEST * most_work:
        raise TooMuch
    every = (1 << len(table.rules)) - 1
    found = []
    for group in _belonging(columns):
        work = max(1, most_work // max(1, sum(len(column.cells) for column in group)))
        found.append(_part(group, every, min(most_ways, work)))
    return tuple(found)


def _length(column: Column) -> int:
    """What asking its cells takes: a cell that mentions much is asked often, and long each time."""
    mentioned = (sum(one.size for one in spoken.mentions) for _, spoken, _ in column.cells)
    return sum((size + 1) * (size + 3) for size in mentioned)


def _column(table: DecisionTable, place: int) -> Column:
    column = table.inputs[place]
    having: dict[str, int] = {}
    cells: dict[str, Cell] = {}
    free = 0
    for rule in table.rules:
        cell, bit = rule.cells[place], 1 << (rule.number - 1)
        if cell.takes_anything:
            free |= bit
        else:
            cells.setdefault(cell.text, cell)
            having[cell.text] = having.get(cell.text, 0) | bit
    spoken = tuple((cell, of_cell(text), having[text]) for text, cell in cells.items())
    return Column(place, column, plain_name(column.expression), of_expression(column.expression), spoken, free)


def _belonging(columns: Sequence[Column]) -> list[list[Column]]:
    """The columns in groups that share no name."""
    groups: list[tuple[set[str], list[Column]]] = []
    for column in columns:
        roots = {name.partition(".")[0] for name in column.names}
        mine = [group for group in groups if group[0] & roots]
        groups = [group for group in groups if not group[0] & roots]
        names = roots.union(*(group[0] for group in mine))
        groups.append(
            (names, sorted([one for group in mine for one in group[1]] + [column], key=lambda one: one.place))
        )
    return [group for _, group in sorted(groups, key=lambda group: group[1][0].place)]


def _part(group: Sequence[Column], every: int, most: int) -> Part:
    abouts = _abouts(group)
    joined = [mention for column in group for mention in _joined(column)]
    exact = together(joined, abouts) and not tangled(abouts) and all(_is_exact(column, abouts) for column in group)
    free = reduce(and_, (column.free for column in group), every)
    if len(group) == 1 and group[0].stands_alone and exact:
        (column,) = group
        swept_over = swept(regions(abouts[column.name]), column.cells, column.free)
        taken = [(one, rules) for one, rules in swept_over if _may_be(one, column.name, group)]
        choices = [Choice(rules, {column.name: one.value}, one.rank, one.broken) for one, rules in taken]
        return Part((column.place,), _best(choices), free, True, tuple(taken))
    held = {name: [one for one in regions(about) if _may_be(one, name, group)] for name, about in abouts.items()}
    ways, all_of_them = every_way(held, most)
    choices, worked = _tried(group, [(way.facts, way.rank) for way in ways])
    return Part(tuple(column.place for column in group), _best(choices), free, exact and all_of_them and worked)


def _joined(column: Column) -> Iterator[Mention]:
    yield from column.heading.mentions
    for _, spoken, _ in column.cells:
        for mention in spoken.mentions:
            names = mention.names | ({column.name} if column.name else set())
            yield Mention(names)


def _is_exact(column: Column, abouts: Mapping[str, About]) -> bool:
    told = column.name or all(
        not (mention.bounds or mention.texts or mention.names)
        for _, cell, _ in column.cells
        for mention in cell.mentions
    )
    beyond = any(abouts[name].beyond_trying for name in column.names)
    # A word that is less than another name: nobody tried every order of words.
    beyond = beyond or any(cell.orders and cell.names and abouts[column.name].text for _, cell, _ in column.cells)
    return bool(told) and column.heading.exact and not beyond and all(spoken.exact for _, spoken, _ in column.cells)


def _abouts(group: Sequence[Column]) -> dict[str, About]:
    asked = frozenset[str]().union(*(column.heading.names for column in group))
    every = asked.union(*(column.names for column in group))
    abouts = {name: About(unknown=name in asked) for name in sorted(every)}
    for column in group:
        for mention, names in _heard(column):
            for name in names:
                abouts[name].hear(mention, name, expression=not column.name)
        if column.name:
            _as_declared(abouts[column.name], column.input)
    return abouts


def _heard(column: Column) -> Iterator[tuple[Mention, frozenset[str]]]:
    """What is said of which names: in the cells of a column that is worked out, of what its heading gives."""
    told = [mention for _, spoken, _ in column.cells for mention in spoken.mentions]
    if column.name:
        yield from ((mention, frozenset({column.name, *mention.names})) for mention in told)
        return
    yield from ((mention, frozenset(mention.names)) for mention in column.heading.mentions)
    yield from ((Mention(bounds=one.bounds, texts=one.texts), column.heading.names | one.names) for one in told)


def _as_declared(about: About, column: Input) -> None:
    kind = column.kind.rpartition(":")[2]
    about.be(KINDS.get(kind, ""))
    about.whole = about.whole or kind in WHOLE
    if column.allowed is not None:
        for mention in of_cell(column.allowed.text).mentions:
            about.hear(mention)


def _may_be(one: Region, name: str, group: Sequence[Column]) -> bool:
    """Whether the list of values of a column leaves it in; that a column is not known can always be."""
    lists = (column.input.allowed for column in group if column.name == name)
    return one.kind == NOT_KNOWN or all(cell is None or cell.applies(one.value, {}) for cell in lists)


def _tried(group: Sequence[Column], ways: Iterable[tuple[Mapping[str, object], int]]) -> tuple[list[Choice], bool]:
    """What the engine says to each way; with whether it could say something to all of them."""
    choices, worked = [], True
    for facts, rank in ways:
        data = as_data(facts)
        rules = -1
        try:
            for column in group:
                rules &= _taking(column, data)
        except ExpressionRefused:
            worked = False
            continue
        choices.append(Choice(rules, facts, rank))
    return choices, worked


def _taking(column: Column, data: Mapping[str, object]) -> int:
    """The rules whose cell takes what the column is worked out to be."""
    value = _value(column, data)
    return column.free | reduce(int.__or__, (rules for cell, _, rules in column.cells if cell.applies(value, data)), 0)


def _value(column: Column, data: Mapping[str, object]) -> object:
    asked = column.input.asked
    try:
        return asked.value(data, doubts=True)
    except ExpressionRefused:
        if any(data.get(name) is None for name in asked.names):
            return None
        raise


def _best(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Of the choices with which the same rules go on, the one a person thinks of first; in order as they come."""
    best: dict[int, Choice] = {}
    for one in choices:
        if one.rules not in best or one.rank < best[one.rules].rank:
            best[one.rules] = one
    return tuple(best.values())


def readiest(choices: Iterable[Choice]) -> Choice:
    """The choice a person thinks of first."""
    return min(choices, key=lambda one: (one.broken, one.rank))
