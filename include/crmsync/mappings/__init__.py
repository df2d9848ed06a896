"""Which field is which: YAML files, and the loader that checks them as a whole."""
