"""Killed before any commit of a fulfilment, it is finished by fulfilling it once more, and nothing is left over."""

import json
import os
import subprocess
import sys

import pytest

from tests.house import on_both_databases
from tests.writer import AIGERIM
from wadjet import database

SAID = {"rectify": {"fields": {"phone": "8 777 000 11 22"}}}


@on_both_databases
@pytest.mark.clause("3.2.g")
@pytest.mark.parametrize(
    "kind",
    ["destroy", *(pytest.param(kind, marks=pytest.mark.torture) for kind in ("depersonalise", "rectify", "withdraw"))],
)
def test_nothing_is_left_half_done(desk, settings, tmp_path, kind):
    desk.write(AIGERIM)
    desk.write(AIGERIM | {"message": "Тағы бір рет."})
    request = desk.asked(kind, AIGERIM["email"], **SAID.get(kind, {}))
    database.close_stores()
    told = {f"WADJET_{name.upper()}": str(getattr(settings, name)) for name in ("receipts_database", "vault_database")}
    told |= {"WADJET_HOME": str(tmp_path), "WADJET_SITES": "wadjet.kz=https://wadjet.kz"}

    done = subprocess.run(
        [sys.executable, "-m", "tests.rights.die", request], env=os.environ | told, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(ends) > 5
    gone = kind in ("destroy", "depersonalise")
    expected = {
        "state": "fulfilled",
        "done": True,
        "people": 0 if gone else 1,
        "messages": 0 if gone else 2,
        "letters": 1,
        "ends": 1,
        "withdrawn": 0 if kind == "rectify" else 2,
        "statistics": [{"month": "2026-11", "language": "kk", "messages": 2}] if kind == "depersonalise" else [],
    }
    assert ends == [expected] * len(ends)
