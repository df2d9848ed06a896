"""Several calls in one: references between them, and all or nothing."""

from typing import Any

from tests.sandbox.salesforce.client import BASE, Client


def step(name: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    return {"referenceId": name, "method": method, "url": BASE + path, "body": body}


def composite(org: Client, *steps: dict[str, Any], all_or_none: bool = False) -> Any:
    body = {"allOrNone": all_or_none, "compositeRequest": list(steps)}
    answer = org.call("POST", "/composite", body)
    assert answer.status == 200, answer.body
    return answer.body["compositeResponse"]


def test_a_later_request_uses_what_an_earlier_one_answered(org: Client) -> None:
    made, child, read = composite(
        org,
        step("account", "POST", "/sobjects/Account", {"Name": "Acme"}),
        step("ada", "POST", "/sobjects/Contact", {"LastName": "L", "AccountId": "@{account.id}"}),
        step("read", "GET", "/sobjects/Contact/@{ada.id}?fields=AccountId"),
    )
    assert [one["httpStatusCode"] for one in (made, child, read)] == [201, 201, 200]
    assert read["body"]["AccountId"] == made["body"]["id"]


def test_without_all_or_none_the_good_requests_stay(org: Client) -> None:
    results = composite(
        org,
        step("good", "POST", "/sobjects/Account", {"Name": "Acme"}),
        step("bad", "POST", "/sobjects/Account", {}),
        step("lost", "GET", "/sobjects/Account/@{bad.id}"),
    )
    assert [one["httpStatusCode"] for one in results] == [201, 400, 400]
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 1


def test_with_all_or_none_one_failure_undoes_all(org: Client) -> None:
    good, bad = composite(
        org,
        step("good", "POST", "/sobjects/Account", {"Name": "Acme"}),
        step("bad", "POST", "/sobjects/Account", {}),
        all_or_none=True,
    )
    assert good["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert bad["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_requests_of_a_batch_are_independent(org: Client) -> None:
    asked = [
        {"method": "POST", "url": "v62.0/sobjects/Account", "richInput": {}},
        {"method": "GET", "url": "v62.0/query?q=SELECT+COUNT()+FROM+Account"},
    ]
    body = org.call("POST", "/composite/batch", {"batchRequests": asked}).body
    assert body["hasErrors"] is True
    assert [one["statusCode"] for one in body["results"]] == [400, 200]


def test_more_than_25_requests_are_refused(org: Client) -> None:
    body = {"batchRequests": [{"method": "GET", "url": "v62.0/limits"}] * 26}
    assert org.call("POST", "/composite/batch", body).body[0]["errorCode"] == "LIMIT_EXCEEDED"


def tree(*contacts: dict[str, Any]) -> dict[str, Any]:
    below = [
        {"attributes": {"type": "Contact", "referenceId": f"c{at}"}, **one}
        for at, one in enumerate(contacts)
    ]
    root = {"attributes": {"type": "Account", "referenceId": "a"}, "Name": "Acme"}
    return {"records": [{**root, "Contacts": {"records": below}}]}


def test_a_tree_is_created_parents_first(org: Client) -> None:
    answer = org.call("POST", "/composite/tree/Account", tree({"LastName": "x"}, {"LastName": "y"}))
    assert (answer.status, answer.body["hasErrors"]) == (201, False)
    account_id = answer.body["results"][0]["id"]
    assert org.values("SELECT AccountId FROM Contact") == [[account_id], [account_id]]


def test_a_tree_with_one_bad_record_is_not_created(org: Client) -> None:
    answer = org.call("POST", "/composite/tree/Account", tree({"LastName": "x"}, {}))
    assert (answer.status, [one["referenceId"] for one in answer.body["results"]]) == (400, ["c1"])
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_only_five_requests_may_be_queries_or_collections(org: Client) -> None:
    steps = [step(f"n{number}", "GET", "/query?q=SELECT+Id+FROM+Lead") for number in range(6)]
    answer = org.call("POST", "/composite", {"compositeRequest": steps})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    assert len(composite(org, *steps[:5])) == 5


def test_a_tree_has_five_levels_at_most(org: Client) -> None:
    below: dict[str, Any] = {}
    for number in range(6):
        attributes = {"type": "Account", "referenceId": f"r{number}"}
        below = {
            "attributes": attributes,
            "Name": "x",
            **({"ChildAccounts": {"records": [below]}} if below else {}),
        }
    answer = org.call("POST", "/composite/tree/Account", {"records": [below]})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_INPUT")
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 0
