"""What the sync remembers: the store, the journal, and the artifacts steps hand on."""
