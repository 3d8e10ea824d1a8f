"""A small reverse proxy that ends TLS, of the standard library: what any proxy must do for us, and nothing more."""

import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

OF_THE_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "forwarded", "via", "date", "server"}


def make_certificate(folder: Path, *names: str) -> Path:
    """Make a key and a certificate for these names that vouches for itself; return the file of both."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])]), datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(secret + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


class Passing(BaseHTTPRequestHandler):
    """Passes a request on without what only a proxy may say, and with what it saw itself."""

    web = 0

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = {
            name: value for name, value in self.headers.items() if "_" not in name and not name.lower().startswith("x-forwarded-")
        }
        told = {name: value for name, value in told.items() if name.lower() not in OF_THE_HOP}
        told |= {"X-Forwarded-For": self.client_address[0], "X-Forwarded-Proto": "https"}
        with closing(HTTPConnection("127.0.0.1", self.web, timeout=60)) as line:
            line.request(self.command, self.path, body or None, told)
            answer = line.getresponse()
            content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in OF_THE_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = pass_on  # noqa: N815  as the standard library calls them

    def log_message(self, *_words: object) -> None:
        pass


def start_proxy(port: int, web: int, certificate: Path) -> ThreadingHTTPServer:
    """Begin to pass on what comes to `port` over TLS to the web process at `web`."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Passing", (Passing,), {"web": web}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return server
