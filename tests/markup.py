"""What stands in a piece of HTML."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Collects the tags of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
