"""What `harmonia data` shows of datasets."""
