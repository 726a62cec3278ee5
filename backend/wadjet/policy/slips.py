"""Slips that policies of this kind carry, as data: what to look for and what to tell.

A match may be nothing more than a reason to look. Patterns are bounded, so that no text can make them slow.
"""

import re
from dataclasses import dataclass

from .findings import N_, Wording

_NO_SUCH_GROUND = N_("“{found}”: article 9 of the Law names no such ground for processing without consent")


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing to look for. `message` may show the words found as {found}, a character singled out as {letter}."""

    pattern: re.Pattern[str]
    message: str

    def said(self, found: re.Match[str]) -> Wording:
        """The message for a match."""
        singled_out = (f"U+{ord(char):04X}" for char in found.groups() if char and len(char) == 1)
        return Wording(self.message, found=found[0], letter=next(singled_out, ""))


def _slip(message: str, *alternatives: str) -> Slip:
    return Slip(re.compile("|".join(alternatives), re.IGNORECASE), message)


IN_A_CLAUSE = (
    _slip(
        N_("“{found}” is no address: {letter} stands in place of the colon, so the link is dead"),
        r"https?([ː꞉：∶˸])[^\s<>\"»”]{0,200}[^\s<>\"»”.,;]",
    ),
    _slip(
        N_("“{found}”: Kazakhstan is unitary; say “law of the Republic of Kazakhstan”"),
        r"\bfederal law\b",
        r"\bфедеральн\w{1,5} закон\w{0,5}",
        r"\bфедералд\w{1,5} заң\w{0,9}",
    ),
    _slip(
        N_("“{found}” is a Russian term; the law knows state bodies, individuals and legal entities"),
        r"\bmunicipal (?:body|authority)\b",
        r"\bмуниципальн\w{1,5} орган\w{0,5}",
    ),
    _slip(N_("“{found}” belongs to Russian law"), r"\b152-(?:FZ|ФЗ)\b", r"\bRoskomnadzor\b", r"\bРоскомнадзор\w{0,5}"),
    _slip(
        N_(
            "“{found}” is a Russian body's title; the law's is “authorised body in the field of personal data "
            "protection”"
        ),
        r"\bprotection of the rights of (?:(?:personal )?data subjects|subjects of personal data)\b",
        r"\bпо защите прав субъектов персональных данных",
    ),
    _slip(
        N_("“{found}” is no term of the law of Kazakhstan; it speaks of a database containing personal data"),
        r"\bInformation system of personal data\b",
        r"\bинформационн\w{1,5} систем\w{1,5} персональных данных\b",
    ),
    _slip(N_("a sentence seems to have lost words: “{found}”"), r"\band/or (?:with|by|to|of|in|from)\b"),
    _slip(N_("a word is doubled: “{found}”"), r"\b(\w{4,40}) (?:(?:and|и|және) )?\1\b"),
    _slip(
        N_("“{found}”: say whether these are working or calendar days"),
        r"\b\d{1,3} days?\b",
        r"\b\d{1,3} (?:дня|дней|день)\b",
        r"(?<!күнтізбелік )(?<!жұмыс )\b\d{1,3} күн(?:і|нен|ге|де|дік|інде|ішінде)?\b",
    ),
    _slip(N_("“{found}” is followed by exceptions"), r"\bnever, under any circumstances\b(?=.*\bexcept\b)"),
    _slip(
        _NO_SUCH_GROUND,
        r"\bto exercise the rights and legitimate interests of the operator\b",
        r"\bдля осуществления прав и законных интересов оператора\b",
    ),
    _slip(
        _NO_SUCH_GROUND,
        r"\bfor (?:the )?performance of an agreement,? (?:under|to) which the data subject\b",
        r"\bдля исполнения договора, стороной которого\b",
    ),
    _slip(
        N_("“{found}”: the law of Kazakhstan knows no such notification"),
        r"\bnotification of the intention to process\b",
        r"\bуведомлени\w{1,3} о намерении осуществлять обработку\b",
    ),
    _slip(
        N_("“{found}”: the operator's own duties under the Law stay"),
        r"\bshall not be responsible for the actions of third parties\b",
        r"\bне нес[её]т ответственност\w{1,3} за действия третьих лиц\b",
    ),
    _slip(N_("an invisible character turns the direction of the text around"), "[\u202a-\u202e\u2066-\u2069]"),
)

UNDEFINED = (  # a name, and the words that would define it
    (
        _slip(N_("“{found}” is used but never defined (“hereinafter — …”)"), r"\bLaw on Personal Data\b(?! and)"),
        re.compile(r"\bhereinafter\b[^)]{0,40}Law on Personal Data\b"),
    ),
)

IN_MARKDOWN = (  # where a .md file asks for what is not given
    _slip(
        N_("{found} is shown as text: HTML is not obeyed"),
        r"(?<![\\`<])</?(?:a|b|br|center|details|div|em|font|hr|i|iframe|img|object|p|script|span|strong|style|su[bp]"
        r"|svg|table|t[drh]|u)\b[^<>]{0,500}>",
    ),
    _slip(
        N_("a picture is not shown, only its words: nothing is loaded from elsewhere"),
        r"(?<!\\)!\[[^\]]{0,200}\]\(",
    ),
    _slip(
        N_("“{found}” makes no link; only http(s), mailto and #… do"),
        r"\]\(\s{0,9}<?(?!https?:|mailto:|#|\{|<)[^)\s]{1,200}",
    ),
)

NOT_IN_A_TEXT = (  # what every text should have, in words or as a placeholder
    _slip(
        N_("the operator's BIN is not in the text; 94-V art. 8(4)(1) asks for it"),
        r"\{operator\.bin\}",
        r"\b(?:BIN|БИН|БСН)\b\W{0,5}\d{12}\b",
    ),
    _slip(
        N_("no postal address of the operator is in the text"),
        r"\{operator\.address\}",
        r"\b\d{6}\b",
        r"\b(?:street|avenue|улица|проспект|микрорайон|көшесі|даңғылы)\b",
        r"\b(?:ул|пр)\.",
    ),
    _slip(
        N_("no telephone number is in the text"),
        r"\{operator\.phone\}",
        r"(?<!\d)\+?[78][\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}",
    ),
    _slip(
        N_("no person responsible for personal data is named; 94-V art. 25(2)(10)"),
        r"\{operator\.responsible\}",
        r"\b(?:person responsible|responsible person|data protection officer)\b",
        r"\bответственн\w{1,3} (?:лиц|за организац)",
        r"\bжауапты (?:тұлға|адам)",
    ),
)

NOT_IN_A_FILE = (  # a folder's version and date are given when it is published
    _slip(
        N_("the text does not say which version it is; clause 12.2 speaks of changes"),
        r"\{version\}",
        r"\bversion\s{0,3}(?:no\.?|№)?\s{0,3}\d",
        r"\bредакци\w{1,3}\s{0,3}№?\s{0,3}\d",
        r"\d\s?-?\s?(?:нұсқа|редакция)",
    ),
    _slip(
        N_("the text does not say from which date it is in force"),
        r"\{effective\}",
        r"\b(?:effective|in force|approved|updated)\b[^.\n]{0,40}\d{4}",
        r"\b(?:действует с|вступает в силу|утвержд|обновл)[^.\n]{0,40}\d{4}",
        r"(?:қолданысқа ен|бекітіл|жаңартыл)[^.\n]{0,40}\d{4}",
        r"\d{4}[^.\n]{0,40}(?:қолданысқа ен|бекітіл|жаңартыл)",
    ),
)

TOPICS = (  # told together where a text is silent on them.
    _slip(N_("cookies and similar records"), r"cookie", r"\bкуки\b"),
    _slip(
        N_("breaches and their notice"), r"\bbreach", "нарушени[ея] безопасности", r"\bутечк", "қауіпсіздігінің бұзыл"
    ),
    _slip(
        N_("storage in Kazakhstan"),
        r"\b(?:stor(?:ed|age)|located)\b[^.]{0,80}Kazakhstan",
        r"\b(?:хран|наход|размещ)[^.]{0,80}Казахстан",
        r"\bҚазақстан[^.]{0,80}(?:сақтал|орналас)",
    ),
    _slip(
        N_("minors"), r"\bminors?\b", r"\bchild", r"\b(?:under|до|моложе) 1[468]\b", "несовершеннолетн", "1[468] жас"
    ),
    _slip(N_("the 15 working days after a withdrawal"), "15 working days", "15 рабочих дней", "15 жұмыс күн"),
    _slip(
        N_("the right to object to automated processing"),
        r"\bobject\b[^.]{0,60}automated",
        "автоматизированн[^.]{0,200}возра[жз]",
        "возра[жз][^.]{0,80}автоматизированн",
        "автоматтандырылған[^.]{0,200}қарсы",
    ),
)
