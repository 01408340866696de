"""The classical methods, one a file: its name is the method's, its first line the summary."""
