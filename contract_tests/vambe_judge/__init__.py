"""The judge: tests over HTTP whether a server keeps the contract of ``GET /api/public/contacts``.

Three layers, each of which imports only those below it; calibration and reports are one beside the other:

    calibration  which way the open rules go on one account: asks, concludes, writes a dialect file
    reports      report, the result of a run; its forms: terminal, junit, page, annotations; comparison of two targets
                 decisions: the ledger's entries, which the page explains its rules with
    judging      judge: runs a rule, caches responses, and requests again before it reports a failure
                 rules: one function per rule; cases: their single requests; verdicts and grades
                 survey: what the responses show of the data; relations, stages, custom_fields: responses compared
                 generated: requests that schemathesis derives from openapi.yaml
    asking       client: the only module that sends requests: GET, paced, within a budget, all recorded
                 deadline: its one deadline for a whole response
                 answers, contacts: the parts of a response that are kept, none of them personal
                 document: openapi.yaml with stricter schemas; options: what the user says of the target

On top of them:

    accepted      accepted deviations
    judging_run   one run against one target, from the first request to the report
    fresh_mock    a mock process as the target; rehearsal: the mock in this process, for a plan
    checking      what ``vambe-mock check`` does: check, plan, compare (its command line: vambe_mock.cli.check)
    calibrating   what ``vambe-mock calibrate`` does; drift judges by a dialect file, and measures it again
    importing     what ``vambe-mock import`` does; paging reads a whole account, replacing replaces its persons
    shape         an account's shape from some pages of it, which shaping asks for
    pytest_runner the same rules as pytest tests, for a clone; arguments: their options
"""
