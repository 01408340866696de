"""Scripts by which shells complete what is typed."""
