"""What cannot be sent or taken in, and why."""

from ..problems import Problem


class LetterInvalid(Problem):
    """A letter that is not to be sent: something in its head would not stay what it is. Source: RFC 5322 2.2."""

    slug, status, title = "letter-invalid", 500, "The letter cannot be sent as it is"


class MailUnavailable(Problem):
    """Nothing can be sent at the moment; every letter waits. `evidence["fault"]` is a word of FAULTS."""

    slug, status, title = "mail-unavailable", 503, "Mail cannot be sent"


class MailboxUnavailable(Problem):
    """No mail can be taken in at the moment; all of it stays. `evidence["fault"]` is a word of MAILBOX_FAULTS."""

    slug, status, title = "mailbox-unavailable", 503, "Mail cannot be taken in"


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

# Why no mail can be taken in.
MAILBOX_FAULTS = {
    "not-configured": ("no mailbox is set up", "set imap_url or maildir_in in wadjet.toml"),
    "nobody-receives": ("this release makes no requests of mail", "install one that does"),
    "unreachable": ("the mailbox's server does not answer", "start it, and check host and port in imap_url"),
    "tls-not-offered": ("the mailbox's server offers no STARTTLS", "use imaps:// in imap_url"),
    "tls-failed": (
        "the mailbox's server has a certificate that is not to be trusted",
        "renew it, or name the authority that signed it in SSL_CERT_FILE",
    ),
    "login-refused": ("the mailbox's server refuses the login", "check the user in imap_url, and imap_password"),
    "folder-unknown": ("there is no such mailbox", "check the folder in imap_url, or maildir_in"),
    "unmarkable": (
        "the mailbox cannot keep what was taken apart from what was not",
        "let the user write there: keywords, or a folder named Wadjet",
    ),
}
