#!/usr/bin/env bash
# uvicorn 0.54.0
# One would guess: an ASGI application may be any async callable, so a bound method (app.serve) is as good as a
#     function.
# What happens: a bound async method is taken for ASGI 2, whose applications are called in two steps, and every
#     request is 500: "missing 2 required positional arguments". A function, or an object with an async __call__,
#     is fine; so is interface="asgi3".
# Seen 2026-11-28: asgi2 for the method, asgi3 for the other two.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check uvicorn==0.54.0

venv/bin/python - <<'PYTHON'
import uvicorn


async def function(scope, receive, send):
    pass


class Application:
    async def serve(self, scope, receive, send):
        pass

    async def __call__(self, scope, receive, send):
        pass


seen = {}
for name, application in {
    "function": function,
    "object with __call__": Application(),
    "bound method": Application().serve,
}.items():
    config = uvicorn.Config(application)
    config.load()
    seen[name] = config.interface
    print(f"{name}: {config.interface}")
assert list(seen.values()) == ["asgi3", "asgi3", "asgi2"]
PYTHON
