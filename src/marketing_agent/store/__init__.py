"""The agent store: column kinds, connections and the check that the schema is the one we expect."""
