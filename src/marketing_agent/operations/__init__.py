"""Running it: run-time switches, stops, errors, alerts and figures."""
