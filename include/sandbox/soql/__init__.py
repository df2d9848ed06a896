"""SOQL, from text to rows: a parser, a printer, and a compiler to SQLite."""
