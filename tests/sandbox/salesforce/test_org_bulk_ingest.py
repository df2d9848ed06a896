"""Bulk API 2.0 ingest: jobs that write, their states, and what becomes of each row."""

import pytest

from include.sandbox.salesforce.bulk.job import Job, State
from include.sandbox.salesforce.bulk.running import writing
from tests.sandbox.salesforce.client import KEY, Client


def test_a_job_is_open_and_names_where_its_data_goes(org: Client) -> None:
    body = {"object": "Contact", "operation": "insert", "contentType": "CSV"}
    job = org.call("POST", "/jobs/ingest", body).body
    assert job["id"].startswith("750")
    assert job["state"] == "Open"
    assert job["contentUrl"] == f"services/data/v62.0/jobs/ingest/{job['id']}/batches"
    assert job["apiVersion"] == 62.0
    assert (job["lineEnding"], job["columnDelimiter"]) == ("LF", "COMMA")
    assert job["concurrencyMode"] == "Parallel"


def test_rows_are_inserted_and_each_says_its_id(org: Client) -> None:
    job_id = org.run_job("LastName,FirstName\nLovelace,Ada\nHopper,Grace\n")
    job = org.job(job_id)
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (
        "JobComplete",
        2,
        0,
    )
    assert job["jobType"] == "V2Ingest"
    [[ada], [grace]] = org.values("SELECT Id FROM Contact ORDER BY LastName DESC")
    assert org.results(job_id, "successfulResults") == (
        '"sf__Id","sf__Created","LastName","FirstName"\n'
        f'"{ada}","true","Lovelace","Ada"\n"{grace}","true","Hopper","Grace"\n'
    )
    assert org.results(job_id, "failedResults") == '"sf__Id","sf__Error","LastName","FirstName"\n'
    assert org.results(job_id, "unprocessedrecords") == '"LastName","FirstName"\n'


def test_a_failed_row_names_code_message_and_fields(org: Client) -> None:
    job_id = org.run_job("LastName,FirstName,Email\n,Ada,a@example.com\nHopper,Grace,nonsense\n")
    assert org.job(job_id)["numberRecordsFailed"] == 2
    lines = org.results(job_id, "failedResults").splitlines()
    required = "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    email = "INVALID_EMAIL_ADDRESS:Email: invalid email address: nonsense:Email --"
    assert lines[1:] == [
        f'"","{required}","","Ada","a@example.com"',
        f'"","{email}","Hopper","Grace","nonsense"',
    ]


def test_an_error_without_fields_ends_in_two_dashes(org: Client) -> None:
    org.create("Contact", **{KEY: "7"})
    job_id = org.run_job(f"LastName,{KEY}\nx,7\n")
    [_, line] = org.results(job_id, "failedResults").splitlines()
    assert line.startswith(f'"","DUPLICATE_VALUE:duplicate value found: {KEY} duplicates value on')
    assert line.endswith(':--","x","7"')


def test_an_upsert_says_which_rows_were_created(org: Client) -> None:
    known = org.create("Contact", **{KEY: "1"})
    csv = f"{KEY},LastName\n1,Old\n2,New\n"
    job_id = org.run_job(csv, "upsert", externalIdFieldName=KEY)
    rows = org.results(job_id, "successfulResults").splitlines()[1:]
    assert rows[0] == f'"{known}","false","1","Old"'
    assert rows[1].endswith('"true","2","New"')
    assert org.values("SELECT LastName FROM Contact ORDER BY LastName") == [["New"], ["Old"]]


def test_an_upsert_refuses_a_key_that_comes_twice_in_a_batch(org: Client) -> None:
    csv = f"{KEY},LastName\n1,a\n1,b\n2,c\n"
    job_id = org.run_job(csv, "upsert", externalIdFieldName=KEY)
    assert org.job(job_id)["numberRecordsFailed"] == 2
    assert "DUPLICATE_VALUE:Duplicate external id specified: 1" in org.results(
        job_id, "failedResults"
    )


def test_an_upsert_needs_a_field_that_is_a_key(org: Client) -> None:
    body = {"object": "Contact", "operation": "upsert", "externalIdFieldName": "FirstName"}
    answer = org.call("POST", "/jobs/ingest", body)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALIDJOB")


def test_rows_are_updated_by_id_and_a_missing_one_fails_alone(org: Client) -> None:
    known = org.create("Contact", FirstName="Ada")
    job_id = org.run_job(f"Id,FirstName\n{known},Augusta\n,Grace\n", "update")
    assert org.read(known)["FirstName"] == "Augusta"
    assert "MISSING_ARGUMENT:Id not specified" in org.results(job_id, "failedResults")
    assert org.results(job_id, "successfulResults").splitlines()[1] == (
        f'"{known}","false","{known}","Augusta"'
    )


