"""Changes of a foreground's colours, one file a kind.

A kind has `draw(rng, strength)`, which gives parameters, and those have `transform()`. `strength`
scales the range that they are drawn from: at 1 it is as wide as is ever plausible, at 0 nothing
changes. Parameters are plain numbers, so that a manifest can hold them.
"""
