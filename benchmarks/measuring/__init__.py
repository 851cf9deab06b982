"""What the benchmarks share: a throw-away installation, a mail sink, a table, memory figures."""
