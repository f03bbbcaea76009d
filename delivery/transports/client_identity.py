"""A client certificate for Python's ssl, which takes it from files only: here from memory, as far as the system can."""

import contextlib
import os
import ssl
import tempfile
from collections.abc import Iterator

from delivery.transports.seam import ClientCertificate


def load_certificate(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    """Raises ValueError in words if certificate and key cannot be used."""
    try:
        with _as_file(certificate.chain + b"\n" + certificate.key) as path:
            context.load_cert_chain(path)
    except (ssl.SSLError, OSError) as error:
        raise ValueError(f"the client certificate or its key cannot be used ({error}).") from None


@contextlib.contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """The path of a file that holds `content`, on Linux one that never reaches a disk."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("client-certificate")
        try:
            os.write(number, content)
            yield f"/proc/self/fd/{number}"
        finally:
            os.close(number)
    else:
        with tempfile.NamedTemporaryFile() as file:  # readable by us alone, and gone at the end
            file.write(content)
            file.flush()
            yield file.name
