"""The console: the page that a browser gets at ``/__admin``; ``make console`` builds it from ``source/``."""
