"""The fake world: mail servers on loopback sockets, and the people who answer from them."""
