"""report.html taken apart: its tables and sentences, and whatever in it could run or fetch something."""

import re
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
"""Tags that hold nothing and are not closed."""
OF_PAGES = {"html", "head", "meta", "title", "style", "body", "header", "section", "div", "p", "h1", "h2", "h3"}
OF_PAGES |= {
    "b",
    "i",
    "small",
    "span",
    "br",
    "hr",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
}
OF_CHARTS = {"svg", "g", "path", "rect", "line", "text", "tspan", "defs", "clippath", "title", "desc"}
ATTRIBUTES = {"lang", "charset", "name", "content", "class", "colspan", "style", "id", "role", "xmlns", "version"}
ATTRIBUTES |= {"xmlns:xlink", "width", "height", "viewbox", "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy"}
ATTRIBUTES |= {"transform", "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-miterlimit", "opacity"}
ATTRIBUTES |= {"fill-opacity", "text-anchor", "font-family", "font-size", "font-weight", "font-style", "clip-path"}
ATTRIBUTES |= {"pointer-events", "display", "aria-hidden", "aria-label", "aria-roledescription", "rx", "ry"}
NAMESPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}
METAS = ({"charset": "utf-8"}, {"name": "viewport", "content": "width=device-width, initial-scale=1"})
ADDRESS = re.compile(r"url\s*\((?!\s*#)|://|\\|@import|expression\s*\(|javascript:|data:", re.IGNORECASE)
"""What fetches or runs something in a style or in the value of an attribute; a backslash could disguise the others."""
Row = tuple[str, ...]


class ReportPage(HTMLParser):
    """What a page shows.

    Attributes:
        tables: each as its rows, each row as the texts of its cells.
        texts: of everything else, by the tag that it stands in.
        unsafe: what could run or fetch something -> how often it is there.
    """

    def __init__(self, text: str) -> None:
        """Args: text: the whole page.

        Raises:
            ValueError: its tags are not closed in the order in which they were opened.
        """
        super().__init__(convert_charrefs=True)
        self.tables: list[list[Row]] = []
        self.texts: dict[str, list[str]] = {}
        self.unsafe = Counter[str]()
        self._open: list[str] = []
        self._cells: list[str] = []
        self._pieces: list[str] = []
        self.feed(text)
        self.close()
        if self._open:
            raise ValueError("a tag is not closed")

    def table_of(self, *first: str) -> list[Row]:
        """The rows below the head of the one table whose first cells say this.

        Raises:
            ValueError: there is none, or there are several.
        """
        (table,) = (table for table in self.tables if table and table[0][: len(first)] == first)
        return table[1:]

    def says(self, tag: str) -> Sequence[str]:
        """The texts that stand in such a tag."""
        return self.texts.get(tag, ())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the tag and at each of its attributes."""
        if tag not in OF_PAGES | OF_CHARTS:
            self.unsafe[f"<{tag}>"] += 1
        for name, value in attrs:
            is_known = name in ATTRIBUTES and (value == NAMESPACES[name] if name in NAMESPACES else not _fetches(value))
            self.unsafe[name] += not is_known
        if tag == "meta" and dict(attrs) not in METAS:
            self.unsafe["<meta>"] += 1
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self._cells = []
        if tag not in {"small", "span", "i", "br"}:
            self._pieces = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that ends where it begins."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Keep what the tag held."""
        if not self._open or self._open.pop() != tag:
            raise ValueError("a tag is closed that is not open")
        text = " ".join("".join(self._pieces).split())
        if tag in ("td", "th"):
            self._cells.append(text)
        elif tag == "tr" and self.tables:
            self.tables[-1].append(tuple(self._cells))
        elif text:
            self.texts.setdefault(tag, []).append(text)
        if tag not in {"small", "span", "i", "br"} or not {"td", "th"} & set(self._open):
            self._pieces = []

    def handle_data(self, data: str) -> None:
        """Text; of a style, what it would fetch."""
        if self._open and self._open[-1] == "style":
            self.unsafe["style"] += _fetches(data)
        self._pieces.append(data)

    def handle_comment(self, data: str) -> None:
        """A comment is nothing that the page shows."""
        self.unsafe["a comment"] += bool(data) or 1

    def handle_pi(self, data: str) -> None:
        """Nor is an instruction."""
        self.unsafe["an instruction"] += bool(data) or 1

    def unknown_decl(self, data: str) -> None:
        """Nor a section of its own kind."""
        self.unsafe["a declaration"] += bool(data) or 1


def _fetches(text: str | None) -> bool:
    return ADDRESS.search(text or "") is not None
