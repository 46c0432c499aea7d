"""Contacts drawn as columns, and these columns as plain dicts."""
