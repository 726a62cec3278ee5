"""Settings are read once, from a file and the environment; every mistake is told at once, with its remedy."""

import dataclasses
import re

import pytest

from wadjet.problems import SettingsInvalid
from wadjet.settings import Settings, Site, complete, load, origin_of

TOML = """
base_url = "https://consent.wadjet.kz"
privacy_url = "https://wadjet.kz/privacy/"
hosts = ["backup.wadjet.kz"]
listen = "[::1]:9000"
workers = 2
metrics = true

[sites."wadjet.kz"]
origins = ["https://wadjet.kz", "https://www.wadjet.kz"]

[operator]
name = {kk = "ЖШС", ru = "ТОО"}
bin = "123456789012"
address = "Almaty"
"""


def write(home, text=TOML):
    (home / "wadjet.toml").write_text(text, "utf-8")
    return home


def mistakes(home, text, **environ):
    with pytest.raises(SettingsInvalid) as refused:
        load(write(home, text), environ)
    return refused.value.evidence["mistakes"]


def test_the_file_is_read(tmp_path):
    settings = load(write(tmp_path), {})

    assert settings.home == tmp_path
    assert settings.site(None) == Site("wadjet.kz", ("https://wadjet.kz", "https://www.wadjet.kz"))
    assert settings.operator.name == {"kk": "ЖШС", "ru": "ТОО"}
    assert settings.operator.address == {"kk": "Almaty", "ru": "Almaty", "en": "Almaty"}
    assert settings.hosts == ("backup.wadjet.kz", "consent.wadjet.kz", "wadjet.kz")
    assert settings.own_origins == {"https://consent.wadjet.kz", "https://wadjet.kz"}
    assert (settings.listen, settings.workers, settings.metrics) == ("[::1]:9000", 2, True)


