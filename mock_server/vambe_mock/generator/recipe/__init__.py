"""What to generate: knobs, edge cases, pools, randomness, and the plan made of them."""
