"""The one choke point through which mail leaves: plan, claim, door, transmit, record."""
