"""The judge: whether a server keeps the contract of ``GET /api/public/contacts``, seen through HTTP alone.

A run, file by file:

    checking     what ``vambe-mock check`` does (its options: vambe_mock.cli.check); arguments: the same for pytest
    judging_run  a target, manners and options become a Judge; its Report is what all reports are written from
    asking       client: the only place that sends: GET, at a pace, within a budget; every request is noted
                 answers: what is kept of an answer, nothing personal; contacts: the contact judged field by
                 field; document: the tightened openapi.yaml
    judging      judge asks once what is asked often, hears the rules, looks again before it says anything bad
                 rules: one function each; cases: their single requests; verdicts: what can be said of them
                 survey: what the target shows of its data; relations, stages, custom_fields: comparisons of answers
                 generated: requests that schemathesis makes from the document
    reports      report and its forms: terminal, junit, page, annotations; comparison: two targets
    accepted     accepted deviations
    fresh_mock   the mock as a target; asking.in_process, rehearsal: the same without a network, for a plan

``vambe-mock check`` hears the rules in a loop; pytest_runner is the second way, with pytest.
"""
