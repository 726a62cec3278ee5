"""What cannot be sent, and why."""

from ..problems import Problem


class LetterInvalid(Problem):
    """A letter that is not to be sent: something in its head would not stay what it is. Source: RFC 5322 2.2."""

    slug, status, title = "letter-invalid", 500, "The letter cannot be sent as it is"


class MailUnavailable(Problem):
    """Nothing can be sent at the moment; every letter waits. `evidence["fault"]` is a word of FAULTS."""

    slug, status, title = "mail-unavailable", 503, "Mail cannot be sent"


# Why no letter at all can be sent: what is the matter, and the remedy.
FAULTS = {
    "not-configured": ("mail is not set up, so nothing is sent", "set mail_url in wadjet.toml"),
    "sender-missing": ("mail has no sender", "set mail_from, or email under [operator]"),
    "unreachable": ("the mail server does not answer", "start it, and check host and port in mail_url"),
    "tls-not-offered": ("the mail server offers no STARTTLS", "use one that does, or smtps:// in mail_url"),
    "tls-failed": (
        "the mail server's certificate is not to be trusted",
        "renew it, or name the authority that signed it in SSL_CERT_FILE",
    ),
    "login-refused": ("the mail server refuses the login", "check user and password in mail_url"),
    "sender-refused": ("the mail server refuses the sender", "set mail_from to an address that it accepts"),
    "unwritable": ("the Maildir cannot be written", "make the folder of mail_url writable for this user"),
}
