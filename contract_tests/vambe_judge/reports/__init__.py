"""Layer 3: the result of a run as terminal output, HTML, JSON, JUnit XML, GitHub annotations; two targets compared."""
