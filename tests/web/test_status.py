"""What machines ask: alive, ready, how much; and what is written down of an answer."""

import io
import json
import logging
import subprocess
import sys

import pytest

from tests.house import SMALL
from tests.visitor import Visitor, new_id
from wadjet import database, keys
from wadjet.settings import Operator
from wadjet.web import logs
from wadjet.web.counters import Counters


def test_alive(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok", "checks": ["database", "keys", "policy"]})


def lose_the_database(settings):
    database.receipts.open("gone/away.sqlite3", settings.home)


def lose_the_keys(settings):
    for path in (settings.home / "keys").iterdir():
        path.write_text("")
    keys._rings.clear()  # looked at again within half a second; here at once


@pytest.mark.parametrize(("lose", "failed"), [(lose_the_database, "database"), (lose_the_keys, "keys")])
def test_not_ready_without(lose, failed, client, settings):
    lose(settings)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["type"].endswith("/docs/#unavailable")
    assert answer.json["failed"] == [failed]
    assert answer.headers["Retry-After"] == "2"
    assert client.get("/healthz").status_code == 200


def test_not_ready_before_a_policy_is_in_force(open_app):
    assert open_app().test_client().get("/readyz").json["failed"] == ["policy"]


def scrape(client):
    answer = client.get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: int(count) for name, count in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def counting(open_app, publish):
    app = open_app(metrics=True)
    publish()
    return app.test_client()


def test_metrics_are_off_unless_asked_for(client):
    assert client.get("/metrics").status_code == 404


def test_decisions_and_refusals_are_counted(counting):
    visitor = Visitor(counting)
    token = visitor.sign(visitor.decision())
    visitor.post(token)
    visitor.post(token)
    visitor.post(visitor.decision("refused"))
    counting.get("/nothing")
    visitor.post("nonsense")
    visitor.post("nonsense")

    assert scrape(counting) == {
        'wadjet_decisions_total{event="given",answer="recorded"}': 1,
        'wadjet_decisions_total{event="given",answer="replayed"}': 1,
        'wadjet_decisions_total{event="refused",answer="recorded"}': 1,
        'wadjet_refusals_total{slug="not-found"}': 1,
        'wadjet_refusals_total{slug="decision-invalid"}': 2,
    }


def test_a_scrape_is_prometheus_text(counting):
    text = counting.get("/metrics").text

    assert "# TYPE wadjet_decisions_total counter\n" in text
    assert text.endswith("\n")


def test_counts_of_all_processes_are_one(counting, settings):
    counting.get("/nothing")
    count = (
        "import sys, pathlib; from wadjet.web.counters import Counters;"
        "counters = Counters(pathlib.Path(sys.argv[1]));"
        "[counters.add('wadjet_refusals_total{slug=\"not-found\"}') for _ in range(5)]"
    )
    for _ in range(2):
        subprocess.run([sys.executable, "-c", count, settings.home / "counters"], check=True)

    assert scrape(counting) == {'wadjet_refusals_total{slug="not-found"}': 11}
    assert sorted(path.name for path in (settings.home / "counters").iterdir()) == [
        "0",
        "1",
    ]  # the second took up the first's


def test_more_names_than_fit_are_left_out(tmp_path):
    counters = Counters(tmp_path / "counters")
    for number in range(100):
        counters.add(f"name{number:02}")
        counters.add("name00")

    totals = counters.totals()

    assert len(totals) == 64
    assert totals["name00"] == 101


def test_security_txt(client, watch):
    answer = client.get("/.well-known/security.txt")

    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert answer.text == (
        "Contact: mailto:office@wadjet.kz\n"
        "Expires: 2027-05-22T00:00:00Z\n"
        "Preferred-Languages: kk, ru, en\n"
        "Canonical: http://127.0.0.1:8000/.well-known/security.txt\n"
    )
    watch.advance(days=30)
    assert "Expires: 2027-06-21T00:00:00Z\n" in client.get("/.well-known/security.txt").text


def test_security_txt_prefers_its_own_contact(open_app):
    client = open_app(security_contact="https://wadjet.kz/security").test_client()

    assert client.get("/.well-known/security.txt").text.startswith("Contact: https://wadjet.kz/security\n")


def test_without_a_contact_there_is_no_security_txt(open_app):
    client = open_app(operator=Operator()).test_client()

    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.fixture
def written(monkeypatch):
    """What `wadjet` writes to standard error at DEBUG."""
    house, stream = logging.getLogger("wadjet"), io.StringIO()
    before = house.handlers, house.propagate, house.level
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    house.handlers, house.propagate, house.level = before


def test_an_answer_is_one_line(open_app, publish, written):
    client = open_app(access_log=True).test_client()
    publish()
    receipt = Visitor(client).give()
    client.get(f"/api/v1/receipts/{receipt['id']}")
    client.get("/nothing/aigerim@example.kz?phone=77010000000")
    for _ in range(2):
        with client.get("/privacy/"):
            pass

    lines = [line for line in written() if line["from"] == "wadjet.access"]

    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/api/v1/offer", 200),
        ("POST", "/api/v1/receipts", 201),
        ("GET", "/api/v1/receipts/<receipt_id>", 200),
        ("GET", None, 404),
        ("GET", "/privacy/", 200),
        ("GET", "kept", 200),
    ]
    assert all(line["level"] == "info" and line["ms"] >= 0 and line["at"].endswith("Z") for line in lines)


@pytest.mark.clause("1.2", "8.7")
def test_nothing_of_a_person_is_written(open_app, publish, written):
    app = open_app(access_log=True, rate_limit="4 per hour", trusted_proxies=1)

    @app.get("/break/<what>")
    def broken(what):
        raise RuntimeError(what)

    publish()
    client = app.test_client()
    visitor = Visitor(client)
    canaries = {"X-Forwarded-For": "203.0.113.77", "User-Agent": "canary-agent", "Cookie": "canary=cookie"}
    decision = visitor.decision()
    token = visitor.sign(decision)
    for body in (token, token[:-2], decision, {"email": "canary@example.kz"}, decision | {"id": new_id()}, "canary"):
        visitor.post(body, **canaries)
    client.get(f"/api/v1/receipts/{decision['id']}", headers=canaries)
    client.get("/canary?canary=1", headers=canaries)
    client.get("/break/canary", headers=canaries)

    text = json.dumps(written())
    assert "RuntimeError" in text
    for secret in ("canary", "203.0.113.77", decision["id"], decision["offer"], visitor.jwk["x"], str(SMALL)):
        assert secret not in text


def test_a_crash_says_where_and_not_what(open_app, written):
    app = open_app()

    @app.get("/break")
    def broken():
        raise KeyError("canary\nsecond line")

    app.test_client().get("/break")

    [line] = [line for line in written() if line["level"] == "error"]
    assert line["error"] == "KeyError"
    assert line["where"][-1].endswith(" broken")
    assert "canary" not in json.dumps(line)
