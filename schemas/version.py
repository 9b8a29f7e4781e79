"""The program's version, as manifests and reports name it (a test holds it against pyproject.toml)."""

VERSION = "0.1.0"
