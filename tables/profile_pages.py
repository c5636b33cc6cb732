"""Writes `dsl/std/lists/profile_pages.txt`: shapes of pages that belong to one person, of some 400 sites.

Run by hand where the data moves on: `python tables/profile_pages.py path/to/data.json VERSION`, with the file
`sherlock_project/resources/data.json` of the package `sherlock-project` (MIT) and that package's version.
In: a URL template a site, with `{}` for the account. Out: one shape a line as the clause `url` takes it.
Left out: templates whose account is a part of the host or of the query, which a shape cannot say, interfaces
for programs, sites for adults (`isNSFW`), and what `profile_hosts.txt` has already.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

LISTS = Path(__file__).resolve().parents[1] / "dsl" / "std" / "lists"
TARGET = LISTS / "profile_pages.txt"
PLAIN_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
PLAIN_PART = re.compile(r"[A-Za-z0-9._~-]+")
LEFT_OUT = {"api.", "docs."}
# Hosts whose one-part paths are pages of the site or documents far more often than people.
PLACES = {"wordpress.org", "archive.org", "hackage.haskell.org", "pypi.org", "hub.docker.com", "trello.com"}


def shape_of(template: str) -> str | None:
    """`https://a.example/u/{}` to `a.example/u/*`; None where no shape says it.

    >>> shape_of("https://www.site.example/@{}/posts")
    >>> shape_of("https://www.site.example/u/{}")
    'site.example/u/*'
    """
    parts = urlsplit(template)
    host = parts.netloc.lower().removeprefix("www.")
    path = parts.path.strip("/")
    if parts.query or not PLAIN_HOST.fullmatch(host) or host in PLACES or host.startswith(tuple(LEFT_OUT)):
        return None
    *before, account = path.split("/")
    if account != "{}" or any(not PLAIN_PART.fullmatch(part) for part in before):
        return None
    return "/".join([host, *before, "*"])


def main() -> None:
    """Write the list."""
    source, version = Path(sys.argv[1]), sys.argv[2]
    sites = json.loads(source.read_text(encoding="utf-8"))
    known = set((LISTS / "profile_hosts.txt").read_text(encoding="utf-8").splitlines())
    shapes = {
        shape
        for site in sites.values()
        if isinstance(site, dict) and not site.get("isNSFW")
        for shape in [shape_of(site["url"])]
        if shape is not None and shape not in known
    }
    head = (
        f"# Pages of one person, from the URL templates of sherlock-project {version} (MIT, the Sherlock\n"
        "# project's authors), written by tables/profile_pages.py.\n"
    )
    TARGET.write_text(head + "".join(f"{shape}\n" for shape in sorted(shapes)), encoding="utf-8")


if __name__ == "__main__":
    main()
