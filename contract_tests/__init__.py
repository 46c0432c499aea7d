"""The judge: whether a server keeps the contract of ``GET /api/public/contacts``, seen through HTTP alone.

A run, file by file:

    command      ``vambe-mock check``: the options; checking does its jobs; arguments are the same words for pytest
    run          a target, manners and options become a Judge; its Report is what all reports are written from
    client       the only place that sends: GET, at a pace, within a budget; every request is noted
    answers      what is kept of an answer, which is nothing personal; contacts: the contact judged field by field
    judge        asks once what is asked often, hears the rules, looks again before it says anything bad
    test_rules   the rules, one test each; rules: their single requests; verdicts: what can be said of them
    survey       what the target shows of its data; relations, stages, custom_fields: comparisons of its answers
    test_generated   requests that schemathesis makes from document, the tightened openapi.yaml
    known        accepted deviations; comparison: two targets
    fresh        the mock as a target; in_process, rehearsal: the same without a network, for a plan
    report       terminal, junit, page, annotations are its forms

pytest is the runner (conftest); the tests of the judge run the same rules without it.
"""
