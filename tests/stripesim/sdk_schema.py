"""Check a request against the library's own types.

`stripe.params.*` are TypedDicts generated from Stripe's specification at the library's API version, which is newer than
the stand-in's: a misspelt or misplaced parameter shows without any specification file.
"""

import importlib
import types
import typing
from typing import Any, Literal, NotRequired, Union, get_args, get_origin

import stripe._request_options
from typing_extensions import get_type_hints, is_typeddict

NAMES = {**vars(typing), **vars(stripe._request_options), "StripeContext": object}  # imported for type checkers only


def problems(params: type, value: dict[str, Any], path: str = "") -> list[str]:
    """What is wrong with the request `value` as `params`, one sentence each; empty when all is well."""
    names = {**NAMES, **vars(importlib.import_module(params.__module__))}
    hints = get_type_hints(params, names)
    found = []
    for key, part in value.items():
        found += _one(hints[key], part, path + key) if key in hints else [f"unknown parameter {path}{key}"]
    marked = get_type_hints(params, names, include_extras=True)
    needed = [key for key in params.__required_keys__ if get_origin(marked[key]) is not NotRequired]
    return found + [f"missing {path}{key}" for key in sorted(needed) if key not in value]


def _one(kind: Any, value: Any, path: str) -> list[str]:
    origin, inner = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        return problems(kind, value, path + ".") if isinstance(value, dict) else [f"{path}: object expected"]
    if origin in (Union, types.UnionType):
        objects = [alternative for alternative in inner if is_typeddict(alternative)]
        alternatives = objects if objects and isinstance(value, dict) else inner
        return min((_one(alternative, value, path) for alternative in alternatives), key=len)
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: list expected"]
        return [problem for i, part in enumerate(value) for problem in _one(inner[0], part, f"{path}[{i}]")]
    if origin is dict:
        return [] if isinstance(value, dict) else [f"{path}: dict expected"]
    if origin is Literal:
        return [] if value in inner else [f"{path}: {value!r} is none of {inner}"]
    if kind in (int, str, bool, float):
        fits = type(value) is kind or (kind is float and type(value) is int)
        return [] if fits else [f"{path}: {kind.__name__} expected, not {value!r}"]
    return []
