"""Drawn columns as text and as Arrow tables, and the hashes of their content."""
