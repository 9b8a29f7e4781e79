"""The page of `wa2pg audit --html`: what the stages found out, put together, redacted if asked, and drawn.

No figure is made here: integrity and coverage are extract's, the figures of clean tables transform's, a dry run load's.
"""
