"""The contacts as a dlt pipeline: its rest_api source into SQLite. ``run(FOLDER)`` polls once.

``best`` has every setting that helps: ``lag`` (an overlap of ten minutes), ``dedup_sort`` (of two versions in one load
the newer one stays), and patience for failures. Without it the source is as the documentation shows one.
"""

# mypy: ignore-errors
# dlt is not installed beside the tests.

import os
from pathlib import Path

import dlt
from dlt.sources.rest_api import rest_api_source

BEGINNING = "1970-01-01T00:00:00.000Z"


def contacts(*, best: bool):
    """The source."""
    return rest_api_source(
        {
            "client": {
                "base_url": f"{os.environ['VAMBE_BASE_URL']}/api/public/",
                "auth": {"type": "api_key", "name": "x-api-key", "api_key": os.environ["VAMBE_API_KEY"]},
            },
            "resources": [
                {
                    "name": "contacts",
                    "primary_key": "id",
                    "write_disposition": "merge",
                    "columns": {
                        "active_ticket_v2": {"data_type": "json"},
                        "updated_at": {"dedup_sort": "desc"} if best else {},
                    },
                    "endpoint": {
                        "path": "contacts",
                        "paginator": {"type": "offset", "limit": 100, "total_path": None},
                        "incremental": {
                            "start_param": "updated_after",
                            "cursor_path": "updated_at",
                            "initial_value": BEGINNING,
                            **({"lag": 600} if best else {}),
                        },
                    },
                }
            ],
        }
    )


def run(folder: Path, *, best: bool) -> None:
    """Poll once; the copy is the table ``contacts`` of a SQLite file in *folder*."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    if best:
        os.environ |= {"RUNTIME__REQUEST_TIMEOUT": "10", "RUNTIME__REQUEST_BACKOFF_FACTOR": "0.2"}
    pipeline = dlt.pipeline(
        "vambe",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder}/vambe.db"),
        dataset_name="copy",
    )
    pipeline.run(contacts(best=best))
