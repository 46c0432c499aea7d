"""The server at ``/__admin/mcp``: streamable HTTP, each request by itself, behind the guard of the admin API."""

from collections.abc import Callable

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import ASGIApp, Receive, Scope, Send

from vambe_mock.admin import problems
from vambe_mock.admin.mcp.calls import Json, Mock
from vambe_mock.admin.mcp.server import Context, server
from vambe_mock.admin.paths import PREFIX


def mounted(mock_of_key: Callable[[str | None], Mock], models: dict[str, Json]) -> ASGIApp:
    """Tools for the organisation whose key stands in ``x-api-key``, or for the first one."""

    def mock_of(context: Context) -> Mock:
        request = context.request
        return mock_of_key(None if request is None else request.headers.get("x-api-key"))

    tools = server(mock_of, models)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            # A GET would be a stream on which nothing ever comes, and which the server's end would have to wait for.
            refusal = problems.answer(405, f"{scope['method'][:20]} is not allowed at {PREFIX}/mcp; wanted POST")
            refusal.headers["Allow"] = "POST"
            await refusal(scope, receive, send)
            return
        # Nothing is kept between two requests, so nothing has to be started with the server and ended with it.
        manager = StreamableHTTPSessionManager(tools, stateless=True, json_response=True, session_idle_timeout=None)
        async with manager.run():
            await manager.asgi_app(scope, receive, send)

    return answer
