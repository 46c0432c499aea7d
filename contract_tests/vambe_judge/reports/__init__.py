"""What the judge found, in every form."""
