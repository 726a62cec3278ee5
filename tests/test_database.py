"""A store that nobody opened says so."""

import threading

import pytest

from wadjet.database import Store


@pytest.mark.parametrize("act", [Store.read, Store.write])
def test_a_store_that_was_never_opened_says_so_at_once(act):
    store, told = Store("receipts"), []

    def ask():
        try:
            act(store, lambda: None)
        except RuntimeError as error:
            told.append(str(error))

    asking = threading.Thread(target=ask, daemon=True)  # a caller that is left waiting must not hold up the run
    asking.start()
    asking.join(10)

    assert told == ["the receipts database was never opened"]


def test_closing_a_store_that_was_never_opened_is_nothing():
    Store("receipts").close()
