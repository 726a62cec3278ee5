"""What does it look like on paper? Templates of widget/templates as text, and as PDF for people and inspectors.

A PDF is made by WeasyPrint, an extra that is loaded when the first one is asked for. It is tagged (PDF/UA-1), its
letters are in it, and nothing is fetched: what a template names is a file of ours, or left out.
"""

import functools
import gettext
from pathlib import Path
from typing import Any

from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from .problems import Problem
from .settings import LANGUAGES, WIDGET

_TEMPLATES = WIDGET / "templates"
_CATALOGUES = Path(__file__).with_name("translations")
_DEBIAN = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"


class PdfUnavailable(Problem):
    """What PDFs are made with is not installed here."""

    slug, status, title = "pdf-unavailable", 501, "A PDF cannot be made here"


def render(template: str, /, *, language: str, **values: object) -> str:
    """A template of widget/templates, filled. `language`: one without a catalogue is said in the first one's words."""
    tongue = language if language in LANGUAGES else LANGUAGES[0]
    return _environment(tongue).get_template(template).render(language=tongue, **values)


def to_pdf(template: str, /, *, language: str, **values: object) -> bytes:
    """The same as a tagged PDF. Raises PdfUnavailable, saying what to install."""
    try:
        import weasyprint  # the extra `pdf`; it loads libraries of the system
    except (ImportError, OSError) as error:
        raise PdfUnavailable(f"pip install wadjet-consent[pdf], and on Debian: apt-get install {_DEBIAN}") from error

    class Ours(weasyprint.urls.URLFetcher):
        """Reads files of the templates and refuses every other address."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith(_TEMPLATES.as_uri() + "/") or ".." in url or "%2e" in url.lower():
                raise ValueError("not a file of ours")
            return super().fetch(url, headers)

    text = render(template, language=language, **values)
    page = weasyprint.HTML(string=text, base_url=f"{_TEMPLATES.as_uri()}/", url_fetcher=Ours())
    return bytes(page.write_pdf(pdf_variant="pdf/ua-1"))


@functools.cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words: gettext.NullTranslations = Translations.load(str(_CATALOGUES), [language])
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    return made
