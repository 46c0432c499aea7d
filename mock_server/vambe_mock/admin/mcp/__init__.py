"""The control plane for coding agents: tools, resources and prompts of the Model Context Protocol.

    calls       how a tool asks the mock, over HTTP or in the same process
    tools       what an agent can do; each is one or two calls
    texts       what it can read, and the prompts
    server      all of it as a server of the official SDK
    mount       that server at ``/__admin/mcp``; over stdio it is ``vambe_mock.cli.mcp``

Only ``server`` and ``mount`` import the SDK, which is the extra ``mcp``.
"""
