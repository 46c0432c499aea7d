"""Contacts in memory: columns, orders, what each filter means over them, the search."""
