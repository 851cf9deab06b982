"""Who may do what, and who did: API tokens and the audit log."""
