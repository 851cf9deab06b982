"""What is written and when: campaigns, their steps, and each prospect's way through them."""
