"""nginx, where it is installed: it sends one page as a file, the least that any server does. It has its own folder."""

import shutil
from pathlib import Path
from typing import Final

from benchmarks.servers import READY, Command

NAME: Final = "nginx"
ABSENT: Final = "nginx is not installed, e.g. apt-get install nginx-light"

_CONFIG: Final = """\
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000000;
    default_type "application/json; charset=utf-8";
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location = /api/public/contacts {{ alias {folder}/page.json; }}
    }}
}}
"""


def nginx(folder: Path, page: bytes) -> Command | None:
    """How to start nginx so that it answers the endpoint's path with *page*; None where it is not installed."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if program is None:
        return None
    folder.mkdir(exist_ok=True)
    (folder / "page.json").write_bytes(page)
    config = folder / "nginx.conf"
    written = _CONFIG.format(folder=folder.absolute(), port="{port}")
    arguments = (program, "-p", str(folder.absolute()), "-c", str(config.absolute()), "-e", "stderr")
    return Command(arguments, {}, READY, ((config, written),))
