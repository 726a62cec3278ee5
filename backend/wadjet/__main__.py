"""`wadjet`, and `python -m wadjet`: imports the house, then runs the command."""

import gc


def main() -> None:
    """Never returns; `cli.main` says with what it exits."""
    gc.disable()  # nothing that is imported is garbage: to look for some takes a tenth of a short command
    from .cli import main

    gc.freeze()  # nor will it be
    gc.enable()
    main()


if __name__ == "__main__":
    main()
