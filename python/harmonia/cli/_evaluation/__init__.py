"""What `evaluate` is made of: what was asked for, what carries it out, and the means it shows."""
