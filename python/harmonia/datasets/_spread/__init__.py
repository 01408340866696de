"""How the composites of a set spread, beside what is published of iHarmony4."""
