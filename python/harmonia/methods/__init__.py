"""The classical methods, one a file. A file's name is the method's; its first line is its summary."""
