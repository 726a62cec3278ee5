"""A policy's draft as whoever writes it meets it: forms as browsers send them, pages as people read them."""

from tests.reader import Page
from wadjet import policy

DRAFT = "policy/drafts/1/"


def written(draft=1):
    return policy.drafts.read(draft)


def texts(revision=1, **changed):
    """The texts' form as a browser sends it."""
    known = written().manuscript.texts | changed
    return {"revision": str(revision)} | {f"text-{tag}": text.replace("\n", "\r\n") for tag, text in known.items()}


def purpose(revision=1, **changed):
    """A purpose's form, filled in."""
    words = {
        f"{name}-{tag}": f"{name} {tag}"
        for name in ("name", "description", "data", "legal_ground")
        for tag in ("kk", "ru")
    }
    facts = {"key": "letters", "asked": "form", "operations": ["collect", "store"], "term": "P6M"}
    return {"revision": str(revision)} | words | facts | changed


def facts(revision=1, **changed):
    return {"revision": str(revision), "material": "yes"} | changed


def publish_as(writer, second):
    """Both of them take their steps."""
    revision = {"revision": str(written().revision)}
    assert writer.post(DRAFT + "propose/", revision).status_code == 303
    assert second.post(DRAFT + "approve/", revision).status_code == 303
    return second.post(DRAFT + "publish/", revision)


def words(answer):
    """What is read on it, with single spaces."""
    return " ".join(Page(answer.text).words.split())
