"""Broken versions of the mock, each a few lines on a seam of the app, and correct ones that only look different.

    seams      the places of the app where a break is put in
    breaks     the broken versions, by kind
    accents    the correct ones
    matrix     each version before the judge, in this process; the table of docs/mutants.md

``python tests/mutants`` prints the table, ``python tests/mutants --write`` writes it.
"""
