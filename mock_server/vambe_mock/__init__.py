"""A local stand-in for Vambe AI's ``GET /api/public/contacts`` that behaves like the real one.

For tests: ``from vambe_mock import VambeMock, Mock, MockError``. Importing this package costs nothing; those names come
with ``vambe_mock.testing`` when they are asked for.

The rooms, from the ground up; each imports only from those above it in this list:

- ``contract``: how a query reads (``query``, ``javascript``, ``instants``, ``custom_fields``), what a contact is
  (``contact``), what a refusal says (``refusals``).
- ``store``: the search. ``filters`` say who is listed, ``orders`` in which order, ``columns`` is what they look at.
- ``datasets``: a data set as a document, as files, and as columns.
- ``organisations``: all that one key owns while the server runs; ``changes`` says what a change does to a contact.
- ``generator``: contacts that are realistic and always the same.
- ``admin``: the control plane.
- ``server``: ``front`` takes a request; ``endpoint`` answers the vendor's path, a straight line: authenticate, parse,
  find, answer; ``app`` has the rest. ``settings`` and ``sources`` come before that, ``process`` takes the port.
- ``testing``: the mock for Python's tests, and the pytest plugin.
- ``sync``: the sync check, which disturbs a client and looks at what its copy lost.
- ``cli``: the command line.

Why a rule is as it is stands in docs/decisions.md, under the slug that the code quotes.
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
