"""The sandbox's pages for people: records side by side, faults, settings, calls."""
