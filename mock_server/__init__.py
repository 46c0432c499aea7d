"""A local stand-in for Vambe AI's ``GET /api/public/contacts`` that behaves like the real one.

The path of a request, file by file:

- ``app`` takes it; the vendor's endpoint is answered at once, everything else is FastAPI's (``docs``, ``health``).
- ``contacts`` is the endpoint, a straight line: authenticate, parse, find, answer.
- ``authentication`` makes of the key an ``organisation``, or 401.
- ``parameters`` makes of the query string a ``ContactsQuery``, or 400; ``javascript`` and ``instants`` read the texts,
  ``custom_fields`` the values of custom fields.
- ``store`` finds: ``filters`` say who is listed, ``ordering`` in which order, ``columns`` is what they look at.
- ``errors`` has every refusal's body; ``request_log`` writes the line about it.

Before that, ``cli`` reads the command line into ``settings``, ``sources`` chooses the data, ``dataset`` (``readers``
for other file formats) reads and checks it, and ``serve`` takes the port.

The control plane stands beside that path: ``control`` (and ``admin`` behind it, one module a noun) is its HTTP face;
``changes`` says what a change does to a contact, ``state`` keeps all contacts at one moment, ``faults`` and
``connection`` are what goes wrong on purpose, ``record`` what was asked, ``explanation`` why. ``watch`` loads the data
again, ``beside`` does long work in a thread. ``testing`` and ``pytest_plugin`` bring it to Python's tests,
``execution`` to any other command.

Why a rule is as it is stands in docs/decisions.md, under the slug that the code quotes.
"""

__version__ = "0.1.0"
