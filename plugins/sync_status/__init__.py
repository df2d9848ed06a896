"""The status page: what the sync did, what it holds and why, for people.

`app` has the routes, `views` turn what is remembered into what a template shows, `desk` reads,
`airflow_access` says who may do what. Nothing here writes to a CRM or to the state store: what
changes something is a DAG that the signed-in user triggers.
"""
