"""Sealed snapshots to clean tables."""
