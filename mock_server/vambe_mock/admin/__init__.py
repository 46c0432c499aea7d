"""The admin API under ``/__admin``: control of a running server over HTTP.

The modules, in the order in which a request passes them:

- ``paths``: where the API is.
- ``application``: the application with all its routes, its OpenAPI document and its docs page (``swagger``).
- ``guard``: who may use the API, judged by the Host, the Origin and the token (``headers``).
- ``bodies``: the body must be JSON of a bounded size; part of each route.
- ``dependencies``: which organisation the request is about, by its ``x-api-key``.
- ``routes``: one module for each resource. What the routes do is in ``vambe_mock.organisations``.
- ``hints``: what is nearly right in a request, for the log and the record.
- ``problems``: every refusal is ``application/problem+json``, so that none is taken for the vendor's.

The server imports all but ``paths``, ``hints`` and ``swagger`` when the first request arrives, so it starts without
them.
"""
