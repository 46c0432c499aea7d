"""The rules, one test each."""

from vambe_judge.judging.rules import *
