"""All that one API key owns while the server runs, and every change to it."""
