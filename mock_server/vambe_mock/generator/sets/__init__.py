"""Whole sets as files: jobs, parts, formats, manifests."""
