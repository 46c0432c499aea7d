"""The only module that sends requests: GET, one at a time, paced, within a budget and with timeouts.

``429`` and ``Retry-After`` are obeyed and are not failures. ``Client.sent`` records every request, without the key and
without the custom-field values of the user.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx

from vambe_judge.asking import answers
from vambe_judge.asking.answers import Answer
from vambe_judge.asking.contacts import Known, Row
from vambe_judge.asking.deadline import Deadline
from vambe_judge.asking.problems import BudgetSpent, JudgeError, Malformed, Unanswered, stumbled
from vambe_judge.asking.surroundings import settings_of, trusting
from vambe_mock.contract.key_log import pass_over_bad_key_log
from vambe_mock.contract.plural import plural

PATH: Final = "/api/public/contacts"
KEY: Final = "\x00key"
"""Placeholder for the key in a header or a query, so that no caller holds the key itself."""

SHORTER: Final = "\x00shorter"
SWAPPED: Final = "\x00swapped"
"""Placeholders for the key without its last character and for the key with swapped case."""

VALUE: Final = "custom_field_value"

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a response at which reading stops: room for some 50,000 contacts."""

LONGEST: Final = 86_400
"""The most seconds that anything may be told to wait."""

FOREIGN_PACE: Final = 1.0
MOST_REQUESTS: Final = 500

MOST_TIMEOUTS: Final = 3
"""Number of timeouts, or of failed connections in a row, that ends the run."""

TOO_MANY: Final = 429
TRY_LATER: Final = (502, 503, 504)
LONGEST_WAIT: Final = 60.0
_AS_IT_IS: Final = "-._~!$&'()*+,;=:@/?%[]"

Headers = Sequence[tuple[str, str]]
Look = Callable[[httpx.Response, bytes], None]
ALWAYS: Final = {"user-agent": "vambe-mock-check", "accept": "application/json", "accept-encoding": "identity"}
"""Headers of every request, beside those that HTTP itself needs."""

RIGHT_KEY: Final[Headers] = (("x-api-key", KEY),)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that was sent. ``status`` is None without a response; ``size`` is in bytes."""

    method: str
    target: str
    headers: tuple[str, ...]
    rule: str
    case: str
    status: int | None
    seconds: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits on sending. ``timeout``: seconds for a complete response; ``pace``: seconds between two requests.

    ``pace`` None means 0 for this machine and 1 for any other. ``ca_file`` has the one authority to trust, in place of
    the usual ones.
    """

    pace: float | None = None
    timeout: float = 10.0
    max_requests: int = MOST_REQUESTS
    patience: float = 120.0
    """Seconds to wait in total because the target answers 429 or 503."""
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        """Raise JudgeError for seconds that no clock can wait."""
        for name, seconds in (("time-out", self.timeout), ("pace", self.pace or 0.0), ("patience", self.patience)):
            if not 0 <= seconds <= LONGEST:
                raise JudgeError(f"a {name} of {plural(seconds, 'second')}; wanted 0 to {LONGEST}, e.g. 10")


