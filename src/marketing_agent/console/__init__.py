"""The status page for people: what is wrong, and the stop button. Works on a phone, without script."""
