"""What the environment says of the way to a target: its proxy, and the certificates to trust.

httpx would read the same variables, and ends with a traceback at several forms of them that other programs take: an
address in brackets or a network in NO_PROXY, a certificate file that is not there, a proxy of a kind that it lacks.
"""

import os
import ssl
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from vambe_judge.asking.problems import JudgeError

_PORTS: Final = {"http": 80, "https": 443}
_SOCKS: Final = ("socks5", "socks5h")


def settings_of(url: str, *, here: bool) -> dict[str, Any]:
    """The keyword arguments of the ``httpx.Client`` that asks *url*. Raises JudgeError for a proxy that cannot be used.

    What is *here*, on this machine, is asked without a proxy. A certificate variable that points nowhere is passed
    over, with one line on standard error.
    """
    if here:
        return {"trust_env": False, "verify": _certificates() if urlsplit(url).scheme == "https" else True}
    return {"trust_env": False, "proxy": proxy_of(url, getproxies()), "verify": _certificates()}


def proxy_of(url: str, proxies: Mapping[str, str]) -> str | None:
    """The URL of the proxy for *url*; None for none. *proxies* is by scheme, "all" and "no" included, in small letters.

    Raises JudgeError, without the proxy's user and password, for one that cannot be used.
    """
    parts = urlsplit(url)
    kind = parts.scheme if proxies.get(parts.scheme, "").strip() else "all"
    proxy = proxies.get(kind, "").strip()
    if not proxy or _is_direct(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0), proxies.get("no", "")):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    fault = _fault_of(proxy)
    if fault:
        raise JudgeError(
            f"the proxy of {kind.upper()}_PROXY {fault}; wanted one like http://proxy.example:3128, "
            f"or {parts.hostname} in NO_PROXY"
        )
    return proxy


def _fault_of(proxy: str) -> str:
    try:
        parts = urlsplit(proxy)
        if not parts.hostname or parts.port == 0 or not proxy.isprintable() or " " in proxy:
            return "is no URL"
    except ValueError:
        return "is no URL"
    if parts.scheme in _SOCKS:
        return "" if find_spec("socksio") else f"is {parts.scheme}://, which needs: pip install socksio"
    return "" if parts.scheme in _PORTS else f"is {parts.scheme}://, which cannot be used"


def _is_direct(host: str, port: int, no_proxy: str) -> bool:
    """Whether *no_proxy* names *host*: by name, domain, address (in brackets or not), network; with a port or not."""
    return any(_names(one, host.rstrip(".").lower(), port) for one in no_proxy.replace(",", " ").lower().split())


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    entry = entry.rpartition("://")[2]
    with suppress(ValueError):  # a network, or an address without brackets
        network = ip_network(entry, strict=False)
        with suppress(ValueError):  # the host is a name
            return ip_address(host) in network
        return False
    try:
        parts = urlsplit(f"//{entry}")
        named, at = parts.hostname or "", parts.port
    except ValueError:
        return False
    if at is not None and at != port:
        return False
    with suppress(ValueError):
        return ip_address(named) == ip_address(host)
    domain = named.removeprefix("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def trusting(ca_file: Path) -> ssl.SSLContext:
    """Trust the authority in *ca_file*, and no other. Raises JudgeError if it is none."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:  # SSLError is an OSError
        reason = "no such file" if isinstance(error, FileNotFoundError) else "no file of certificates"
        raise JudgeError(f"--ca-file {ca_file}: {reason}; wanted one in PEM, e.g. ca.pem") from error


def _certificates() -> ssl.SSLContext | bool:
    """What to trust: the file or folder of SSL_CERT_FILE or SSL_CERT_DIR, or else what httpx brings."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file:
        try:
            return ssl.create_default_context(cafile=file)
        except (OSError, ValueError) as error:  # SSLError is an OSError
            reason = "no such file" if isinstance(error, FileNotFoundError) else "no file of certificates"
            _warn(f"SSL_CERT_FILE is passed over: {reason}")
    if folder:
        if Path(folder).is_dir():
            return ssl.create_default_context(capath=folder)
        _warn("SSL_CERT_DIR is passed over: no such folder")
    return True


@cache
def _warn(text: str) -> None:
    """Say it once, however many targets there are."""
    with suppress(OSError):
        print(f"vambe-mock: warning: {text}", file=sys.stderr, flush=True)  # noqa: T201
