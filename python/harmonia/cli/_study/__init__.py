"""What `harmonia study` does."""
