"""Which processes of a file are judged together, and in which order: who is called comes first."""

from __future__ import annotations

from workflows.check.soundness.notation import Chart


def groups(chart: Chart) -> list[list[str]]:
    """Processes that send each other messages belong together; a group that is called comes before its callers."""
    group: dict[str, list[str]] = {process: [process] for process in chart.processes}
    for source, target in chart.messages:
        if source:
            one, other = (group[chart.process_of(chart.nodes[key])] for key in (source, target))
            if one is not other:
                one += other
                for process in other:
                    group[process] = one
    ordered: list[list[str]] = []
    calls = _calls(chart)
    started: set[str] = set()
    for process in chart.processes:
        _after_its_calls(process, calls, group, started, ordered)
    return ordered


def _calls(chart: Chart) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {process: [] for process in chart.processes}
    for node in chart.nodes.values():
        called = chart.process_called(node)
        if called:
            found[chart.process_of(node)].append(called)
    return found


def _after_its_calls(
    process: str, calls: dict[str, list[str]], group: dict[str, list[str]], started: set[str], ordered: list[list[str]]
) -> None:
    """Walk down the calls without recursion: a file may call as deep as it likes."""
    stack = [(process, False)]
    while stack:
        now, done = stack.pop()
        if done:
            ordered.append(group[now])
        elif now not in started:
            started.update(group[now])
            stack.append((now, True))
            stack += [(called, False) for member in group[now] for called in calls[member]]
