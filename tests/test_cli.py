"""What holds for every command: help with an example, one line and exit 2 for bad input, quiet when nobody reads."""

import os
import subprocess
from collections.abc import Iterator

import click
import pytest

from tests.terminal import WADJET
from wadjet import __version__, cli


def commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command there is, groups included."""
    yield path, command
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from commands(each, *path, name)


COMMANDS = {" ".join(("wadjet", *path)): path for path, _ in commands(cli.wadjet)}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_what_it_does_and_an_example(name, terminal):
    path = COMMANDS[name]

    answer = terminal(*path, "--help")

    assert answer.status == 0
    assert answer.out.startswith(f"Usage: {name} ")
    assert name in " ".join(answer.out.partition("Example:")[2].split())


def test_version(terminal):
    assert terminal("--version").out == f"wadjet, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("policy", "publish"),
        ("policy", "show", "first"),
        ("policy", "list", "--yaml"),
        ("receipt", "verify", "no-such-file"),
        ("serve", "--port", "70000"),
    ],
)
def test_usage_error_is_one_line(arguments, terminal):
    answer = terminal(*arguments)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith("wadjet: ")
    assert answer.err.count("\n") == 1


def test_bare_command_says_what_there_is(terminal):
    answer = terminal()

    assert answer.status == 2
    assert "policy" in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("embed",),
        ("keys", "list"),
        ("policy", "list"),
        ("receipt", "list"),
        ("receipt", "show", "x"),
    ],
)
def test_without_a_home_nothing_is_made(arguments, terminal):
    answer = terminal(*arguments)

    assert (answer.status, answer.out) == (2, "")
    assert "wadjet init" in answer.err
    assert answer.err.count("\n") == 1
    assert not terminal.home.exists()


def test_every_mistake_in_the_settings_is_told_at_once(founded):
    with (founded.home / "wadjet.toml").open("a") as file:
        file.write('origins_ = 1\n[operators]\nname = "x"\n')
    answer = founded("policy", "list")

    assert answer.status == 2
    assert "operators" in answer.err
    assert "sites" in answer.err
    assert answer.err.count("\n") == 1


def test_control_characters_of_bad_input_do_not_reach_the_terminal(founded):
    answer = founded("policy", "publish", "no\x1b[2J\nsuch")

    assert answer.status == 2
    assert "\x1b" not in answer.err
    assert answer.err.count("\n") == 1


def test_damaged_database_is_one_line(founded):
    (founded.home / "receipts.sqlite3").write_bytes(b"no database" * 1000)

    answer = founded("receipt", "list")

    assert answer.status == 2
    assert "database" in answer.err
    assert answer.err.count("\n") == 1


def test_nobody_reads_on(published):
    """`wadjet … | head -1`: no traceback, and no 0 that would pass for the whole."""
    reader, writer = os.pipe()
    os.close(reader)

    with subprocess.Popen([WADJET, "policy", "show", "1"], stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        _, err = process.communicate()

    assert (process.returncode, err) == (141, b"")


def test_output_survives_a_terminal_without_unicode(published):
    answer = published.apart("policy", "show", "1", "--lang", "kk", PYTHONIOENCODING="latin-1")

    assert answer.status == 0
    assert "\\u04" in answer.out
