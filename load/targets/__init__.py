"""One folder for each layout that a database can have: its SQL and the steps that run it."""
