"""What the tests of the pages share: a second version, the policy behind a site's own name."""

from dataclasses import replace

import pytest

from wadjet import policy


@pytest.fixture
def second(client, bundle, settings, watch):
    """Version 2: clause 1.2 is 1.3 now, the English list is longer, statistics are kept for two years."""
    purposes = [
        replace(each, term="P2Y", term_text={"kk": "екі жыл", "ru": "два года", "en": "two years"})
        if each.key == "measurement"
        else each
        for each in bundle.purposes
    ]
    texts = {
        tag: replace(
            text,
            markdown=text.markdown.replace("1.2.", "1.3.").replace(
                "refusing is as easy.", "refusing is just as easy.\n- nothing is sold."
            ),
        )
        for tag, text in bundle.texts.items()
    }
    changed = replace(bundle, purposes=tuple(purposes), texts=texts, summary={"en": "Kept <b>longer</b>."})
    return policy.publish(changed, settings=settings, now=watch())


@pytest.fixture
def publish_only(bundle, settings, watch):
    """`publish_only(en=bundle.texts["en"])`: a version in these languages alone, whatever it lacks."""

    def publish(**texts):
        return policy.publish(replace(bundle, texts=texts), settings=settings, now=watch(), incomplete=True)

    return publish


@pytest.fixture
def proxied(open_app, publish, second):
    """The site shows the policy under its own name and another path."""
    return open_app(privacy_url="https://wadjet.kz/legal/privacy/", hosts=()).test_client()
