"""The vendor's endpoint over ASGI: authenticate, parse, find, answer."""
