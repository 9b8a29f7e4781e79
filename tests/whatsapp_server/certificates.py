"""A certificate authority for one server: the client is told to trust it through SSL_CERT_FILE."""

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_A_DAY = datetime.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _A_DAY)
        .not_valid_after(now + _A_DAY)
    )


def make_certificates(folder: Path, hosts: tuple[str, ...]) -> tuple[Path, ssl.SSLContext]:
    """Write the authority's certificate into `folder`; return its file and the context of a server at `hosts`."""
    authority, host = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = _name("wa2pg tests")
    authority_certificate = (
        _builder(authority_name, authority_name, authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority, hashes.SHA256())
    )
    host_certificate = (
        _builder(_name(hosts[0]), authority_name, host)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in hosts]), critical=False)
        .sign(authority, hashes.SHA256())
    )
    ca_file, host_file = folder / "ca.pem", folder / "host.pem"
    ca_file.write_bytes(authority_certificate.public_bytes(Encoding.PEM))
    key = host.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    host_file.write_bytes(host_certificate.public_bytes(Encoding.PEM) + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(host_file)
    return ca_file, context
