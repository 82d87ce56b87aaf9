"""The portal's addresses, with values for what stands in angle brackets."""

from collections.abc import Iterable
from itertools import product
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import Rule

from app.web.access import Mark, mark_of

SAFE = {"GET", "HEAD", "OPTIONS"}
# Fits every placeholder of its name, and opens nothing.
MADE_UP = {
    "slug": "there-is-no-such-case",
    "public_id": "0123456789abcdefghjk",
    "token": "0123456789abcdefghjkmnpqrstvwxyz",
    "step": "about",
    "name": "there_is_no_such_setting",
    "grant_id": "999999",
    "update_id": "0123456789abcdefghjk",
    "story_id": "0123456789abcdefghjk",
    "file_id": "0123456789abcdefghjk",
    "n": "999999",
}


def rules(app: Flask) -> list[Rule]:
    """Every route, in the order of their addresses."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def methods(rule: Rule) -> set[str]:
    """The methods that a route was made for."""
    return set(rule.methods or ())


def mark(app: Flask, rule: Rule) -> Mark:
    """The access mark of a route's view."""
    found = mark_of(app, rule.endpoint)
    assert found is not None, f"{rule.endpoint} wears no access mark"
    return found


def fill(rule: Rule, **values: Iterable[object]) -> list[str]:
    """The addresses of a route, one for each combination of `values`; MADE_UP stands in for a name without any."""
    names = sorted(rule.arguments)
    unknown = set(names) - MADE_UP.keys()
    assert not unknown, f"{rule.rule}: give a made-up value for {unknown} in tests/whole_house/routes.py"
    choices = [list(map(str, values.get(name, [MADE_UP[name]]))) for name in names]
    return [_put(rule, dict(zip(names, chosen, strict=True))) for chosen in product(*choices)]


def _put(rule: Rule, values: dict[str, str]) -> str:
    address = rule.rule
    for name, value in values.items():
        for written in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
            address = address.replace(written, quote(value, safe=""))
    assert "<" not in address, f"{rule.rule} has a converter that tests/whole_house/routes.py does not know"
    return address


def in_both_languages(address: str) -> list[str]:
    return [address, "/fa" + address]
