"""One system a file, trained as its authors did: the file's stem is its name for `train`."""
