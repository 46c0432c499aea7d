"""``python -m mock_server`` is ``vambe-mock``."""

from mock_server.cli import main

main()
