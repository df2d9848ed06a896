"""Composite graphs: each happens as a whole or not at all, beside the others."""

from typing import Any

from tests.sandbox.salesforce.client import Client

BASE = "/services/data/v62.0"


def node(name: str, sobject: str, **body: Any) -> dict[str, Any]:
    url = f"{BASE}/sobjects/{sobject}"
    return {"method": "POST", "url": url, "referenceId": name, "body": body}


def graph(name: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    return {"graphId": name, "compositeRequest": list(nodes)}


def perform(org: Client, *graphs: dict[str, Any]) -> list[Any]:
    answer = org.call("POST", "/composite/graph", {"graphs": list(graphs)})
    assert answer.status == 200, answer.body
    return list(answer.body["graphs"])


def statuses(shown: Any) -> list[int]:
    return [one["httpStatusCode"] for one in shown["graphResponse"]["compositeResponse"]]


def test_a_node_uses_what_an_earlier_one_answered(org: Client) -> None:
    [shown] = perform(
        org,
        graph(
            "1",
            node("account", "Account", Name="Acme"),
            node("contact", "Contact", LastName="x", AccountId="@{account.id}"),
        ),
    )
    assert (shown["graphId"], shown["isSuccessful"]) == ("1", True)
    assert statuses(shown) == [201, 201]
    assert org.values("SELECT Account.Name FROM Contact")[0][0]["Name"] == "Acme"


def test_a_failed_graph_is_undone_and_the_others_are_not(org: Client) -> None:
    bad, good = perform(
        org,
        graph("bad", node("a", "Account", Name="Gone"), node("b", "Contact", FirstName="x")),
        graph("good", node("a", "Account", Name="Stays")),
    )
    assert (bad["isSuccessful"], good["isSuccessful"]) == (False, True)
    assert statuses(bad) == [400, 400]
    halted, missing = bad["graphResponse"]["compositeResponse"]
    assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert missing["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert org.values("SELECT Name FROM Account") == [["Stays"]]


def test_after_fourteen_failures_nothing_more_is_tried(org: Client) -> None:
    bad = [graph(str(number), node("a", "Contact", FirstName="x")) for number in range(14)]
    *_, last = perform(org, *bad, graph("last", node("a", "Account", Name="x")))
    assert last["isSuccessful"] is False
    body = last["graphResponse"]["compositeResponse"][0]["body"]
    assert body[0]["errorCode"] == "PROCESSING_HALTED"
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_graphs_and_nodes_are_bounded(org: Client) -> None:
    many = [graph(str(number), node("a", "Account", Name="x")) for number in range(76)]
    large = [graph("1", *(node(f"n{number}", "Account") for number in range(501)))]
    for graphs in (many, large):
        answer = org.call("POST", "/composite/graph", {"graphs": graphs})
        assert (answer.status, answer.body[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")


def test_graphs_have_names_of_their_own(org: Client) -> None:
    body = {"graphs": [graph("1"), graph("1")]}
    answer = org.call("POST", "/composite/graph", body)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_INPUT")
