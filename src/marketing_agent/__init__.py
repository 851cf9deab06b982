"""A self-hosted B2B e-mail outreach engine."""
