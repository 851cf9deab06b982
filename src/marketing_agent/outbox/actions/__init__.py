"""The only writers of the outbox; one transaction a verb."""
