"""Taking a sync run back: its own reading and decision; written and remembered as any other run."""
