"""Whole data sets as files: jobs, formats, manifests, several processes."""
