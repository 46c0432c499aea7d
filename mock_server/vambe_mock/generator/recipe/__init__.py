"""What a generated set shall be: knobs, pools, edge cases, randomness, and the plan made of them."""
