"""What `train` is made of: what is asked for, what a recipe is, and what is shown meanwhile."""
