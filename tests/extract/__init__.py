"""Extract: payloads to sealed snapshots."""
