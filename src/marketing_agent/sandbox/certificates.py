"""A throw-away certificate authority, so that the sandbox speaks TLS that is really verified."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Simulated clocks never reach TLS, and the key lives as long as its folder: a wide span needs
# no clock at all.
_VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_VALID_UNTIL = datetime(2099, 1, 1, tzinfo=UTC)
_AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox authority")])
_LOCALHOST = "localhost"


@dataclass(frozen=True)
class Certificates:
    """Where the authority's certificate (for clients) and the server's chain and key lie."""

    ca_file: Path
    cert_file: Path
    key_file: Path

    def server_context(self) -> ssl.SSLContext:
        """Return a context for a server that shows this certificate and asks for none."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.cert_file, self.key_file)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return a verifying client context that trusts this authority alone."""
        return ssl.create_default_context(cafile=str(self.ca_file))


def make_certificates(folder: Path, host: str = _LOCALHOST) -> Certificates:
    """Write a new authority and a certificate into `folder`: for localhost and 127.0.0.1, or `host`.

    The authority's own key is not kept, so nothing else can ever be signed with it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _authority(authority_key)
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    made.ca_file.write_bytes(_pem(authority))
    made.cert_file.write_bytes(_pem(_server(server_key, authority_key, host)))
    made.key_file.touch(mode=0o600)
    made.key_file.write_bytes(_key_pem(server_key))
    return made


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    builder = _blank(_AUTHORITY, key.public_key(), key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(_usage(signs_certificates=True), critical=True).sign(
        key, hashes.SHA256()
    )


def _server(
    key: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey, host: str
) -> x509.Certificate:
    numbers = [x509.IPAddress(IPv4Address("127.0.0.1"))] if host == _LOCALHOST else []
    names = x509.SubjectAlternativeName([x509.DNSName(host), *numbers])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    builder = _blank(subject, key.public_key(), authority.public_key())
    builder = builder.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
    )
    return builder.add_extension(names, critical=False).sign(authority, hashes.SHA256())


def _blank(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, issuer_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    """Start a certificate with what RFC 5280 sections 4.2.1.1 and 4.2.1.2 want in each."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_AUTHORITY)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        )
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
