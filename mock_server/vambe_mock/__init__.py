"""A local mock of Vambe AI's ``GET /api/public/contacts`` that behaves like the real one.

For tests: ``from vambe_mock import VambeMock, Mock, MockError``. Importing this package costs nothing; those names are
loaded with ``vambe_mock.testing`` at their first use.

The subpackages, called rooms, from the bottom up; each imports only from those above it in this list:

- ``contract``: how a query is read (``query``, ``javascript``, ``instants``, ``custom_fields``), what a contact is
  (``contact``), what an error says (``refusals``).
- ``store``: the search. ``filters`` select the contacts, ``orders`` sort them, ``columns`` is the data they work on.
- ``datasets``: a data set as a document, as files, and as columns.
- ``organisations``: everything that belongs to one key while the server runs; ``changes`` applies changes to contacts.
- ``generator``: realistic contacts, always the same for the same arguments.
- ``admin``: the control plane.
- ``server``: ``front`` receives a request; ``endpoint`` answers the vendor's path in four steps: authenticate, parse,
  find, answer; ``app`` does the rest. ``settings`` and ``sources`` come before that, ``process`` opens the port.
- ``testing``: the mock for Python's tests, and the pytest plugin.
- ``sync``: the sync check, which disturbs a client and checks what its copy lost.
- ``cli``: the command line.

The reason for each rule is in docs/decisions.md, under the slug that the code quotes.
"""

TYPE_CHECKING = False  # the typing module is slow to import, and the handler of Ctrl-C comes after this file
if TYPE_CHECKING:
    from vambe_mock.datasets.problems import DatasetError
    from vambe_mock.server.options import SettingsError
    from vambe_mock.testing.client import MockError
    from vambe_mock.testing.mock import Mock
    from vambe_mock.testing.server import MockSettings, VambeMock

__all__ = ["DatasetError", "Mock", "MockError", "MockSettings", "SettingsError", "VambeMock", "__version__"]
__version__ = "0.2.0"


if not TYPE_CHECKING:
    _MODULES = {
        "DatasetError": "vambe_mock.datasets.problems",
        "Mock": "vambe_mock.testing.mock",
        "MockError": "vambe_mock.testing.client",
        "MockSettings": "vambe_mock.testing.server",
        "SettingsError": "vambe_mock.server.options",
        "VambeMock": "vambe_mock.testing.server",
    }

    def __getattr__(name: str) -> object:
        """A public name, loaded when it is asked for: importing the package itself costs next to nothing."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_MODULES[name]), name)
