"""Both CRMs, emulated: an independent witness that shares no code with the sync."""
