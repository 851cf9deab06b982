"""One module a resource: its schemas, its calls, and how its rows are shown."""
