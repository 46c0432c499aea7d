"""What the judge asks, and the verdicts on the answers."""
