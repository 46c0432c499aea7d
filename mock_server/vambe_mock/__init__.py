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
- ``server``: ``app`` takes a request; ``endpoint`` answers the vendor's path, a straight line: authenticate, parse,
  find, answer. ``settings`` and ``sources`` come before that, ``process`` takes the port.
- ``testing``: the mock for Python's tests, and the pytest plugin.
- ``cli``: the command line.

Why a rule is as it is stands in docs/decisions.md, under the slug that the code quotes.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vambe_mock.testing.mock import Mock, MockError, VambeMock

__all__ = ["Mock", "MockError", "VambeMock", "__version__"]
__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    """A public name, loaded when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from vambe_mock.testing import mock  # noqa: PLC0415 - importing the package itself costs next to nothing

    return getattr(mock, name)
