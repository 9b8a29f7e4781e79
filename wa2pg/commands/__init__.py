"""One module a command; each parses, calls its stage and prints what came back."""