def test_rows_are_deleted_by_id(org: Client) -> None:
    known = org.create("Contact")
    job_id = org.run_job(f"Id\n{known}\n003000000000000AAA\n", "delete")
    assert org.job(job_id)["numberRecordsFailed"] == 1
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 0


def test_a_delete_job_takes_nothing_but_ids(org: Client) -> None:
    job = org.job(org.run_job("Id,LastName\n,x\n", "delete"))
    assert job["state"] == "Failed"
    assert job["errorMessage"] == "InvalidBatch : The 'delete' batch must contain only ids"


def test_a_hard_delete_needs_a_permission_nobody_has(org: Client) -> None:
    answer = org.call("POST", "/jobs/ingest", {"object": "Contact", "operation": "hardDelete"})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "FEATURENOTENABLED")


@pytest.mark.parametrize("operation", ["query", "", None, 7])
def test_an_operation_that_is_none_is_refused(org: Client, operation: object) -> None:
    answer = org.call("POST", "/jobs/ingest", {"object": "Contact", "operation": operation})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALIDJOB")


@pytest.mark.parametrize("sobject", ["Nothing", None, "ContactHistory"])
def test_an_object_that_bulk_jobs_cannot_write_is_refused(org: Client, sobject: object) -> None:
    answer = org.call("POST", "/jobs/ingest", {"object": sobject, "operation": "insert"})
    assert answer.status == 400
    assert answer.body[0] == {
        "errorCode": "INVALIDENTITY",
        "message": f"Entity '{sobject}' is not supported by the Bulk API.",
    }


def test_an_empty_value_leaves_a_field_alone_and_na_clears_it(org: Client) -> None:
    known = org.create("Contact", FirstName="Ada", Title="Countess")
    org.run_job(f"Id,FirstName,Title\n{known},,#N/A\n", "update")
    record = org.read(known)
    assert (record["FirstName"], record["Title"]) == ("Ada", None)


def test_a_parent_is_named_by_its_external_id(org: Client) -> None:
    account_id = org.create("Account", **{KEY: "a1"})
    job_id = org.run_job(f"LastName,Account.{KEY}\nx,a1\ny,a2\n")
    assert org.values("SELECT LastName, AccountId FROM Contact") == [["x", account_id]]
    assert (
        f"INVALID_FIELD:Foreign key external ID: a2 not found for field {KEY} in entity Account:--"
    ) in org.results(job_id, "failedResults")


def test_a_parent_of_several_kinds_is_named_with_its_kind(org: Client) -> None:
    contact_id = org.create("Contact", Email="a@example.com")
    org.run_job("Subject,Contact:Who.Email\nCall,a@example.com\n", sobject="Task")
    assert org.values("SELECT WhoId FROM Task") == [[contact_id]]


def test_a_column_nobody_knows_fails_the_job(org: Client) -> None:
    job = org.job(org.run_job("LastName,Nothing\nx,y\n"))
    assert job["state"] == "Failed"
    assert job["errorMessage"] == "InvalidBatch : Field name not found : Nothing"


def test_a_hidden_field_is_a_column_nobody_knows(org: Client) -> None:
    org.set(permissions={"Contact.Phone": "none"})
    job = org.job(org.run_job("LastName,Phone\nx,1234567\n"))
    assert job["errorMessage"] == "InvalidBatch : Field name not found : Phone"


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("BACKQUOTE", "`"),
        ("CARET", "^"),
        ("COMMA", ","),
        ("PIPE", "|"),
        ("SEMICOLON", ";"),
        ("TAB", "\t"),
    ],
)
def test_every_delimiter_separates_both_ways(org: Client, name: str, sign: str) -> None:
    job_id = org.run_job(f"LastName{sign}FirstName\na{sign}b\n", columnDelimiter=name)
    assert org.values("SELECT LastName, FirstName FROM Contact") == [["a", "b"]]
    header = org.results(job_id, "successfulResults").splitlines()[0]
    assert header == sign.join(['"sf__Id"', '"sf__Created"', '"LastName"', '"FirstName"'])


def test_lines_may_end_in_crlf_if_the_job_says_so(org: Client) -> None:
    job_id = org.run_job("LastName\r\na\r\nb\r\n", lineEnding="CRLF")
    assert org.job(job_id)["numberRecordsProcessed"] == 2
    assert org.results(job_id, "unprocessedrecords") == '"LastName"\r\n'


