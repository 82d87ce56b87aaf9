"""Reads the rows of `tests/data/corpora`."""

import base64
import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[1] / "data" / "corpora"


def rows(family: str) -> list[dict[str, Any]]:
    """Every row of one family, each with its string as `text` (bytes that are no UTF-8 are read as Latin-1)."""
    found = [json.loads(line) for line in (_FOLDER / f"{family}.jsonl").read_text("utf-8").splitlines()]
    for row in found:
        row["text"] = row["p"] if "p" in row else _decoded(row)
    return found


def _decoded(row: dict[str, Any]) -> str:
    raw = base64.b64decode(row["b64"])
    return raw.decode("utf-8", "surrogatepass") if row.get("enc") == "surrogatepass" else raw.decode("latin-1")
