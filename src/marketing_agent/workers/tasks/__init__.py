"""What the jobs do: each function takes `now` (UTC) and gives what it did, as JSON can hold it."""
