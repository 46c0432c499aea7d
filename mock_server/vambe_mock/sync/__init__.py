"""The sync check: proves that a client's copy of the contacts loses nothing, by making happen what breaks copies.

- ``scripts``: what happens to the data, and between polls and pages; ``contacts``: to which contacts.
- ``hazards``: the list of hazards, each a script with its reason. ``histories``: random scripts, made smaller.
- ``clients``: what polls, a command or a function; ``copies``: where its copy is.
- ``playing``: plays a script to a client. ``judging``: from what happened to a verdict and a sentence.
- ``checking``: the whole check; ``ranges``: what its numbers may be. ``report`` and ``timeline``: its reports.

From Python: ``from vambe_mock.sync import check``; in pytest the fixture ``vambe_sync_check`` (``plugin``).

The server knows nothing of this but triggers, what was delivered, and two settings (``organisations.lab``).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vambe_mock.sync.calling import check
    from vambe_mock.sync.problems import SyncError

__all__ = ["SyncError", "check"]

if not TYPE_CHECKING:
    _MODULES = {"SyncError": "vambe_mock.sync.problems", "check": "vambe_mock.sync.calling"}

    def __getattr__(name: str) -> object:
        """A public name, loaded when it is asked for: the command line imports this package with every command."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_MODULES[name]), name)