@pytest.mark.parametrize(("told", "csv"), [("LF", "LastName\r\na\r\n"), ("CRLF", "LastName\na\n")])
def test_other_line_endings_than_the_job_says_fail_it(org: Client, told: str, csv: str) -> None:
    job = org.job(org.run_job(csv, lineEnding=told))
    assert job["state"] == "Failed"
    assert job["errorMessage"] == (
        "ClientInputError : LineEnding is invalid on user data."
        f" Current LineEnding setting is {told}"
    )


def test_a_quoted_value_may_hold_anything(org: Client) -> None:
    job_id = org.run_job('LastName,Description\n"O""Brien, Jr.","two\nlines"\n')
    assert org.values("SELECT LastName, Description FROM Contact") == [
        ['O"Brien, Jr.', "two\nlines"]
    ]
    assert '"O""Brien, Jr.","two\nlines"' in org.results(job_id, "successfulResults")


def test_a_byte_order_mark_before_a_quote_fails_the_job(org: Client) -> None:
    job = org.job(org.run_job('\ufeff"LastName"\n"a"\n'))
    assert job["errorMessage"].startswith("InvalidBatch : Failed to parse CSV. Found unescaped")


def test_a_row_of_another_width_fails_the_job(org: Client) -> None:
    job_id = org.run_job("LastName,FirstName\na,b\nc\n")
    assert org.job(job_id)["state"] == "Failed"
    assert org.job(job_id)["errorMessage"].startswith("InvalidBatch : Failed to parse CSV.")


def test_a_job_and_its_data_may_come_in_one_request(org: Client) -> None:
    parts = (
        "--x\r\nContent-Type: application/json\r\n"
        'Content-Disposition: form-data; name="job"\r\n\r\n'
        '{"object": "Contact", "operation": "insert", "lineEnding": "LF"}\r\n'
        '--x\r\nContent-Type: text/csv\r\nContent-Disposition: form-data; name="content";'
        ' filename="content"\r\n\r\nLastName\nÉluard\nBell\r\n--x--\r\n'
    )
    kind = "multipart/form-data; boundary=x"
    answer = org.send("POST", "/jobs/ingest", parts.encode(), kind)
    assert (answer.status, answer.body["state"]) == (200, "UploadComplete")
    org.salesforce.settle()
    assert org.values("SELECT LastName FROM Contact ORDER BY CreatedDate, Id") == [
        ["Éluard"],
        ["Bell"],
    ]


def test_a_multipart_request_needs_both_parts(org: Client) -> None:
    answer = org.send("POST", "/jobs/ingest", b"--x--", "multipart/form-data; boundary=x")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALIDJOB")


def test_closing_a_job_answers_before_its_rows_are_written(org: Client) -> None:
    org.set(hold_bulk_jobs=True)
    job_id = org.open_job()
    org.send("PUT", f"/jobs/ingest/{job_id}/batches", b"LastName\na\n", "text/csv")
    closed = org.call("PATCH", f"/jobs/ingest/{job_id}", {"state": "UploadComplete"})
    assert closed.body["state"] == org.job(job_id)["state"] == "UploadComplete"
    org.set(hold_bulk_jobs=False)
    org.job(job_id)
    org.salesforce.settle()
    assert org.job(job_id)["state"] == "JobComplete"


def test_an_aborted_job_keeps_its_rows_as_unprocessed(org: Client) -> None:
    org.set(hold_bulk_jobs=True)
    job_id = org.run_job("LastName\na\nb\n")
    aborted = org.call("PATCH", f"/jobs/ingest/{job_id}", {"state": "Aborted"})
    assert aborted.body["state"] == "Aborted"
    org.salesforce.settle()
    assert org.results(job_id, "unprocessedrecords") == '"LastName"\n"a"\n"b"\n'
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 0


def test_a_job_takes_its_data_once(org: Client) -> None:
    job_id = org.open_job()
    path = f"/jobs/ingest/{job_id}/batches"
    assert org.send("PUT", path, b"LastName\na\n", "text/csv").status == 201
    answer = org.send("PUT", path, b"LastName\na\n", "text/csv")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


def test_data_is_no_json(org: Client) -> None:
    path = f"/jobs/ingest/{org.open_job()}/batches"
    assert org.send("PUT", path, b"{}", "application/json").status == 415


@pytest.mark.parametrize("state", ["UploadComplete", "Aborted"])
def test_a_job_that_is_done_does_not_change_its_state(org: Client, state: str) -> None:
    job_id = org.run_job("LastName\na\n")
    answer = org.call("PATCH", f"/jobs/ingest/{job_id}", {"state": state})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


