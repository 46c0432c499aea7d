"""Drawn columns, and contacts made of them the plain way."""
