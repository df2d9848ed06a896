"""The routes: one module for each page, each with a `router`."""
