"""The forms of the entrance: the library's, with our limits, in our words."""

from typing import Any

from flask import session, url_for
from flask_babel import lazy_gettext as _
from flask_security import (
    LoginForm,
    MfRecoveryForm,
    TwoFactorRescueForm,
    TwoFactorSelectForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    WebAuthnRegisterForm,
    WebAuthnRegisterResponseForm,
    WebAuthnSigninResponseForm,
    WebauthnUtil,
)
from flask_security.forms import IsString, IsStringOrInt, RequiredLocalize
from flask_security.utils import get_message
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import Length

from . import desk, passwords
from .sentences import WRONG, WRONG_CODE
from .tries import attempt

_TOO_LONG = Length(max=passwords.MOST, message=_("This is too long."))
_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class SignIn(LoginForm):
    """The first factor. Whatever is not right, the same is said."""

    email = EmailField(
        _("E-mail address"),
        [IsString(), RequiredLocalize(message="EMAIL_NOT_PROVIDED"), Length(max=254, message=_(WRONG))],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        [IsString(), RequiredLocalize(message="PASSWORD_NOT_PROVIDED"), _TOO_LONG],
        render_kw={"autocomplete": "current-password"},
    )
    remember = None  # a session ends; nothing outlives it

    def validate(self, **options: Any) -> bool:
        address = str(self.email.data or "").strip().lower()
        if not address or not self.password.data:
            return bool(super().validate(**options))
        self.email.data = address
        self.next.data = self.next.data or url_for("today.today")  # or the library comes back to this page
        return attempt("password", address, lambda: bool(super(SignIn, self).validate(**options)), now=desk.now())


class GivePassword(VerifyForm):
    """The password once more."""

    password = PasswordField(
        _("Password"),
        [IsString(), RequiredLocalize(message="PASSWORD_NOT_PROVIDED"), _TOO_LONG],
        render_kw={"autocomplete": "current-password", "autofocus": True},
    )

    def validate(self, **options: Any) -> bool:
        check = super().validate
        return attempt("password", self.user.email, lambda: bool(check(**options)), now=desk.now())


class SetUp(TwoFactorSetupForm):
    """The app, anew or for the first time: nothing else is to be had."""

    setup = StringField()


class Choose(TwoFactorSelectForm):
    """Which of the second factors that somebody has. The view says which those are, and takes no other."""

    which = StringField()


class Ways(StringField):
    """What the library thinks may be offered."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.choices = list[tuple[str, str]]()


class NoRescue(TwoFactorRescueForm):
    """It makes this form beside every code that it asks for; nobody sees it, and its page is not there."""

    help_setup = Ways()


class GiveCode(TwoFactorVerifyCodeForm):
    """The second factor: a code of the app."""

    code = StringField(
        _("Code"),
        [
            IsStringOrInt(),
            RequiredLocalize(message="TWO_FACTOR_INVALID_TOKEN"),
            Length(max=12, message=_(WRONG_CODE)),
        ],
        render_kw=_CODE,
    )

    def validate(self, **options: Any) -> bool:
        check = super().validate
        assert self.user is not None  # the view has found out
        return attempt("code", self.user.email, lambda: bool(check(**options)), now=desk.now())


class GiveRecoveryCode(MfRecoveryForm):
    """The second factor where the app is lost."""

    code = StringField(
        _("Recovery code"),
        [IsString(), RequiredLocalize(message="INVALID_RECOVERY_CODE"), _TOO_LONG],
        render_kw={"autocomplete": "off", "autofocus": True, "spellcheck": "false", "autocapitalize": "none"},
    )

    def validate(self, **options: Any) -> bool:
        check = super().validate
        assert self.user is not None  # the view has found out
        return attempt("code", self.user.email, lambda: bool(check(**options)), now=desk.now())


class Passkeys(WebauthnUtil):
    """A challenge is good once, in the session that asked for it."""

    def generate_challenge(self, nbytes: int | None = None) -> str:
        session["challenge"] = challenge = str(super().generate_challenge(nbytes))
        return challenge


class NamePasskey(WebAuthnRegisterForm):
    """A passkey is a second factor, whatever a form says."""

    usage = StringField(default="secondary")


class AddPasskey(WebAuthnRegisterResponseForm):
    """What an authenticator answers to being added."""

    def validate(self, **options: Any) -> bool:
        if session.pop("challenge", "") != self.challenge:
            self.credential.errors = [get_message("API_ERROR")[0]]
            return False
        is_right = bool(super().validate(**options))
        self.extensions = None  # type: ignore[assignment]  # nothing is asked of them
        return is_right


class GivePasskey(WebAuthnSigninResponseForm):
    """The second factor: a passkey. It has to be of the account whose password was given, and that account enabled.

    The library asks for neither: whoever held a passkey could sign in to its account by the password of another.
    """

    def validate(self, **options: Any) -> bool:
        if session.pop("challenge", "") != self.challenge:
            self.credential.errors = [get_message("API_ERROR")[0]]
            return False
        if not super().validate(**options):
            return False
        if self.user and self.user.active and self.user.fs_uniquifier == session.get("tf_user_id"):
            return True
        self.credential.errors = [get_message("WEBAUTHN_UNKNOWN_CREDENTIAL_ID")[0]]
        return False
