"""The second factor: codes that are taken once, recovery codes that nobody can read again."""

import hmac
import secrets
from typing import Any

from flask import Flask
from flask_security import MfRecoveryCodesUtil, Totp
from passlib.exc import TokenError  # type: ignore[import-untyped]
from qrcode.main import QRCode  # type: ignore[import-untyped]

from .. import database
from . import desk, guard, models, service
from .models import Account

_HOW_MANY = 8
_LETTERS = "abcdefghjkmnpqrstvwxyz0123456789"  # 32 that are not taken for one another: 5 bits each
_LENGTH = 24  # 120 bits: a fast hash is enough (ASVS 6.5.2), and nobody guesses one


class Codes(Totp):
    """Codes of an authenticator app, each taken once (RFC 6238 5.2), also by two at the same moment."""

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """The last counter is that of the account's own secret: a new secret begins anew."""
        if not token.isascii():
            return False
        try:
            counter = self._totp.verify(token, totp_secret, window=window).counter
        except TokenError:
            return False
        account = desk.known(user)
        if totp_secret != account.tf_totp_secret:
            return database.vault.write(lambda: models.change(account.id, totp_counter=counter))
        return database.vault.write(lambda: models.take_counter(account.id, counter))

    def generate_qrcode(self, username: str, totp: str) -> str:
        """A path over a grid whose first number is its size: the page draws it, so that no image is loaded."""
        code = QRCode(border=4)
        code.add_data(self.get_totp_uri(username, totp))
        code.make()
        rows = code.get_matrix()
        dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
        return f"{len(rows)} {dark}"


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes, of which only a keyed hash is kept: shown when they are made, and never again."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._secret: bytes = app.config["SECRET_KEY"]

    def create_recovery_codes(self, user: Account) -> list[str]:  # type: ignore[override]
        """New ones; those before are worth nothing."""
        codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_HOW_MANY)]
        account, here, now = desk.known(user), guard.current(), desk.now()
        kept = [self._hash(account, code) for code in codes]

        def work() -> None:
            models.change(account.id, mf_recovery_codes=kept)
            service.note_own(account, "codes", kept=here, now=now)

        database.vault.write(work)
        return ["-".join(code[at : at + 4] for at in range(0, _LENGTH, 4)) for code in codes]

    def get_recovery_codes(self, _: Account) -> list[str]:  # type: ignore[override]
        """None: they cannot be read."""
        return []

    def check_recovery_code(self, user: Account, code: str) -> bool:  # type: ignore[override]
        """Whether it is one of theirs, and this its first use: of two at the same moment one is taken."""
        used = self._hash(user, "".join(letter for letter in code.lower() if letter.isalnum()))

        def take() -> bool:
            while known := models.account(user.id):
                kept = known.mf_recovery_codes or []
                if used not in kept:
                    return False
                others = [each for each in kept if each != used]
                if models.change(user.id, {"mf_recovery_codes": kept}, mf_recovery_codes=others):
                    return True
            return False

        return database.vault.write(take)

    def delete_recovery_code(self, *_: Any) -> bool:
        """It went when it was looked at."""
        return True

    def _hash(self, user: Account, code: str) -> str:
        said = f"recovery\0{user.id}\0{code}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, said, "sha256").hex()
