"""A mock for tests, driven over HTTP, and the pytest plugin."""
