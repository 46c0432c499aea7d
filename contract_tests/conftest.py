"""pytest as the judge's runner; ``pytest contract_tests --help`` has its options."""

from vambe_judge.pytest_runner import *
