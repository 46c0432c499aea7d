"""What is measured, one command each.

``python -m benchmarks`` (``make bench``) measures the server, ``python -m benchmarks.generator`` the generator.

How a figure comes about, file by file:

    figures       what is asked of the server, what was reached, yes or no
    sets          the data sets, made by the generator into benchmarks/data (not committed), and the queries
    constant      (a) a Starlette route that returns the same bytes as a constant
    naive         (b) the same rules in plain FastAPI, as everybody would write them
    servers       processes: started, pinned to one core, asked for their CPU time and memory, stopped
    load          wrk from the other core, with one repeated query or with queries none of which comes twice
    connection    one connection that asks and waits, to time single requests
    pages         a page of 100 out of 10,000 contacts: (a), (b), ours
    millions      1,000,000 contacts: loading, memory, the same page, deep offsets, filters
    exports       one large answer: its first byte, the memory it takes, and small requests meanwhile
    starts        the time to the first 200
    generator     the generator against a loop around Faker, which is in generator_naive

All loads of one figure run in the same run, one after the other, several rounds; what counts is the median of the
ratios of each round, because a shared machine changes its speed from minute to minute. docs/benchmarks.md says more.
"""
