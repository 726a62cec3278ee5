"""A reader's browser, as far as words and links go."""

from html.parser import HTMLParser

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Page(HTMLParser):
    """A page's elements as (tag, attributes), and its words."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data

    def all(self, tag, **attributes):
        return [given for name, given in self.elements if name == tag and attributes.items() <= given.items()]

    def links(self):
        return [given["href"] for _, given in self.elements if "href" in given]

    @property
    def ids(self):
        return [given["id"] for _, given in self.elements if "id" in given]


def get(client, path, **headers):
    with client.get(
        path, headers=BROWSER | {name.replace("_", "-"): value for name, value in headers.items()}
    ) as answer:
        assert answer.status_code == 200, answer.text
        return answer


def page(client, path, **headers):
    return Page(get(client, path, **headers).text)
