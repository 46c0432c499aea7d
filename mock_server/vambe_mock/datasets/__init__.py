"""Data sets: the document and its checks, the files it is kept in, and how it becomes columns."""
