"""Requests that schemathesis makes from the document."""

from vambe_judge.judging.generated import test_generated

__all__ = ["test_generated"]
