"""Clean tables to PostgreSQL."""