@dataclass(slots=True)
class Client:
    """Sends requests to one target. ``secrets`` maps values to the shell variables that are shown in their place."""

    base_url: str
    key: str
    limits: Limits = field(default_factory=Limits)
    transport: httpx.BaseTransport | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    watch: Callable[[Sent], None] | None = None
    sent: list[Sent] = field(default_factory=list)
    rule: str = ""
    case: str = ""
    key_variable: str = "VAMBE_API_KEY"
    record: Callable[[str, str, Headers, Answer], None] | None = None
    """Called with query, path, headers and answer of each request, so that it can be repeated elsewhere."""
    gave_up: str = ""
    """Why the run ended early; empty if it did not."""
    _http: httpx.Client = field(init=False)
    _deadline: Deadline = field(default_factory=Deadline)
    _known: Known = field(default_factory=Known)
    _via: str = ""
    _next: float = 0.0
    _waited: float = 0.0
    _timeouts: int = 0
    _lost: int = 0

    def __post_init__(self) -> None:
        """Check URL and key before anything is sent. Raises JudgeError."""
        self.base_url = checked_url(self.base_url)
        if not self.key.strip() or not self.key.isprintable() or not self.key.isascii():
            raise JudgeError("the key is empty or has characters that no header can carry; wanted one like abc123")
        if self.limits.pace is None:
            self.limits = replace(self.limits, pace=0.0 if is_loopback(self.base_url) else FOREIGN_PACE)
        pass_over_bad_key_log()
        way = settings_of(self.base_url, here=is_loopback(self.base_url))
        if self.limits.ca_file is not None:
            way["verify"] = trusting(self.limits.ca_file)
        self._via = ", on the way through the proxy of the environment" if way.get("proxy") else ""
        self._http = httpx.Client(
            transport=self.transport,
            timeout=self.limits.timeout,
            follow_redirects=False,
            headers=ALWAYS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # none is kept, none is sent
            **way,
        )

    @property
    def contacts(self) -> list[Row]:
        """What stays of all contacts that came, in the order in which they did."""
        return [row for row, _ in self._known.rows.values()]

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def forget(self) -> None:
        """Forget the contacts of earlier answers, and the failures and waits so far: all is well again.

        For a run that reads more than can be kept, and goes on after failures.
        """
        self._known, self._waited, self._timeouts, self._lost, self.gave_up = Known(), 0.0, 0, 0, ""

    def get(self, query: str, *, path: str = PATH, headers: Headers = RIGHT_KEY, look: Look | None = None) -> Answer:
        """Send GET *path* with the raw *query*, percent-encoded only where HTTP requires it; return the answer.

        *look* is called with each response and its body before the body is dropped. Raises ``Unanswered``.
        """
        target = f"{httpx.URL(self.base_url).raw_path.decode().rstrip('/')}{path}" + (f"?{query}" if query else "")
        target = quote(self._filled(target), safe=_AS_IT_IS)
        curl = self._curl(path, query, headers)
        try:
            answer = self._patiently(target, query, headers, curl, look)
        except Unanswered as error:
            error.curl = curl
            raise
        if self.record is not None:
            self.record(query, path, headers, answer)
        return answer

    def _patiently(self, target: str, query: str, headers: Headers, curl: str, look: Look | None) -> Answer:
        """Repeat the request for as long as the target says to try later."""
        tries = 0
        while True:
            answer, wait = self._once(target, query, headers, curl, look)
            tries += 1
            if wait is None or (answer.status != TOO_MANY and tries > 2):
                return answer
            self._be_patient(self._polite(wait, tries))

    def _once(
        self, target: str, query: str, headers: Headers, curl: str, look: Look | None
    ) -> tuple[Answer, float | None]:
        """Return one answer, and the seconds to wait before a retry: None for no retry, -1 if not stated."""
        for last in (False, False, True):
            self._take_turn()
            started = time.monotonic()
            try:
                response, body = self._send(target, headers)
            except httpx.TimeoutException:
                self._note(target, headers, None, started)
                self._timeouts += 1
                raise Unanswered(f"no answer within {plural(self.limits.timeout, 'second')}") from None
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                self._note(target, headers, None, started)
                if last:
                    self._lost += isinstance(error, httpx.NetworkError)
                    kind = Malformed if isinstance(error, httpx.RemoteProtocolError) else Unanswered
                    raise kind(_reason(error) + self._via) from None
                continue
            except Unanswered:
                self._note(target, headers, None, started)
                raise
            except (httpx.HTTPError, ssl.SSLError, UnicodeError) as error:
                self._note(target, headers, None, started)
                raise Unanswered(_reason(error) + self._via) from None
            seconds = time.monotonic() - started
            self._lost = 0
            self._note(target, headers, response.status_code, started, len(body))
            answer = self._examined(response, body, query, seconds, curl, look)
            return answer, _asked_to_wait(response)
        raise AssertionError("the last try returns or raises")

    def _examined(  # noqa: PLR0913, PLR0917 - each is a part of the answer
        self, response: httpx.Response, body: bytes, query: str, seconds: float, curl: str, look: Look | None
    ) -> Answer:
        """The parts of a response that are kept. Raises JudgeError without the text of any error inside."""
        try:
            if look is not None and response.status_code != TOO_MANY:
                look(response, body)
            return answers.read(response, body, query, seconds, curl, self._known)
        except (KeyboardInterrupt, SystemExit):
            raise
        except Unanswered:
            self.gave_up = self.gave_up or self._known.too_many
            raise
        except BaseException as error:  # noqa: BLE001 - its text, or a traceback's, could quote the body
            raise JudgeError(stumbled(error)) from None

    def _send(self, target: str, headers: Headers) -> tuple[httpx.Response, bytes]:
        """One response and its body, both whole within the time-out; raises ``httpx.ReadTimeout`` else."""
        with self._deadline.of(self.limits.timeout) as deadline:
            timeout = httpx.Timeout(self.limits.timeout).as_dict()
            request = self._http.build_request(
                "GET",
                self.base_url,
                headers=[(name, self._filled(value)) for name, value in headers],
                extensions={"target": target.encode("ascii"), "timeout": timeout, "trace": deadline.trace},
            )
            response = self._http.send(request, stream=True)
            try:
                return response, _body(response, deadline)
            finally:
                response.close()

    def _take_turn(self) -> None:
        if len(self.sent) >= self.limits.max_requests:
            self.gave_up = f"the budget of {plural(self.limits.max_requests, 'request')} is spent"
        if self._timeouts >= MOST_TIMEOUTS:
            self.gave_up = f"{MOST_TIMEOUTS} requests timed out, so no more were sent"
        if self._lost >= MOST_TIMEOUTS:
            self.gave_up = f"{MOST_TIMEOUTS} requests in a row could not connect, so no more were sent"
        if self.gave_up:
            raise BudgetSpent(self.gave_up)
        pause = self._next - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._next = time.monotonic() + (self.limits.pace or 0.0)

    def _polite(self, wait: float, tries: int) -> float:
        """Return the seconds to wait: what the target says, otherwise exponential backoff."""
        first = 0.05 if is_loopback(self.base_url) else 1.0
        return min(wait if wait >= 0 else first * 2 ** min(tries - 1, 6), LONGEST_WAIT)

    def _be_patient(self, wait: float) -> None:
        self._waited += wait
        if self._waited > self.limits.patience:
            self.gave_up = (
                f"the target answered 429 or 503 for more than {plural(self.limits.patience, 'second')} in total"
            )
            raise BudgetSpent(self.gave_up)
        time.sleep(wait)

    def _note(self, target: str, headers: Headers, status: int | None, started: float, size: int = 0) -> None:
        shown = tuple(f"{name}: {self._in_shell(value)}".rstrip() for name, value in headers)
        seconds = time.monotonic() - started
        sent = Sent("GET", self.masked(target), shown, self.rule, self.case, status, seconds, size)
        self.sent.append(sent)
        if self.watch is not None:
            self.watch(sent)

    def masked(self, text: str) -> str:
        """Return *text* with the key and the user's custom-field values replaced by shell variables."""
        for value, name in sorted(self.secrets.items(), key=lambda pair: -len(pair[0])):
            swapped = "$(printf %s $" + name + " | tr a-zA-Z A-Za-z)"
            for written, shown in (
                (value, f"${{{name}}}"),
                (value[:-1], f"${{{name}%?}}"),
                (value.swapcase(), swapped),
            ):
                if written:
                    text = text.replace(f"{VALUE}={quote(written, safe='')}", f"{VALUE}={shown}")
        return text.replace(quote(self.key), f"${self.key_variable}").replace(self.key, f"${self.key_variable}")

    def _curl(self, path: str, query: str, headers: Headers) -> str:
        """Return a curl command that repeats the request, with shell variables for the key and the user's values."""
        shown = self.masked(quote(self._filled(f"{path}?{query}" if query else path), safe=_AS_IT_IS))
        sent = " ".join(f'-H "{name}{": " + self._in_shell(value) if value else ";"}"' for name, value in headers)
        return f'curl -g -i {sent + " " if sent else ""}"{self.base_url}{shown.replace("`", "%60")}"'

    def has_letters(self) -> bool:
        """Whether swapping the key's case changes it."""
        return self.key.swapcase() != self.key

    def _filled(self, text: str) -> str:
        text = text.replace(SHORTER, self.key[:-1]).replace(SWAPPED, self.key.swapcase())
        return text.replace(KEY, self.key)

    def _in_shell(self, value: str) -> str:
        name = self.key_variable
        swapped = f'$(printf %s "${name}" | tr a-zA-Z A-Za-z)'
        return value.replace(SHORTER, f"${{{name}%?}}").replace(SWAPPED, swapped).replace(KEY, f"${{{name}}}")


