"""Our own sending accounts: credentials, limits, warm-up, health and pauses."""
