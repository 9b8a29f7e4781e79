"""wa2pg's own layout, made by load/migrations."""
