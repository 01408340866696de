"""What `batch` is made of: its jobs, from folders or manifests, and the record of what is done."""
