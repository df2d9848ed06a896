"""May this record sync? Suites of criteria, and the judge that asks Great Expectations."""
