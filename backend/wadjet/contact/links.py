"""The links in letters: who holds one may end a consent, and nothing more.

A link names the message and the purpose and is signed; it holds neither the receipt's id, which proxies would log, nor
the person. Opening it changes nothing (mail scanners do that): the page it leads to asks for a button to be pressed.
"""

import hashlib

from itsdangerous import BadSignature, URLSafeSerializer

from .. import keys
from ..settings import Settings
from .problems import MessageUnknown


def withdrawal(message_id: str, purpose: str, language: str, settings: Settings) -> str:
    """The address that ends `purpose` of that message's consent, on a page in that language.

    Good for whoever has the letter, also once its address was corrected: with the letter went the receipt, and to
    possess that is enough. A withdrawal is never refused.
    """
    return f"{settings.base_url}/contact/withdraw/{_signer(settings).dumps([message_id, purpose])}/?lang={language}"


def confirmation(message_id: str, language: str, settings: Settings) -> str:
    """The address where the writer confirms that it is theirs, in that language."""
    return f"{settings.base_url}/contact/confirm/{_signer(settings).dumps([message_id, 'confirm'])}/?lang={language}"


def read(token: str, settings: Settings) -> tuple[str, str]:
    """The message's id, and what it is for: a purpose, or `confirm`. Raises MessageUnknown for one none of ours."""
    try:
        message_id, purpose = _signer(settings).loads(token)
    except (BadSignature, ValueError) as error:
        raise MessageUnknown("Open the link as it stands in the letter.") from error
    return message_id, purpose


def _signer(settings: Settings) -> URLSafeSerializer:
    """Good as long as there is something to withdraw, so by a secret that stays when keys are rotated."""
    return URLSafeSerializer(
        keys.ring(settings).page_secret, salt="wadjet-withdrawal-1", signer_kwargs={"digest_method": hashlib.sha256}
    )
