"""The running server: the application, its settings, its data, its log, its process."""