def test_a_job_that_is_done_can_be_deleted(org: Client) -> None:
    job_id = org.run_job("LastName\na\n")
    assert org.call("DELETE", f"/jobs/ingest/{job_id}").status == 204
    assert org.call("GET", f"/jobs/ingest/{job_id}").status == 404


def test_an_open_job_is_aborted_before_it_is_deleted(org: Client) -> None:
    job_id = org.open_job()
    answer = org.call("DELETE", f"/jobs/ingest/{job_id}")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALIDJOBSTATE")
    org.call("PATCH", f"/jobs/ingest/{job_id}", {"state": "Aborted"})
    assert org.call("DELETE", f"/jobs/ingest/{job_id}").status == 204


def test_jobs_are_listed_by_pages_of_a_thousand_newest_first(org: Client) -> None:
    first = org.open_job()
    for _ in range(1000):
        last = org.open_job()
    page = org.call("GET", "/jobs/ingest").body
    assert page["done"] is False
    assert (len(page["records"]), page["records"][0]["id"]) == (1000, last)
    rest = org.call("GET", page["nextRecordsUrl"]).body
    assert (rest["done"], [one["id"] for one in rest["records"]]) == (True, [first])
    assert rest["nextRecordsUrl"] is None
    assert org.call("GET", "/jobs/ingest?jobType=V2Ingest").body["records"]
    assert org.call("GET", "/jobs/ingest?jobType=Classic").body["records"] == []


def test_a_job_is_forgotten_after_a_week(org: Client) -> None:
    old = org.open_job()
    org.world.clock.advance(8 * 86_400)
    org.log_in()
    org.open_job()
    assert org.call("GET", f"/jobs/ingest/{old}").status == 404


def test_the_days_batches_run_out(org: Client) -> None:
    org.set(daily_bulk_batches=1)
    org.run_job("LastName\na\n")
    job_id = org.open_job()
    org.send("PUT", f"/jobs/ingest/{job_id}/batches", b"LastName\na\n", "text/csv")
    answer = org.call("PATCH", f"/jobs/ingest/{job_id}", {"state": "UploadComplete"})
    assert answer.body == [
        {"errorCode": "EXCEEDEDQUOTA", "message": "ApiBatchItems Limit exceeded."}
    ]
    assert org.call("GET", "/limits").body["DailyBulkApiBatches"] == {"Max": 1, "Remaining": 0}


def test_more_rows_than_a_chunk_are_all_written(org: Client) -> None:
    job_id = org.run_job("LastName\n" + "".join(f"L{number}\n" for number in range(450)))
    assert org.job(job_id)["numberRecordsProcessed"] == 450
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 450


def test_a_reset_ends_every_job(org: Client) -> None:
    org.set(hold_bulk_jobs=True)
    job_id = org.run_job("LastName\na\n")
    org.salesforce.reset()
    org.log_in()
    assert org.call("GET", f"/jobs/ingest/{job_id}").status == 404


@pytest.mark.parametrize(("text", "held"), [("yes", True), ("0", False), ("TRUE", True)])
def test_a_checkbox_is_spelled_in_many_ways(org: Client, text: str, held: bool) -> None:
    org.run_job(f"LastName,DoNotCall\na,{text}\n")
    assert org.values("SELECT DoNotCall FROM Contact") == [[held]]


def test_a_value_of_another_type_fails_its_row(org: Client) -> None:
    job_id = org.run_job("LastName,Birthdate\na,tomorrow\nb,1815-12-10\n")
    assert org.values("SELECT LastName FROM Contact") == [["b"]]
    assert (
        "INVALID_TYPE_ON_FIELD_IN_RECORD:Birthdate: value not of required type: tomorrow"
        ":Birthdate --"
    ) in org.results(job_id, "failedResults")


def test_a_job_that_a_reset_called_off_writes_nothing_more(org: Client) -> None:
    author = org.query("SELECT Id FROM User LIMIT 1")["records"][0]["Id"]
    now = org.world.clock.now()
    job = Job("750", "V2Ingest", "insert", "Contact", "62.0", author, now, now, State.UPLOADED)
    job.upload = b"LastName\n" + b"a\n" * 500
    steps = writing(org.salesforce._org, job)
    next(steps)
    job.state = State.ABORTED
    assert list(steps) == []
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 200
    again = writing(org.salesforce._org, job)
    assert list(again) == []
    assert (job.state, org.query("SELECT COUNT() FROM Contact")["totalSize"]) == ("Aborted", 200)
