"""The tools, resources and prompts as a server of the official SDK (`tools-for-agents`)."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from traceback import print_exc
from typing import Any, Final

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListToolsResult,
    PaginatedRequestParams,
    Prompt,
    PromptArgument,
    PromptMessage,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)

from vambe_mock import __version__
from vambe_mock.admin.mcp import texts, tools
from vambe_mock.admin.mcp.calls import Json, Mock, Refused

INSTRUCTIONS: Final = """\
A mock of Vambe AI's GET /api/public/contacts that behaves like the real one. Look rules up with search_rules instead of
guessing; ask_endpoint shows what a query returns and why. The other tools change the mock's data, clock and faults, so
that you can prove a client. Results show counts first and few rows; ask for more with rows.
"""

Context = ServerRequestContext[Any, Any]


def server(
    mock_of: Callable[[Context], Mock],
    models: Mapping[str, Json],
    *,
    more: Sequence[tools.Tool] = (),
    resources: Sequence[texts.Text] = texts.RESOURCES,
    where: str = "",
) -> Server[Any]:
    """A server whose tools ask the mock that *mock_of* finds for a request.

    *models* are the schemas of the admin API's document by name; *more* are tools beside those of ``tools``. *where*
    says how a client reaches the mock, in the instructions and at the tool that asks the endpoint: of a client that
    makes no handshake, the model may never see the instructions.
    """
    table = {tool.name: tool for tool in (*tools.TOOLS, *more)}
    if where:
        table["ask_endpoint"] = replace(asking := table["ask_endpoint"], about=f"{asking.about} {where}")
    listed = ListToolsResult(tools=[_described(tool, models) for tool in table.values()])
    schemas = {tool.name: tool.input_schema for tool in listed.tools}
    readable = {text.uri: text for text in resources}

    async def list_tools(_: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return listed

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        if (tool := table.get(params.name)) is None:
            return _refusal(f"no tool {params.name!r:.60}; wanted one of {', '.join(table)}")
        try:
            result = await tool(mock_of(context), params.arguments or {})
        except Refused as refused:
            return _refusal(str(refused))
        except Exception as defect:  # noqa: BLE001 - the agent is told, and the traceback is on standard error
            print_exc()
            return _refusal(f"internal error in {params.name}: {type(defect).__name__}; please report it")
        text = TextContent(text=json.dumps(result, ensure_ascii=False))
        return CallToolResult(
            content=[text], structured_content=result if isinstance(result, dict) else {"result": result}
        )

    async def list_resources(_: Context, _params: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(
            resources=[
                Resource(uri=text.uri, name=text.name, description=text.about, mime_type=text.kind)
                for text in readable.values()
            ]
        )

    async def read_resource(_: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        uri = str(params.uri)
        if (text := readable.get(uri)) is None:
            raise MCPError(INVALID_PARAMS, f"no resource {uri!r:.100}; wanted one of {', '.join(readable)}")
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=text.kind, text=text.read())])

    return Server(
        "vambe-mock",
        version=__version__,
        title="vambe-mock",
        instructions=f"{INSTRUCTIONS}{where}",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
        on_list_prompts=_list_prompts,
        on_get_prompt=_get_prompt,
        get_tool_input_schema=schemas.get,
    )


def _refusal(why: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=" ".join(why.split()))], is_error=True)


async def _list_prompts(_: Context, _params: PaginatedRequestParams | None) -> ListPromptsResult:
    return ListPromptsResult(
        prompts=[
            Prompt(
                name=prompt.name,
                description=prompt.about,
                arguments=[
                    PromptArgument(name=name, description=about, required=True)
                    for name, about in prompt.arguments.items()
                ],
            )
            for prompt in texts.PROMPTS
        ]
    )


async def _get_prompt(_: Context, params: GetPromptRequestParams) -> GetPromptResult:
    prompts = {prompt.name: prompt for prompt in texts.PROMPTS}
    if (prompt := prompts.get(params.name)) is None:
        raise MCPError(INVALID_PARAMS, f"no prompt {params.name!r:.60}; wanted one of {', '.join(prompts)}")
    given = params.arguments or {}
    if missing := [name for name in prompt.arguments if not given.get(name)]:
        raise MCPError(INVALID_PARAMS, f"{prompt.name} needs {missing[0]}: {prompt.arguments[missing[0]]}")
    text = prompt.text.format_map({name: given[name] for name in prompt.arguments})
    return GetPromptResult(messages=[PromptMessage(role="user", content=TextContent(text=text))])


def _described(tool: tools.Tool, models: Mapping[str, Json]) -> Tool:
    schema: dict[str, Any] = {
        "type": "object", "properties": dict(tool.takes), "required": list(tool.needs), "additionalProperties": False,
    }  # fmt: skip
    if definitions := _definitions(tool.takes, models):
        schema["$defs"] = definitions
    return Tool(
        name=tool.name,
        title=tool.title,
        description=tool.about,
        input_schema=schema,
        annotations=ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.read_only,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.read_only,
            open_world_hint=tool.open_world,
        ),
    )


def _definitions(takes: Json, models: Mapping[str, Json]) -> dict[str, Json]:
    """The models that *takes* names, and those that they name."""
    found: dict[str, Json] = {}
    waiting = _named(takes)
    while waiting:
        name = waiting.pop()
        if name not in found:
            text = json.dumps(_slim(models[name])).replace("#/components/schemas/", "#/$defs/")
            found[name] = json.loads(text)
            waiting += _named(found[name])
    return found


def _slim(schema: Json) -> Json:
    """*schema* without what an agent pays for and does not need; the admin API judges by the whole one."""
    if isinstance(schema, list):
        return [_slim(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {key: _slim(one) for key, one in value.items()} if name == "properties" else _slim(value)
        for name, value in schema.items()
        if name not in ("title", "pattern", "discriminator", "additionalProperties")
    }


def _named(schema: Json) -> list[str]:
    return re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))
