"""Services outside the house; each failure is typed where it is caught."""
