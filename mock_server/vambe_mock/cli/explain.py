"""``vambe-mock explain``: ask a running server why it does or does not list a contact."""

from http.client import HTTPException

from vambe_mock.organisations.explanation import lines
from vambe_mock.server.options import SettingsError
from vambe_mock.testing.client import AdminClient, MockError


def explained(
    url: str, api_key: str | None, admin_token: str | None, contact: str, query: str
) -> tuple[bool, list[str]]:
    """Whether the contact is in the answer of the server at *url*, and why, line by line.

    Raises SettingsError with one line where the server cannot tell.
    """
    if not url.startswith("http://"):
        raise SettingsError(f'--url "{url}" is no base URL; wanted one like http://127.0.0.1:8262')
    try:
        told = AdminClient(url, api_key, admin_token)("GET", "/explain", contact=contact, query=query)
    except MockError as error:
        raise SettingsError(f"{url} cannot explain: {error}") from error
    except (OSError, ValueError, HTTPException) as error:
        reason = str(error).strip()
        raise SettingsError(f"{url} does not answer: {reason}; wanted a running vambe-mock serve") from error
    if not isinstance(told, dict) or "listed" not in told:
        raise SettingsError(f"{url} answers, but explains nothing; wanted a running vambe-mock serve")
    return told["listed"], lines(told)
