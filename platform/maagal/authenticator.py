"""Codes of an authenticator app (TOTP, RFC 6238): the secret, its picture, and which step a code belongs to."""

import hmac
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup

STEP = 30  # seconds
DRIFT = (0, -1, 1)  # steps a phone's clock may be off


def new_secret() -> str:
    """Return a fresh secret, as apps read it."""
    made: str = pyotp.random_base32()
    return made


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the step a code is right for at a moment; None for a wrong one. Whoever asks uses each step once."""
    if not secret:
        return None
    at, app = int(now.timestamp()) // STEP, pyotp.TOTP(secret)
    steps = (at + drift for drift in DRIFT)
    return next((each for each in steps if hmac.compare_digest(app.generate_otp(each), code)), None)


def address(secret: str, name: str, issuer: str) -> str:
    """Return the otpauth: address that an app reads."""
    made: str = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    return made


def picture(content: str) -> Markup:
    """Return a QR picture of an address."""
    drawn = segno.make(content, micro=False)
    return Markup(drawn.svg_inline(scale=5, border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704  segno draws squares only


def letters(secret: str) -> str:
    """Return a secret in groups of four, for whoever types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
