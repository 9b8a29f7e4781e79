"""Figures of a clean run for the report page: one SQL file each in `sql/`; `read.read_figures` reads them all."""
