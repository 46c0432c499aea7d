"""The control plane: the admin API under ``/__admin``, one module a noun.

The path of a request, file by file:

- ``guard`` refuses whoever may not drive the server, and bodies that are too large or no JSON.
- ``application`` joins the routers, and has the API's own document and docs page.
- ``dependencies`` finds the organisation that the request's ``x-api-key`` names.
- ``contacts``, ``tickets``, ``pipelines``, ``custom_fields``, ``dataset``, ``snapshots``, ``clock``, ``requests``,
  ``faults``, ``explain`` and ``organisations``, in ``routes``; what they do is in ``vambe_mock.organisations``.
- ``problems`` has the refusals, problem+json, so that none is ever taken for the vendor's.

It is imported when the first request to it comes, so a server that nobody controls starts without it.
"""
