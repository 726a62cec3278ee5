"""On paper: letters of Kazakhstan, nothing fetched, nothing taken for markup; without WeasyPrint, a remedy."""

import http.server
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import pdf
from wadjet import paper
from wadjet.registers.exports import Wanted

KAZAKH = "Әәғңөқұүһі ҒҢӨҚҰҮҺІ ₸"
SHEET = {"code": "R5", "title": "Publications", "columns": {"name": "Name"}, "newest": 0}


def made(*values: str, language: str = "kk") -> bytes:
    return paper.to_pdf(
        "registers/registers.html",
        language=language,
        sheets=[SHEET | {"rows": [{"name": value} for value in values]}],
        name="«Уаджет» ЖШС",
        bin="123456789012",
        made_at="24.11.2026 10:00",
        wanted=Wanted(),
    )


def test_every_kazakh_letter_is_there_and_its_font_too():
    document = made(KAZAKH)

    assert document.startswith(b"%PDF-")
    assert pdf.says(document, KAZAKH)
    assert pdf.fonts(document)


def test_it_is_tagged_and_says_its_language():
    document = made("x", language="ru")
    everything = document + b"".join(pdf.streams(document))

    assert b'pdfuaid:part="1"' in everything
    assert b"/Lang (ru)" in everything
    assert b"/StructTreeRoot" in everything


@pytest.mark.parametrize(("language", "title"), [("kk", "Атауы"), ("ru", "Наименование"), ("en", "Name")])
def test_it_is_said_in_the_language_asked_for(language, title):
    assert pdf.says(made("x", language=language), title)


def test_markup_stays_words():
    words = '<b>=1+1</b><script>alert(1)</script><img src=x onerror=alert(1)>"&amp;{{ 7*7 }}'

    assert pdf.says(made(words), words)


def test_nothing_is_fetched_from_anywhere(tmp_path):
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_):
            pass

    secret = tmp_path / "secret.css"
    secret.write_text("body::before { content: 'ЖАСЫРЫН' }")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        template = paper._TEMPLATES / "registers" / "registers.html"
        linked = template.read_text("utf-8").replace(
            "</head>",
            f'<link rel=stylesheet href="{here}/a.css"><link rel=stylesheet href="{secret.as_uri()}">'
            f'<link rel=stylesheet href="../../../../../{secret}"></head>',
        )
        document = with_template(linked, f'<img src="{here}/b.png">')
        server.shutdown()

    assert asked == []
    assert not pdf.says(document, "ЖАСЫРЫН")
    assert pdf.says(document, "b.png")


def with_template(source: str, value: str) -> bytes:
    """A PDF of a template that is not ours, in a process of its own."""
    program = f"""
import sys
from jinja2 import DictLoader
from wadjet import paper
paper._environment("ru").loader = DictLoader({{"planted.html": {source!r}}})
from tests.test_paper import SHEET, Wanted
sheet = SHEET | {{"rows": [{{"name": {value!r}}}]}}
sys.stdout.buffer.write(paper.to_pdf("planted.html", language="ru", sheets=[sheet], name="", bin="", made_at="",
                                     wanted=Wanted()))
"""
    root = Path(__file__).parents[1]
    return subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True).stdout


def test_without_weasyprint_the_remedy_is_told():
    program = """
import sys
sys.modules["weasyprint"] = None
from wadjet import paper
try:
    paper.to_pdf("registers/registers.html", language="ru")
except paper.PdfUnavailable as problem:
    print(problem.detail)
"""
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    assert "pip install wadjet-consent[pdf]" in said
    assert "libpango-1.0-0" in said


def test_weasyprint_is_loaded_only_for_a_pdf():
    program = "import sys, wadjet.app, wadjet.cli; sys.exit('weasyprint' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
