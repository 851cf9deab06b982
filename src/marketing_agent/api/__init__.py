"""The HTTP API: who calls, what is asked, and one module a resource."""
