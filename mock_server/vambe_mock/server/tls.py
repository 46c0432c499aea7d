"""HTTPS: with a certificate of the user's, or with one for localhost that is made at the start (`tls-on-demand`)."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from vambe_mock.server.listening import LOCALHOST, LOOPBACKS
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import Settings

CA_FILE: Final = "ca.pem"


class Certificate(NamedTuple):
    """The files of a certificate; ``authority`` is what a client must trust, None for a certificate of the user's."""

    certificate: Path
    key: Path | None
    authority: Path | None = None


@contextmanager
def certificate_of(settings: Settings) -> Iterator[Certificate | None]:
    """The certificate to serve with; None for plain HTTP. One that is made is gone at the end.

    Raises SettingsError with one line.
    """
    if settings.tls_cert is not None:
        yield _checked(Certificate(settings.tls_cert, settings.tls_key))
    elif settings.tls:
        with TemporaryDirectory(prefix="vambe-mock-") as folder:
            yield _made(Path(folder), [LOCALHOST, *LOOPBACKS, *settings.host])
    else:
        yield None


def _made(folder: Path, names: list[str]) -> Certificate:
    try:
        import trustme
    except ImportError as error:
        raise SettingsError(
            "--tls needs trustme, which is not installed; wanted pip install 'vambe-mock[tls]', or --tls-cert FILE"
        ) from error
    found = Certificate(folder / "certificate.pem", folder / "key.pem", folder / CA_FILE)
    authority = trustme.CA(organization_name="vambe-mock")
    own = authority.issue_cert(*dict.fromkeys(filter(_can_be_named, names)), organization_name="vambe-mock")
    authority.cert_pem.write_to_path(found.authority or "")
    own.private_key_pem.write_to_path(found.key or "")
    for number, piece in enumerate(own.cert_chain_pems):
        piece.write_to_path(found.certificate, append=number > 0)
    return found


def _can_be_named(host: str) -> bool:
    """Whether a certificate can be for *host*: not for every address."""
    try:
        return not ip_address(host).is_unspecified
    except ValueError:
        return True


def _checked(certificate: Certificate) -> Certificate:
    """*certificate* itself. Raises SettingsError if it cannot be served with."""
    for flag, path in (("--tls-cert", certificate.certificate), ("--tls-key", certificate.key)):
        if path is not None and not path.is_file():
            raise SettingsError(f"{flag} {path}: no such file; wanted one in PEM")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate.certificate, certificate.key, password=_no_password)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "reason", None) or str(error)
        beside = f" with --tls-key {certificate.key}" if certificate.key else ""
        wanted = "a certificate in PEM and its key without a password"
        why = reason.lower().replace("_", " ")
        raise SettingsError(f"--tls-cert {certificate.certificate}{beside}: {why}; wanted {wanted}") from error
    return certificate


def _no_password() -> str:
    """Else OpenSSL would ask for it at the terminal."""
    raise ValueError("the key has a password")


def secure(url: str, certificate: Certificate | None) -> str:
    """The base *url* of a server with that certificate."""
    return url if certificate is None else url.replace("http://", "https://", 1)
