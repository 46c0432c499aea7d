"""The sync check: proves that a client's copy of the contacts loses nothing, by making happen what breaks copies.

- ``scripts``: what happens to the data, and between polls and pages; ``contacts``: to which contacts.
- ``hazards``: the list of hazards, each a script with its reason. ``histories``: random scripts, made smaller.
- ``clients``: what polls, a command or a function; ``copies``: where its copy is.
- ``playing``: plays a script to a client. ``judging``: from what happened to a verdict and a sentence.
- ``checking``: the whole check. ``report`` and ``timeline``: its reports.

The server knows nothing of this but triggers, what was delivered, and two settings (``organisations.lab``).
"""
