"""A small IMAP server over mailboxes in memory; `sandbox.imap_server` is its door."""
