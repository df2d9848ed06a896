"""Graphs: independent sets of requests, each of which happens as a whole or not at all.

A graph's requests run in order and may use what earlier ones of the same graph answered.
One that fails undoes its own graph; the other graphs go on, until too many have failed.
"""

from collections.abc import Mapping
from typing import Any

from include.sandbox.salesforce.bodies import json_object
from include.sandbox.salesforce.composite import Composite, Undo, halted, listed, part, undo_if
from include.sandbox.salesforce.errors import refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.wire import Answer

MOST_GRAPHS, MOST_NODES, MOST_FAILED = 75, 500, 14


class Graphs:
    """The resource composite/graph."""

    def __init__(self, org: Org, composite: Composite) -> None:
        self._org = org
        self._composite = composite

    def perform(self, visit: Visit) -> Answer:
        graphs = listed(json_object(visit.request), "graphs", MOST_GRAPHS)
        asked = [listed(one, "compositeRequest", MOST_NODES) for one in graphs]
        if sum(map(len, asked)) > MOST_NODES:
            raise refusal("LIMIT_EXCEEDED", f"Graphs may have {MOST_NODES} nodes in all.")
        names = [str(one.get("graphId", "")) for one in graphs]
        if len(set(names)) < len(names) or "" in names:
            raise refusal("INVALID_INPUT", "graphId is missing or used twice")
        results: list[dict[str, Any]] = []
        for name, nodes in zip(names, asked, strict=True):
            failed = sum(not one["isSuccessful"] for one in results)
            done = _unrun(nodes) if failed >= MOST_FAILED else self._graph(visit, nodes)
            results.append(_shown(name, done))
        return Answer(body={"graphs": results})

    def _graph(self, visit: Visit, nodes: list[dict[str, Any]]) -> dict[str, Answer]:
        done: dict[str, Answer] = {}
        try:
            with self._org.world.database.transaction():
                for one in nodes:
                    self._composite.next(visit, one, done)
                undo_if(any(answer.status >= 400 for answer in done.values()))
        except Undo:
            done = {name: halted(answer) for name, answer in done.items()}
        return done


def _unrun(nodes: list[dict[str, Any]]) -> dict[str, Answer]:
    return {str(one.get("referenceId", "")): halted(Answer()) for one in nodes}


def _shown(name: str, done: Mapping[str, Answer]) -> dict[str, Any]:
    return {
        "graphId": name,
        "graphResponse": {"compositeResponse": [part(*item) for item in done.items()]},
        "isSuccessful": all(answer.status < 400 for answer in done.values()),
    }
