"""What comes back: fetched, kept raw, read, matched to our letters, and acted on."""
