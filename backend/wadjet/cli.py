"""`wadjet`: gathers each room's commands. A Problem is one line on standard error and exit 2."""

import os
import signal
import sys
from collections.abc import Sequence

import click

from . import __version__
from .backup import commands as backup
from .consent import commands as consent
from .console import commands as console
from .contact import commands as contact
from .demo import commands as demo
from .doctor import commands as doctor
from .home import commands as home
from .inspector import commands as inspector
from .mail import commands as mail
from .policy import commands as policy
from .problems import Problem
from .registers import commands as registers
from .retention import commands as retention
from .rights import commands as rights
from .vault import commands as vault

REFUSED = 2


@click.group(
    context_settings={"max_content_width": 110},
    epilog="Every command acts on the folder that WADJET_HOME names (default: the present one). "
    "Example: WADJET_HOME=/srv/wadjet wadjet init --site example.kz --origin https://example.kz",
)
@click.version_option(__version__, prog_name="wadjet")
def wadjet() -> None:
    """Consent that can be proved: publish policies, serve the banner, read and verify receipts."""


for room in (
    home,
    demo,
    doctor,
    backup,
    policy,
    consent,
    contact,
    mail,
    registers,
    rights,
    retention,
    inspector,
    vault,
    console,
):
    for command in room.COMMANDS:
        wadjet.add_command(command)
vault.vault_group.add_command(rights.rectify)  # whoever was given what was wrong is named
vault.vault_group.add_command(contact.destroy)  # the consents end first, of which the vault knows nothing


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 2 refused with one clear line; some commands have a 1 of their own."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        status = wadjet.main(arguments, prog_name="wadjet", standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()
        return int(status or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return REFUSED
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        return _refuse(error.format_message() + (f" See `{context.command_path} --help`." if context else ""))
    except Problem as problem:
        return _refuse(f"{problem.title}: {problem.detail}" if problem.detail else problem.title)
    except BrokenPipeError:
        # Whoever read us has enough. Not 0: half a verdict is none. Nor may Python complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except SystemExit as end:  # click's answer to a pipe that broke inside a command, or to shell completion
        return 128 + signal.SIGPIPE if end.code else 0
    except (click.Abort, KeyboardInterrupt):
        return 128 + signal.SIGINT
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except UnicodeError as error:
        return _refuse(f"text that is not UTF-8: {error}")


def _refuse(why: str) -> int:
    line = "".join(letter if letter.isprintable() else " " for letter in why)
    click.echo(f"wadjet: {' '.join(line.split())}", err=True)
    return REFUSED