def test_the_environment_wins(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("redis://127.0.0.1/0\n")

    settings = load(
        write(tmp_path),
        {
            "WADJET_WORKERS": "3",
            "WADJET_METRICS": "False",
            "WADJET_HOSTS": "a.kz, B.kz",
            "WADJET_REDIS_URL_FILE": str(secret),
            "WADJET_SITES": "a.kz=https://a.kz,http://a.kz;b.kz=https://b.kz",
            "WADJET_OPERATOR_NAME": "LLP",
            "WADJET_OPERATOR_EMAIL": "office@wadjet.kz",
            "WADJET_RATE_LIMIT": "",
            "UNRELATED": "1",
        },
    )

    assert (settings.workers, settings.metrics, settings.redis_url) == (3, False, "redis://127.0.0.1/0")
    assert {"a.kz", "b.kz"} <= set(settings.hosts)
    assert settings.sites["a.kz"].speaks_http
    assert not settings.sites["b.kz"].speaks_http
    assert settings.site(None) is None
    assert settings.operator.name["en"] == "LLP"
    assert settings.operator.bin == "123456789012"  # what the file says of the operator stays
    assert settings.rate_limit == "60 per minute"  # empty is not set


def test_the_home_is_named_by_the_environment(tmp_path):
    assert load(environ={"WADJET_HOME": str(write(tmp_path))}).home == tmp_path


def test_an_empty_folder_says_what_to_run(tmp_path):
    with pytest.raises(SettingsInvalid, match="wadjet init"):
        load(tmp_path, {})


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    assert load(write(tmp_path, "\ufeff" + TOML), {}).workers == 2


def test_every_mistake_is_told_at_once(tmp_path):
    told = mistakes(
        tmp_path,
        'colour = "red"\nworkers = -1\nlisten = "8000"\n[operator]\nbin = "1"',
        WADJET_METRICS="maybe",
        WADJET_REDIS_URL_FILE="/nonexistent/secret",
    )

    assert sorted(re.split(r"\W", line)[0] for line in told) == [
        "WADJET_REDIS_URL_FILE",
        "colour",
        "listen",
        "metrics",
        "operator",
        "workers",
    ]


MISTAKES = {
    "not TOML": ("base_url = ", "wadjet.toml"),
    "the home": ('home = "/"', "home: no such setting"),
    "a misspelt name": ('base_ur = "https://a.kz"', "base_ur: no such setting"),
    "an address without scheme": ('base_url = "wadjet.kz"', "write it like"),
    "ftp": ('base_url = "ftp://wadjet.kz"', "write it like"),
    "an address that is a number": ("base_url = 8000", "base_url: must be text"),
    "an address with a query": ('base_url = "https://wadjet.kz/?a=1"', "write it like"),
    "an address with a password": ('base_url = "https://me:it@wadjet.kz"', "write it like"),
    "an address with a line feed": ('base_url = "https://wadjet.kz/\\n"', "write it like"),
    "an address with an impossible port": ('base_url = "https://wadjet.kz:99999"', "write it like"),
    "an address in Cyrillic": ('base_url = "https://уаджет.қаз"', "xn--"),
    "an address in capitals": ('base_url = "https://Wadjet.kz"', "small letters"),
    "an address with its default port": ('privacy_url = "https://wadjet.kz:443/privacy/"', "default port"),
    "hosts as a number": ("hosts = 5", "hosts: must be a list"),
    "a host with scheme": ('hosts = ["https://wadjet.kz"]', "the name alone"),
    "a host with port": ('hosts = ["wadjet.kz:8000"]', "the name alone"),
    "a wildcard host": ('hosts = ["*"]', "the name alone"),
    "sites as a list": ('sites = ["wadjet.kz"]', "[sites."),
    "a site without origins": ('[sites."wadjet.kz"]', "say where it is served"),
    "a site with an unknown member": ('[sites."wadjet.kz"]\norigin = ["https://a.kz"]', "say where it is served"),
    "a site of an odd name": ('[sites."wadjet/kz"]\norigins = ["https://a.kz"]', "cannot name a site"),
    "an origin with a path": ('[sites.a]\norigins = ["https://wadjet.kz/"]', "not an origin"),
    "an origin in capitals": ('[sites.a]\norigins = ["https://WADJET.kz"]', "small letters"),
    "an origin with its default port": ('[sites.a]\norigins = ["http://wadjet.kz:80"]', "default port"),
    "the origin null": ('[sites.a]\norigins = ["null"]', "write it like"),
    "the origin *": ('[sites.a]\norigins = ["*"]', "write it like"),
    "an origin that is a number": ("[sites.a]\norigins = [1]", "sites: must be text"),
    "an operator in one line": ('operator = "LLP"', "[operator]"),
    "an unknown fact": ('[operator]\nfax = "1"', "no such fact: fax"),
    "a BIN of letters": ('[operator]\nbin = "12345678901O"', "12 digits"),
    "a BIN in other digits": ('[operator]\nbin = "١٢٣٤٥٦٧٨٩٠١٢"', "12 digits"),
    "a BIN as a number": ("[operator]\nbin = 123456789012", "bin must be text"),
    "a name as a number": ("[operator]\nname = 1", "name must be text"),
    "a name with a number inside": ("[operator]\nname = {kk = 1}", "name must be text"),
    "a calendar in one line": ('calendar = ["2026-05-08"]', "[calendar]"),
    "an unknown list of days": ('[calendar]\nholidays = ["2026-05-08"]', "no such list: holidays"),
    "days off in words": ('[calendar]\ndays_off = ["8 May"]', "not a day like"),
    "a day without a year": ('[calendar]\ndays_off = ["05-08"]', "not a day like"),
    "a day that does not exist": ('[calendar]\nworking_days = ["2026-02-29"]', "not a day like"),
    "a day with an hour": ("[calendar]\ndays_off = [2026-05-08T00:00:00Z]", "not a day like"),
    "a day as a number": ("[calendar]\ndays_off = 20260508", "must be a list"),
    "a day both off and worked": (
        '[calendar]\ndays_off = ["2026-05-08"]\nworking_days = ["2026-05-08"]',
        "both a day off and a working day",
    ),
    "half a worker": ("workers = 1.5", "whole number"),
    "a worker in words": ('workers = "two"', "whole number"),
    "no worker": ("workers = 0", "1 or more"),
    "no thread": ("threads = 0", "1 or more"),
    "workers: true": ("workers = true", "whole number"),
    "metrics: 1": ("metrics = 1", "true or false"),
    "a port alone": ('listen = "8000"', "host:port"),
    "a port too high": ('listen = "127.0.0.1:65536"', "host:port"),
    "a name to listen on": ('listen = "example.kz:8000"', "listen:"),
    "another database": ('receipts_database = "mysql://localhost/a"', "neither a file nor"),
    "a database without a name": ('receipts_database = ""', "neither a file nor"),
    "another store of limits": ('redis_url = "memcached://localhost"', "redis://"),
    "mail by another way": ('mail_url = "sendmail:/usr/sbin/sendmail"', "smtp://user"),
    "a mail server without host": ('mail_url = "smtp://:25"', "smtp://user"),
    "a mail server with a path": ('mail_url = "smtp://mail.example.kz/x"', "smtp://user"),
    "a password that is not encoded": ('mail_url = "smtp://a:b/c@mail.example.kz"', "smtp://user"),
    "a mail server of two lines": ('mail_url = "smtp://mail.example.kz\\nx"', "smtp://user"),
    "a mail server at no port": ('mail_url = "smtp://mail.example.kz:0"', "smtp://user"),
    "a mail server at an impossible port": ('mail_url = "smtp://mail.example.kz:99999"', "smtp://user"),
    "a Maildir without a folder": ('mail_url = "maildir:"', "maildir:mail"),
    "a sender with a name": ('mail_from = "Wadjet <info@wadjet.kz>"', "alone"),
    "two readers": ('mail_to = "a@wadjet.kz, b@wadjet.kz"', "alone"),
    "a rate in words": ('rate_limit = "sixty per minute"', "60 per minute"),
    "a rate of nothing": ('rate_limit = "0 per minute"', "60 per minute"),
    "a bare e-mail": ('security_contact = "security@wadjet.kz"', "mailto:"),
    "a contact of two lines": ('security_contact = "mailto:a@b.kz\\nExpires: never"', "mailto:"),
}


@pytest.mark.parametrize(("text", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_remedy(text, remedy, tmp_path):
    [told] = mistakes(tmp_path, text)

    assert remedy in told
    assert "\n" not in told


def test_windows_1251_is_told(tmp_path):
    (tmp_path / "wadjet.toml").write_bytes('[operator]\nname = "ЖШС"'.encode("cp1251"))

    with pytest.raises(SettingsInvalid, match=r"wadjet\.toml"):
        load(tmp_path, {})


def test_the_privacy_page_is_at_the_backend_unless_said_otherwise(tmp_path):
    settings = complete(Settings(home=tmp_path, base_url="https://consent.wadjet.kz/"))

    assert settings.base_url == "https://consent.wadjet.kz"
    assert settings.privacy_url == "https://consent.wadjet.kz/privacy/"
    assert complete(settings) == settings


def test_loopback_is_answered_under_all_its_names(tmp_path):
    assert set(complete(Settings(home=tmp_path)).hosts) == {"127.0.0.1", "localhost", "::1"}


def test_settings_cannot_be_changed(tmp_path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings(home=tmp_path).metrics = True  # type: ignore[misc]


def test_an_origin_keeps_its_port():
    assert origin_of("http://127.0.0.1:8080/page?x=1") == "http://127.0.0.1:8080"


def test_wrong_mail_address_is_told_without_its_password(tmp_path):
    [told] = mistakes(tmp_path, 'mail_url = "smtp://me:s3cret@mail.example.kz/x"')

    assert "s3cret" not in told


@pytest.mark.parametrize(
    "url",
    ["", "maildir:mail", "maildir:/var/mail/w", "smtp://localhost", "smtp://me%40x:p%2F@mail.kz:2525", "smtps://m.kz"],
)
def test_mail_goes_by_smtp_or_into_a_maildir(url, tmp_path):
    assert load(write(tmp_path, f'mail_url = "{url}"\n' + TOML), {}).mail_url == url


def test_mail_is_the_operators_unless_said_otherwise(tmp_path):
    operator = '[operator]\nemail = "info@wadjet.kz"'
    given = load(write(tmp_path, f'mail_to = "desk@wadjet.kz"\n{operator}'), {})

    assert (given.mail_from, given.mail_to) == ("info@wadjet.kz", "desk@wadjet.kz")
