"""Poll once with a connector: ``python poll.py dlt|airbyte|singer default|best FOLDER``.

``python poll.py --serve SOCKET NAME`` does the same for whoever asks at the socket, each poll in a process of its own
that has the packages imported already: importing them takes seconds, which no poll needs to spend anew.
"""

# mypy: ignore-errors
# The packages are not installed beside the tests.

import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from landing import Landing

MANIFEST = Path(__file__).with_name("airbyte_contacts.yaml")


def dlt(folder, *, best):
    """A poll of dlt, which is source and destination in one."""
    import dlt_contacts

    dlt_contacts.run(folder, best=best)


def singer(folder, *, best):
    """A poll of the tap, landed as it comes."""
    import singer_contacts

    landing = Landing(folder)
    config = {"base_url": os.environ["VAMBE_BASE_URL"], "api_key": os.environ["VAMBE_API_KEY"], "best": best}
    _landed(landing, lambda: singer_contacts.TapContacts(config=config, state=landing.state).sync_all())


def airbyte(folder, *, best):
    """A poll of the low-code connector, landed as it comes."""
    import yaml
    from airbyte_cdk.cli.source_declarative_manifest import _run

    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    if not best:
        (stream,) = manifest["streams"]
        del stream["incremental_sync"]["lookback_window"], stream["retriever"]["requester"]["error_handler"]
    landing = Landing(folder)
    stream = {"name": "contacts", "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
    configured = {
        "stream": {**stream, "source_defined_cursor": True, "default_cursor_field": ["updated_at"]},
        "sync_mode": "incremental",
        "destination_sync_mode": "append_dedup",
        "primary_key": [["id"]],
    }
    config = {"base_url": os.environ["VAMBE_BASE_URL"], "api_key": os.environ["VAMBE_API_KEY"]}
    files = {
        "config": {**config, "__injected_declarative_manifest": manifest},
        "catalog": {"streams": [configured]},
        "state": landing.state or [],
    }
    arguments = ["read"]
    for name, value in files.items():
        file = folder / f"{name}.json"
        file.write_text(json.dumps(value), encoding="utf-8")
        arguments += [f"--{name}", str(file)]
    _landed(landing, lambda: _run.handle_command(arguments))


def _landed(landing, source):
    """Run *source* in a process of its own, as a tap and its target are two; raise if it failed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            os.dup2(writing, 1)
            sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
            source()
            code = 0
        except SystemExit as ended:
            code = int(bool(ended.code))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the poll has failed
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as lines:
        landing.land(lines)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise RuntimeError("the source failed")


CONNECTORS = {"dlt": dlt, "airbyte": airbyte, "singer": singer}


def poll(name, settings, folder):
    """Poll once. Returns the exit code."""
    try:
        CONNECTORS[name](Path(folder), best=settings == "best")
    except BaseException as error:  # noqa: BLE001 - whatever it is, the poll has failed
        print(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", file=sys.stderr)
        return 1
    return 0


def serve(address, name):
    """Fork for each request at the socket *address*: a line of JSON in, the process's id out, at last its exit code."""
    if name == "dlt":
        import dlt_contacts  # noqa: F401
        import sqlalchemy.dialects.sqlite  # noqa: F401
    elif name == "singer":
        import singer_contacts  # noqa: F401
    else:
        import airbyte_cdk.cli.source_declarative_manifest._run  # noqa: F401
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        threading.Thread(target=_end_with_the_parent, daemon=True).start()
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _answer(connection)
            connection.close()
            while True:  # no zombies
                try:
                    if os.waitpid(-1, os.WNOHANG)[0] == 0:
                        break
                except ChildProcessError:
                    break


def _end_with_the_parent():
    sys.stdin.read()
    os._exit(0)


def _answer(connection):
    with connection, connection.makefile("rw", encoding="utf-8") as told:
        asked = json.loads(told.readline())
        child = os.fork()
        if child == 0:
            os.setsid()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.environ |= asked["environment"]
            code = poll(asked["name"], asked["settings"], asked["folder"])
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        told.write(f"{child}\n")
        told.flush()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        told.write(f"{code}\n")
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(sys.argv[2], sys.argv[3])
    sys.exit(poll(*sys.argv[1:4]))