def _body(response: httpx.Response, deadline: Deadline) -> bytes:
    """The body as it came: nothing is decoded, since a few kilobytes can unfold to gigabytes."""
    if response.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise Malformed("the body has a Content-Encoding, although the request has Accept-Encoding: identity")
    pieces, size = [], 0
    for piece in response.iter_raw():
        pieces.append(piece)
        size += len(piece)
        deadline.check()
        if size > LARGEST:
            raise Unanswered(f"the answer is larger than {LARGEST // 1024 // 1024} MB")
    return b"".join(pieces)


def checked_url(url: str) -> str:
    """Return *url* without a trailing slash. Raises ``JudgeError`` if it is not a base URL."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.userinfo:
        raise JudgeError("the base URL has a user or a password in it; wanted none, the key goes in a header")
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.query or parsed.fragment:
        raise JudgeError(f'"{url}" is not a base URL; wanted one like http://127.0.0.1:8262 or https://api.vambe.me')
    return url.rstrip("/").removesuffix(PATH)


def is_loopback(url: str) -> bool:
    """Whether *url* names this machine."""
    host = httpx.URL(url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _asked_to_wait(response: httpx.Response) -> float | None:
    """Return the seconds that the target asks to wait; None if it does not, -1 if it does not say how long."""
    if response.status_code != TOO_MANY and response.status_code not in TRY_LATER:
        return None
    header = response.headers.get("retry-after", "").strip()
    if header.isdecimal():
        return float(header[:6])
    try:
        return max(parsedate_to_datetime(header).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return -1.0


def _reason(error: Exception) -> str:
    """Say why no answer came, without the exception's text, which may quote what was sent or received."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted ({cause.verify_message}); --ca-file names a file with its authority"
        if isinstance(cause, ssl.SSLError):
            return "the TLS connection could not be made"
        if isinstance(cause, socket.gaierror):
            return "the host name is not known"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.RemoteProtocolError):
        return "the answer is not well-formed HTTP, or broke off"
    return f"the connection failed ({type(error).__name__})"
