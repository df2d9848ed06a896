"""The Tooling API, as far as it tells of objects, fields and validation rules."""
