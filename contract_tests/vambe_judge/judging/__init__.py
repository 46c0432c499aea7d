"""Layer 2: the rules, and the verdict on each."""
