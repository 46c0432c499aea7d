"""Drawn columns encoded as text and as Arrow tables, with their content hash and counts."""
