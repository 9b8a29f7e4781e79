"""The command line: parse, show progress, compose what the stages return, print."""
