"""Sources to sealed snapshots."""
