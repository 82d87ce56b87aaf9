"""The whole stand-in: schema, state machines, hosted pages, webhooks and the server.

What it takes from stripe_spec.json (pruned from Stripe's MIT-licensed OpenAPI specification, API 2026-08-26.dahlia):
every request is checked against the operation's schema (unknown parameter, type, enum, maxLength, required), every
response is filled to the object's schema. What is written here by hand: the state machines, money, test cards,
idempotency, webhooks, hosted Checkout and 3-D Secure pages, Connect (accounts, transfers, payouts), disputes.

Every secret key `sk_test_<namespace>_...` is an account of its own, so tests run in parallel. Tests steer it through
`/_test/*`; README.md says how.
"""

import hashlib
import heapq
import hmac
import html
import itertools
import json
import os
import re
import secrets
import socket
import sqlite3
import string
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "stripe_spec.json"), encoding="utf-8") as _file:
    SPEC = json.load(_file)
API_VERSION = SPEC["version"]


def _body(path):
    """The parameters of a POST, to be changed in place."""
    content = SPEC["paths"][path]["post"]["requestBody"]["content"]
    return content["application/x-www-form-urlencoded"]["schema"]["properties"]


# The file is 2026-08-26.dahlia; the SDK (16.1) speaks 2026-10-28.endive. What we use of the difference, by hand: a new
# word for how a saved card is used, and methods are narrowed down by allowed_payment_method_types only.
for _path in (
    "/v1/payment_intents",
    "/v1/payment_intents/{intent}",
    "/v1/payment_intents/{intent}/confirm",
    "/v1/setup_intents",
    "/v1/setup_intents/{intent}",
    "/v1/checkout/sessions",
):
    _properties = _body(_path)
    _properties.setdefault("allowed_payment_method_types", _properties.pop("payment_method_types"))
    if _path == "/v1/checkout/sessions":
        continue
    _card = _properties["payment_method_options"]["properties"]["card"]
    for _schema in _card.get("anyOf", [_card]):
        if "properties" in _schema:
            _name = "stored_credential_usage" if "payment" in _path else "setup_credential_usage"
            _schema["properties"][_name] = {"type": "string", "enum": ["installment", "recurring", "unscheduled"]}
ALNUM = string.ascii_letters + string.digits
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])[:/]")


def rid(prefix, n=24):
    return prefix + "".join(secrets.choice(ALNUM) for _ in range(n))


class Err(Exception):
    """What Stripe answers instead; whatever was written before stays, as with a declined payment."""

    def __init__(self, status, type="invalid_request_error", **body):
        super().__init__(body.get("message"))
        self.status = status
        self.body = {"type": type, **{k: v for k, v in body.items() if v is not None}}
        if "code" in self.body:
            self.body["doc_url"] = f"https://stripe.com/docs/error-codes/{self.body['code'].replace('_', '-')}"


def missing(kind, id, param=None, status=404):
    return Err(status, code="resource_missing", message=f"No such {kind}: '{id}'", param=param or "id")


# ------------------------------------------------------------------ request parsing + OpenAPI validation
def parse_form(pairs):
    root = {}
    for key, val in pairs:
        parts = re.findall(r"[^\[\]]+|\[\]", key)
        node = root
        for i, part in enumerate(parts):
            if part == "[]":
                part = str(len(node))
            if i == len(parts) - 1:
                node[part] = val
            else:
                node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise Err(400, message="Invalid hash", param=key)

    def lists(x):
        if isinstance(x, dict):
            if x and all(k.isdigit() for k in x):
                return [lists(x[k]) for k in sorted(x, key=int)]
            return {k: lists(v) for k, v in x.items()}
        return x

    return {k: lists(v) for k, v in root.items()}


def coerce(schema, v, path):
    if "anyOf" in schema:
        errs = []
        for s in schema["anyOf"]:
            try:
                return coerce(s, v, path)
            except Err as e:
                errs.append(e)
        raise errs[0]
    t = schema.get("type")
    if t == "object" or "properties" in schema:
        if v == "":
            return None
        if not isinstance(v, dict):
            raise Err(400, message="Invalid object", param=path)
        props, extra = schema.get("properties"), schema.get("additionalProperties")
        out = {}
        if props is not None:
            unknown = [k for k in v if k not in props]
            if unknown and not isinstance(extra, dict):
                n = f"{path}[{unknown[0]}]" if path else unknown[0]
                if n == "payment_method_types":
                    raise Err(
                        400,
                        code="payment_method_types_no_longer_supported",
                        message="payment_method_types is no longer supported. Use allowed_payment_method_types.",
                        param=n,
                    )
                raise Err(400, code="parameter_unknown", message=f"Received unknown parameter: {n}", param=n)
            for r in schema.get("required", []):
                if r not in v:
                    raise Err(
                        400,
                        code="parameter_missing",
                        message=f"Missing required param: {path + '[' + r + ']' if path else r}.",
                        param=f"{path}[{r}]" if path else r,
                    )
        for k, x in v.items():
            sub = (props or {}).get(k) or (extra if isinstance(extra, dict) else {"type": "string"})
            out[k] = coerce(sub, x, f"{path}[{k}]" if path else k)
        return out
    if t == "array":
        if v == "":
            return []
        if isinstance(v, dict):
            v = list(v.values())
        if not isinstance(v, list):
            raise Err(400, message="Invalid array", param=path)
        return [coerce(schema["items"], x, f"{path}[{i}]") for i, x in enumerate(v)]
    if isinstance(v, (dict, list)):
        raise Err(400, message=f"Invalid {t}: {json.dumps(v)[:60]}", param=path)
    if t == "integer":
        if not re.fullmatch(r"-?\d+", str(v)):
            raise Err(400, code="parameter_invalid_integer", message=f"Invalid integer: {v}", param=path)
        return int(v)
    if t == "number":
        if not re.fullmatch(r"-?\d+(\.\d+)?", str(v)):
            raise Err(400, message=f"Invalid number: {v}", param=path)
        return float(v)
    if t == "boolean":
        if v not in ("true", "false"):
            raise Err(400, message=f"Invalid boolean: {v}", param=path)
        return v == "true"
    if "enum" in schema and v not in schema["enum"]:
        raise Err(400, message=f"Invalid {path}: must be one of {', '.join(map(str, schema['enum']))}", param=path)
    if schema.get("maxLength") and len(v) > schema["maxLength"]:
        raise Err(
            400, message=f"Invalid string: {v[:20]}...; must be at most {schema['maxLength']} characters", param=path
        )
    return v


ROUTES = []


def route(method, template):
    op = SPEC["paths"].get(template, {}).get(method.lower())
    if op is None:
        raise RuntimeError(f"{method} {template} is not in Stripe's spec")
    if method == "GET":
        schema = {
            "type": "object",
            "additionalProperties": False,
            "properties": {p["name"]: p["schema"] for p in op.get("parameters", []) if p["in"] == "query"},
            "required": [p["name"] for p in op.get("parameters", []) if p["in"] == "query" and p.get("required")],
        }
    else:
        body = (
            op.get("requestBody", {})
            .get("content", {})
            .get("application/x-www-form-urlencoded", {})
            .get("schema", {"properties": {}})
        )
        schema = {**body, "type": "object"}
    rx = re.compile("^" + re.sub(r"\{(\w+)\}", r"([^/]+)", template) + "$")

    def deco(fn):
        ROUTES.append((method, rx, schema, fn, template))
        return fn

    return deco


# ------------------------------------------------------------------ state
class ClockFile:
    """Seconds that the development clock is ahead: an integer in a text file, looked at each half second at most."""

    def __init__(self, path=None):
        self.path, self.seconds, self.stamp, self.looked = path, 0, None, -1.0

    def offset(self):
        moment = time.monotonic()
        if self.path and moment - self.looked >= 0.5:
            self.looked = moment
            try:
                stamp = os.stat(self.path).st_mtime_ns
                if stamp != self.stamp:
                    with open(self.path, encoding="utf-8") as file:
                        self.seconds = int(file.read().strip() or 0)
                    self.stamp = stamp
            except FileNotFoundError:
                self.seconds, self.stamp = 0, None
            except ValueError:
                pass  # caught half-written: the last good value holds until the next look
        return self.seconds


class World:
    """One Stripe platform account (namespace) with its connected accounts."""

    def __init__(self, sim, ns):
        self.sim, self.ns, self.lock = sim, ns, threading.RLock()
        self.objs, self.seq, self.idem, self.inflight, self.dirty = {}, 0, {}, set(), set()
        self.kinds = {}  # object type -> its ids, so that a list or an event need not look at everything
        self.offset = 0
        self.cfg = {
            "duplicate": False,
            "shuffle": False,
            "mode": "auto",
            "fee": [15, 1000, 20],
            "settle_days": 3,
            "dispute_fee": 2000,
            "rate": 0,
        }
        self.faults, self.outbox, self.held, self.bucket = [], [], [], []
        self.caught_up = None  # where the clock file stood when this world last noticed it
        self.gone = False  # reset: late deliveries are dropped

    def now(self):
        return int(time.time() + self.offset + self.sim.clock.offset())

    def put(self, o, acct=None):
        if "_seq" not in o:
            self.seq += 1
            o["_seq"] = self.seq
        if acct is not None or "_acct" not in o:
            o["_acct"] = acct
        self.objs[o["id"]] = o
        self.kinds.setdefault(o["object"], {})[o["id"]] = o
        self.dirty.add(o["id"])
        return o

    def get(self, kind, id, acct=None, param=None, status=404):
        o = self.objs.get(id)
        if o is None or o["object"] != kind.replace(" ", "_") and o["object"] != kind or o.get("_acct") != acct:
            raise missing(kind, id, param, status)
        return o

    def all(self, kind, acct=None):
        return sorted(
            (o for o in self.kinds.get(kind, {}).values() if o["object"] == kind and o.get("_acct") == acct),
            key=lambda o: -o["_seq"],
        )


def shape(o):
    """Public view of an object, filled to Stripe's schema: every nullable field present."""
    s = SPEC["shapes"].get(o["object"])
    out = {k: v for k, v in o.items() if not k.startswith("_")}
    if s:
        for k in s["nullable"]:
            out.setdefault(k, None)
        if "metadata" in s["types"] and out.get("metadata") is None:
            out["metadata"] = {}
        if "livemode" in s["types"]:
            out["livemode"] = False
    return out


def view(w, o, expand=(), depth=0):
    out = shape(o)
    for path in expand or ():
        head, _, rest = path.partition(".")
        if head not in out:
            raise Err(400, message=f"This property cannot be expanded ({head}).")
        v = out[head]
        if head == "data" and isinstance(v, list):
            out[head] = [view(w, w.objs[x["id"]], [rest]) if rest else x for x in v]
        elif isinstance(v, str) and v in w.objs:
            out[head] = view(w, w.objs[v], [rest] if rest else [])
        elif isinstance(v, dict) and rest and v.get("id") in w.objs:
            out[head] = view(w, w.objs[v["id"]], [rest])
    return out


class Ctx:
    def __init__(self, w, acct, key, req):
        self.w, self.acct, self.key, self.req, self.request_id, self.idem = w, acct, key, req, rid("req_", 14), None

    def sim_url(self):
        return self.w.sim.url

    def new(self, object, prefix, n=24, acct="self", **f):
        return self.w.put(
            {"id": rid(prefix, n), "object": object, "created": self.w.now(), **f},
            self.acct if acct == "self" else acct,
        )

    def emit(self, type, o, prev=None, acct="self"):
        acct = o.get("_acct") if acct == "self" else acct
        ev = self.w.put(
            {
                "id": rid("evt_", 24),
                "object": "event",
                "api_version": API_VERSION,
                "created": self.w.now(),
                "type": type,
                "data": {"object": json.loads(json.dumps(shape(o))), **({"previous_attributes": prev} if prev else {})},
                "pending_webhooks": 0,
                "request": {"id": self.request_id, "idempotency_key": self.idem},
                **({"account": acct} if acct else {}),
            },
            acct,
        )
        for ep in endpoints_for(self.w, ev):
            ev["pending_webhooks"] += 1
            self.w.outbox.append((ev["id"], ep["id"]))


def endpoints_for(w, ev):
    """The enabled endpoints that asked for this event."""
    return [
        ep
        for ep in w.kinds.get("webhook_endpoint", {}).values()
        if ep["status"] == "enabled"
        and bool(ep["_connect"]) == bool(ev["_acct"])
        and ("*" in ep["enabled_events"] or ev["type"] in ep["enabled_events"])
    ]


def listing(ctx, kind, p, url, rows=None, **filters):
    rows = ctx.w.all(kind, ctx.acct) if rows is None else rows
    for k, v in filters.items():
        if v is not None:
            rows = [o for o in rows if o.get(k) == v]
    c = p.get("created")
    if isinstance(c, dict):
        ops = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
        rows = [o for o in rows if all(ops[k](o["created"], int(v)) for k, v in c.items())]
    if p.get("ending_before"):
        i = next((n for n, o in enumerate(rows) if o["id"] == p["ending_before"]), 0)
        rows = rows[max(0, i - p.get("limit", 10)) : i]
    if p.get("starting_after"):
        i = next((n for n, o in enumerate(rows) if o["id"] == p["starting_after"]), None)
        if i is None:
            raise missing(kind, p["starting_after"], "starting_after", 400)
        rows = rows[i + 1 :]
    n = p.get("limit", 10)
    if not 1 <= n <= 100:
        raise Err(400, message="Invalid integer: limit must be between 1 and 100", param="limit")
    return {"object": "list", "url": url, "has_more": len(rows) > n, "data": [shape(o) for o in rows[:n]]}


def patch(o, p, *keys):
    for k in keys:
        if k in p:
            o[k] = p[k]
    if "metadata" in p:
        m = dict(o.get("metadata") or {})
        for k, v in (p["metadata"] or {}).items():
            if v == "":
                m.pop(k, None)
            else:
                m[k] = v
        o["metadata"] = m
    return o


# ------------------------------------------------------------------ money
SIGNS = {"gbp": "£", "eur": "€", "usd": "$", "jpy": "¥"}


def words(minor, currency="gbp"):
    """An amount as the pages and messages write it: £1,234.50."""
    sign = SIGNS.get(currency, currency.upper() + " ")
    return f"{sign}{minor:,}" if currency == "jpy" else f"{sign}{minor // 100:,}.{minor % 100:02d}"


def bt(ctx, type, amount, source, cat=None, fee=0, settle=0, acct="self", desc=None):
    w = ctx.w
    avail = w.now() + settle * 86400
    return ctx.new(
        "balance_transaction",
        "txn_",
        acct=acct,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency="gbp",
        type=type,
        reporting_category=cat or type,
        source=source,
        available_on=avail,
        balance_type="payments",
        description=desc,
        exchange_rate=None,
        status="available" if settle == 0 else "pending",
        fee_details=[
            {
                "amount": fee,
                "application": None,
                "currency": "gbp",
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
        if fee
        else [],
    )


def balances(w, acct):
    av = pe = 0
    for b in w.all("balance_transaction", acct):
        if b["available_on"] <= w.now():
            b["status"] = "available"
            av += b["net"]
        else:
            pe += b["net"]
    return av, pe


# ------------------------------------------------------------------ customers and cards
@route("POST", "/v1/customers")
def _(ctx, p):
    o = ctx.new(
        "customer",
        "cus_",
        14,
        email=p.get("email"),
        name=p.get("name"),
        description=p.get("description"),
        phone=p.get("phone"),
        address=p.get("address"),
        metadata=p.get("metadata") or {},
        balance=0,
        delinquent=False,
        invoice_prefix=rid("", 8).upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        preferred_locales=p.get("preferred_locales") or [],
        tax_exempt="none",
    )
    ctx.emit("customer.created", o)
    return o


@route("GET", "/v1/customers/{customer}")
def _(ctx, p, id):
    return ctx.w.get("customer", id, ctx.acct)


@route("POST", "/v1/customers/{customer}")
def _(ctx, p, id):
    o = patch(ctx.w.get("customer", id, ctx.acct), p, "email", "name", "description", "phone", "address")
    ctx.w.put(o)
    ctx.emit("customer.updated", o)
    return o


@route("DELETE", "/v1/customers/{customer}")
def _(ctx, p, id):
    o = ctx.w.get("customer", id, ctx.acct)
    ctx.emit("customer.deleted", o)
    o["object"] = "deleted_customer"
    ctx.w.put(o)
    for m in ctx.w.all("payment_method", ctx.acct):
        if m.get("customer") == id:
            m["customer"] = None
            ctx.w.put(m)
    return {"id": id, "object": "customer", "deleted": True}


@route("GET", "/v1/customers")
def _(ctx, p):
    return listing(ctx, "customer", p, "/v1/customers", email=p.get("email"))


DECLINE = {
    "4000000000000002": ("card_declined", "generic_decline"),
    "4000000000009995": ("card_declined", "insufficient_funds"),
    "4000000000009987": ("card_declined", "lost_card"),
    "4000000000009979": ("card_declined", "stolen_card"),
    "4000000000000069": ("expired_card", None),
    "4000000000000127": ("incorrect_cvc", None),
    "4000000000000119": ("processing_error", None),
}
CHARGE_FAIL = {
    "4000000000000341": ("card_declined", "generic_decline"),
    "4000008260003178": ("card_declined", "insufficient_funds"),
}
SCA_SETUP = {"4000002500003155", "4000002760003184", "4000008260003178", "4000000000003220"}  # authenticate when saved
SCA_ALWAYS = {"4000002760003184"}  # and again at every payment
DISPUTE = {"4000000000000259": "fraudulent", "4000000000002685": "product_not_received"}
REFUND_FAIL = {"4000000000005126"}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002500003155",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_createDispute": "4000000000000259",
}
MSG = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


def brand(n):
    return "amex" if n[:2] in ("34", "37") else "mastercard" if n[0] == "5" or n[0] == "2" else "visa"


def luhn(n):
    d = [int(x) for x in n][::-1]
    return (
        sum(d[0::2]) + sum(sum(divmod(2 * x, 10)) for x in d[1::2])
        and (sum(d[0::2]) + sum(sum(divmod(2 * x, 10)) for x in d[1::2])) % 10 == 0
    )


def new_card(ctx, card, billing=None, metadata=None):
    n = re.sub(r"\s", "", str(card.get("number", "")))
    if "token" in card:
        n = TOKENS.get(card["token"].replace("tok_", "pm_card_"), "4242424242424242")
    if not re.fullmatch(r"\d{13,19}", n) or not luhn(n):
        raise Err(402, "card_error", code="incorrect_number", message="Your card number is incorrect.", param="number")
    y = int(card.get("exp_year", 2030))
    y += 2000 if y < 100 else 0
    m = int(card.get("exp_month", 12))
    if not 1 <= m <= 12:
        raise Err(
            402,
            "card_error",
            code="invalid_expiry_month",
            message="Your card's expiration month is invalid.",
            param="exp_month",
        )
    if (y, m) < time.gmtime(ctx.w.now())[:2]:
        raise Err(
            402,
            "card_error",
            code="invalid_expiry_year",
            message="Your card's expiration year is invalid.",
            param="exp_year",
        )
    b = {
        "address": {k: None for k in ("city", "country", "line1", "line2", "postal_code", "state")},
        "email": None,
        "name": None,
        "phone": None,
        "tax_id": None,
    }
    b.update({k: v for k, v in (billing or {}).items() if v})
    return ctx.new(
        "payment_method",
        "pm_",
        type="card",
        allow_redisplay="unspecified",
        billing_details=b,
        metadata=metadata or {},
        customer=None,
        _n=n,
        _setup=False,
        card={
            "brand": brand(n),
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "GB",
            "display_brand": brand(n),
            "exp_month": m,
            "exp_year": y,
            "fingerprint": hashlib.sha1(n.encode()).hexdigest()[:16],
            "funding": "credit",
            "generated_from": None,
            "last4": n[-4:],
            "networks": {"available": [brand(n)], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
    )


def get_pm(ctx, id, param="payment_method"):
    if id in TOKENS:
        return new_card(ctx, {"number": TOKENS[id]})
    return (
        ctx.w.get("payment_method", id, ctx.acct, param, 400)
        if id in ctx.w.objs
        else (_ for _ in ()).throw(
            Err(400, code="resource_missing", message=f"No such PaymentMethod: '{id}'", param=param)
        )
    )


def declined(code, dc, **extra):
    return Err(
        402,
        "card_error",
        code=code,
        decline_code=dc,
        message=MSG.get(dc or code, MSG.get(code, "Your card was declined.")),
        advice_code="do_not_try_again"
        if dc in ("lost_card", "stolen_card")
        else "try_again_later"
        if dc == "insufficient_funds"
        else None,
        **extra,
    )


def attach(ctx, m, cus):
    if m["customer"] and m["customer"] != cus:
        raise Err(
            400,
            message="The payment method you provided has already been attached to a customer.",
            param="payment_method",
        )
    if not m["customer"]:
        m["customer"] = cus
        ctx.w.put(m)
        ctx.emit("payment_method.attached", m)


@route("POST", "/v1/payment_methods")
def _(ctx, p):
    if p.get("type", "card") != "card":
        raise Err(400, message="stripesim: only type=card")
    return new_card(ctx, p.get("card") or {}, p.get("billing_details"), p.get("metadata"))


@route("GET", "/v1/payment_methods/{payment_method}")
def _(ctx, p, id):
    return ctx.w.get("payment_method", id, ctx.acct)


@route("POST", "/v1/payment_methods/{payment_method}/attach")
def _(ctx, p, id):
    m = get_pm(ctx, id)
    ctx.w.get("customer", p["customer"], ctx.acct, "customer", 400)
    if m["_n"] in DECLINE:
        raise declined("card_declined", "generic_decline")
    attach(ctx, m, p["customer"])
    return m


@route("POST", "/v1/payment_methods/{payment_method}/detach")
def _(ctx, p, id):
    m = ctx.w.get("payment_method", id, ctx.acct)
    if not m["customer"]:
        raise Err(
            400, message="The payment method you provided is not attached to a customer so detachment is impossible."
        )
    m["customer"] = None
    m["_dead"] = True
    ctx.w.put(m)
    ctx.emit("payment_method.detached", m)
    return m


@route("GET", "/v1/payment_methods")
def _(ctx, p):
    return listing(ctx, "payment_method", p, "/v1/payment_methods", customer=p.get("customer"), type=p.get("type"))


@route("GET", "/v1/customers/{customer}/payment_methods")
def _(ctx, p, id):
    ctx.w.get("customer", id, ctx.acct)
    return listing(ctx, "payment_method", p, f"/v1/customers/{id}/payment_methods", customer=id)


# ------------------------------------------------------------------ SetupIntents
def three_ds(ctx, intent, return_url):
    url = f"{ctx.sim_url()}/3ds/{intent['id']}?key={ctx.w.ns}"
    intent["_session"] = None  # the Checkout page names itself here after this call
    if return_url:
        intent["_return_url"] = return_url
        return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}


def si_succeed(ctx, s, m):
    s.update(status="succeeded", payment_method=m["id"], next_action=None, last_setup_error=None)
    m["_setup"] = s["usage"] == "off_session"
    if s.get("customer"):
        attach(ctx, m, s["customer"])
    ctx.w.put(s)
    ctx.w.put(m)
    ctx.emit("setup_intent.succeeded", s)


def si_fail(ctx, s, m, code, dc):
    e = declined(code, dc, payment_method=shape(m))
    s.update(status="requires_payment_method", payment_method=None, next_action=None, last_setup_error=dict(e.body))
    ctx.w.put(s)
    ctx.emit("setup_intent.setup_failed", s)
    e.body["setup_intent"] = shape(s)
    raise e


def si_confirm(ctx, s, m, return_url=None):
    if s["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise Err(
            400,
            code="setup_intent_unexpected_state",
            message=f"You cannot confirm this SetupIntent because it has already {s['status']}.",
            setup_intent=shape(s),
        )
    s["latest_attempt"] = rid("setatt_")
    if m["_n"] in DECLINE:
        si_fail(ctx, s, m, *DECLINE[m["_n"]])
    if m["_n"] in SCA_SETUP:
        s.update(status="requires_action", payment_method=m["id"])
        s["next_action"] = three_ds(ctx, s, return_url)
        ctx.w.put(s)
        ctx.emit("setup_intent.requires_action", s)
    else:
        si_succeed(ctx, s, m)
    return s


def si_new(ctx, p):
    if p.get("customer"):
        ctx.w.get("customer", p["customer"], ctx.acct, "customer", 400)
    s = ctx.new(
        "setup_intent",
        "seti_",
        customer=p.get("customer"),
        usage=p.get("usage") or "off_session",
        payment_method_types=p.get("allowed_payment_method_types") or ["card"],
        allowed_payment_method_types=p.get("allowed_payment_method_types"),
        metadata=p.get("metadata") or {},
        description=p.get("description"),
        on_behalf_of=p.get("on_behalf_of"),
        status="requires_payment_method",
        payment_method=None,
        automatic_payment_methods=p.get("automatic_payment_methods"),
        payment_method_options={
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
        },
    )
    s["client_secret"] = f"{s['id']}_secret_{rid('', 24)}"
    ctx.emit("setup_intent.created", s)
    return s


@route("POST", "/v1/setup_intents")
def _(ctx, p):
    s = si_new(ctx, p)
    if p.get("payment_method"):
        s.update(payment_method=p["payment_method"], status="requires_confirmation")
    if p.get("confirm"):
        si_confirm(ctx, s, get_pm(ctx, p["payment_method"]), p.get("return_url"))
    return s


@route("GET", "/v1/setup_intents/{intent}")
def _(ctx, p, id):
    return ctx.w.get("setup_intent", id, ctx.acct)


@route("POST", "/v1/setup_intents/{intent}")
def _(ctx, p, id):
    return ctx.w.put(patch(ctx.w.get("setup_intent", id, ctx.acct), p, "description", "customer"))


@route("POST", "/v1/setup_intents/{intent}/confirm")
def _(ctx, p, id):
    s = ctx.w.get("setup_intent", id, ctx.acct)
    m = p.get("payment_method") or s.get("payment_method")
    if not m:
        raise Err(
            400,
            code="parameter_missing",
            message="You cannot confirm this SetupIntent because it's missing a payment method.",
        )
    return si_confirm(ctx, s, get_pm(ctx, m), p.get("return_url"))


@route("POST", "/v1/setup_intents/{intent}/cancel")
def _(ctx, p, id):
    s = ctx.w.get("setup_intent", id, ctx.acct)
    if s["status"] in ("succeeded", "canceled"):
        raise Err(
            400,
            code="setup_intent_unexpected_state",
            message=f"You cannot cancel this SetupIntent because it has a status of {s['status']}.",
        )
    s.update(status="canceled", cancellation_reason=p.get("cancellation_reason"), next_action=None)
    ctx.w.put(s)
    ctx.emit("setup_intent.canceled", s)
    return s


@route("GET", "/v1/setup_intents")
def _(ctx, p):
    return listing(
        ctx, "setup_intent", p, "/v1/setup_intents", customer=p.get("customer"), payment_method=p.get("payment_method")
    )


# ------------------------------------------------------------------ PaymentIntents and charges
def new_charge(ctx, pi, m, ok, code=None, dc=None):
    return ctx.new(
        "charge",
        "ch_",
        amount=pi["amount"],
        amount_captured=pi["amount"] if ok else 0,
        amount_refunded=0,
        billing_details=m["billing_details"],
        captured=ok,
        currency=pi["currency"],
        customer=pi["customer"],
        description=pi["description"],
        disputed=False,
        metadata=dict(pi["metadata"]),
        paid=ok,
        refunded=False,
        status="succeeded" if ok else "failed",
        payment_intent=pi["id"],
        payment_method=m["id"],
        payment_method_details={
            "type": "card",
            "card": {**m["card"], "amount_authorized": pi["amount"], "three_d_secure": None},
        },
        failure_code=code,
        failure_message=None if ok else MSG.get(dc or code, "Your card was declined."),
        outcome={
            "network_status": "approved_by_network" if ok else "declined_by_network",
            "reason": dc,
            "risk_level": "normal",
            "risk_score": 20,
            "seller_message": "Payment complete."
            if ok
            else "The bank did not return any further details with this decline.",
            "type": "authorized" if ok else "issuer_declined",
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
        },
        transfer_group=pi.get("transfer_group"),
        on_behalf_of=pi.get("on_behalf_of"),
        receipt_email=pi.get("receipt_email"),
        statement_descriptor_suffix=pi.get("statement_descriptor_suffix"),
        calculated_statement_descriptor="CASEFUND",
        fraud_details={},
        receipt_url=f"{ctx.sim_url()}/receipt",
        _transferred=0,
    )


def pi_fail(ctx, pi, m, code, dc, charge=True):
    ch = new_charge(ctx, pi, m, False, code, dc) if charge else None
    e = declined(code, dc, charge=ch and ch["id"], payment_method=shape(m))
    pi.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=dict(e.body),
        latest_charge=ch["id"] if ch else pi.get("latest_charge"),
    )
    ctx.w.put(pi)
    if ch:
        ctx.emit("charge.failed", ch)
    ctx.emit("payment_intent.payment_failed", pi)
    e.body["payment_intent"] = shape(pi)
    raise e


def pi_succeed(ctx, pi, m):
    a, d, c = ctx.w.cfg["fee"]
    fee = (pi["amount"] * a + d // 2) // d + c
    ch = new_charge(ctx, pi, m, True)
    b = bt(ctx, "charge", pi["amount"], ch["id"], fee=fee, settle=ctx.w.cfg["settle_days"], desc=pi["description"])
    ch["balance_transaction"] = b["id"]
    pi.update(
        status="succeeded",
        amount_received=pi["amount"],
        latest_charge=ch["id"],
        payment_method=m["id"],
        next_action=None,
        last_payment_error=None,
    )
    ctx.w.put(pi)
    ctx.w.put(ch)
    if pi.get("setup_future_usage") and pi["customer"]:
        m["_setup"] = True
        attach(ctx, m, pi["customer"])
    ctx.emit("charge.succeeded", ch)
    ctx.emit("payment_intent.succeeded", pi)
    if m["_n"] in DISPUTE:
        open_dispute(ctx, ch, DISPUTE[m["_n"]])


def pi_confirm(ctx, pi, m, off=False, return_url=None, error_on_action=False):
    if pi["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise Err(
            400,
            code="payment_intent_unexpected_state",
            message=f"This PaymentIntent's status is {pi['status']}, which cannot be confirmed.",
            payment_intent=shape(pi),
        )
    if m["customer"] and m["customer"] != pi["customer"]:
        raise Err(
            400,
            message=f"The provided PaymentMethod ({m['id']}) belongs to a different Customer.",
            param="payment_method",
            payment_intent=shape(pi),
        )
    if m.get("_dead"):
        raise Err(
            400,
            message="This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.",
            payment_intent=shape(pi),
        )
    n = m["_n"]
    sca = n in SCA_ALWAYS or (n in SCA_SETUP and not (off and m["_setup"])) or (n == "4000003800000446" and not off)
    if n == "4000008260003178" and off and m["_setup"]:
        sca = False
    if sca and off:
        pi_fail(ctx, pi, m, "authentication_required", "authentication_required", charge=False)
    if sca:
        if error_on_action:
            pi_fail(ctx, pi, m, "authentication_required", "authentication_required", charge=False)
        pi.update(status="requires_action", payment_method=m["id"])
        pi["next_action"] = three_ds(ctx, pi, return_url)
        ctx.w.put(pi)
        ctx.emit("payment_intent.requires_action", pi)
        return pi
    if n in DECLINE or n in CHARGE_FAIL:
        pi_fail(ctx, pi, m, *(DECLINE.get(n) or CHARGE_FAIL[n]))
    pi_succeed(ctx, pi, m)
    return pi


def pi_new(ctx, p):
    if p["amount"] < 30:
        raise Err(400, code="amount_too_small", message="Amount must be at least £0.30 gbp", param="amount")
    if p.get("customer"):
        ctx.w.get("customer", p["customer"], ctx.acct, "customer", 400)
    if p.get("off_session") and not p.get("confirm"):
        raise Err(
            400,
            code="parameter_missing",
            message="off_session is only allowed when confirm is true.",
            param="off_session",
        )
    for k in ("transfer_data", "application_fee_amount"):
        if k in p:
            raise Err(
                400,
                message=f"stripesim: destination charges are not simulated ({k}); use separate charges and transfers",
            )
    pi = ctx.new(
        "payment_intent",
        "pi_",
        amount=p["amount"],
        amount_capturable=0,
        amount_received=0,
        currency=p["currency"].lower(),
        customer=p.get("customer"),
        description=p.get("description"),
        metadata=p.get("metadata") or {},
        payment_method=None,
        payment_method_types=p.get("allowed_payment_method_types") or ["card"],
        allowed_payment_method_types=p.get("allowed_payment_method_types"),
        capture_method="automatic_async",
        confirmation_method="automatic",
        status="requires_payment_method",
        transfer_group=p.get("transfer_group"),
        on_behalf_of=p.get("on_behalf_of"),
        receipt_email=p.get("receipt_email"),
        statement_descriptor_suffix=p.get("statement_descriptor_suffix"),
        setup_future_usage=p.get("setup_future_usage"),
        automatic_payment_methods=p.get("automatic_payment_methods"),
        amount_details={"tip": {}},
        payment_method_options={
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
    )
    pi["client_secret"] = f"{pi['id']}_secret_{rid('', 24)}"
    ctx.emit("payment_intent.created", pi)
    return pi


@route("POST", "/v1/payment_intents")
def _(ctx, p):
    m = get_pm(ctx, p["payment_method"]) if p.get("payment_method") else None
    pi = pi_new(ctx, p)
    if m:
        pi.update(payment_method=m["id"], status="requires_confirmation")
    if p.get("confirm"):
        if not m:
            raise Err(
                400,
                code="parameter_missing",
                message="You cannot confirm this PaymentIntent because it's missing a payment method.",
            )
        pi_confirm(
            ctx,
            pi,
            m,
            p.get("off_session") not in (None, False, "false"),
            p.get("return_url"),
            p.get("error_on_requires_action"),
        )
    return pi


@route("GET", "/v1/payment_intents/{intent}")
def _(ctx, p, id):
    return ctx.w.get("payment_intent", id, ctx.acct)


@route("POST", "/v1/payment_intents/{intent}")
def _(ctx, p, id):
    return ctx.w.put(
        patch(ctx.w.get("payment_intent", id, ctx.acct), p, "description", "receipt_email", "transfer_group")
    )


@route("POST", "/v1/payment_intents/{intent}/confirm")
def _(ctx, p, id):
    pi = ctx.w.get("payment_intent", id, ctx.acct)
    m = p.get("payment_method") or pi.get("payment_method")
    if not m:
        raise Err(
            400,
            code="parameter_missing",
            message="You cannot confirm this PaymentIntent because it's missing a payment method.",
            payment_intent=shape(pi),
        )
    return pi_confirm(
        ctx,
        pi,
        get_pm(ctx, m),
        p.get("off_session") not in (None, False, "false"),
        p.get("return_url"),
        p.get("error_on_requires_action"),
    )


@route("POST", "/v1/payment_intents/{intent}/cancel")
def _(ctx, p, id):
    pi = ctx.w.get("payment_intent", id, ctx.acct)
    if pi["status"] in ("succeeded", "canceled", "processing"):
        raise Err(
            400,
            code="payment_intent_unexpected_state",
            message=f"You cannot cancel this PaymentIntent because it has a status of {pi['status']}.",
            payment_intent=shape(pi),
        )
    pi.update(
        status="canceled", canceled_at=ctx.w.now(), cancellation_reason=p.get("cancellation_reason"), next_action=None
    )
    ctx.w.put(pi)
    ctx.emit("payment_intent.canceled", pi)
    return pi


@route("GET", "/v1/payment_intents")
def _(ctx, p):
    return listing(ctx, "payment_intent", p, "/v1/payment_intents", customer=p.get("customer"))


@route("GET", "/v1/charges/{charge}")
def _(ctx, p, id):
    return ctx.w.get("charge", id, ctx.acct)


@route("GET", "/v1/charges")
def _(ctx, p):
    return listing(
        ctx,
        "charge",
        p,
        "/v1/charges",
        customer=p.get("customer"),
        payment_intent=p.get("payment_intent"),
        transfer_group=p.get("transfer_group"),
    )


# ------------------------------------------------------------------ refunds and disputes
@route("POST", "/v1/refunds")
def _(ctx, p):
    w = ctx.w
    ch = w.get("charge", p["charge"], ctx.acct, "charge") if p.get("charge") else None
    if p.get("payment_intent"):
        pi = w.get("payment_intent", p["payment_intent"], ctx.acct, "payment_intent")
        if pi["status"] != "succeeded":
            raise Err(400, message=f"This PaymentIntent ({pi['id']}) does not have a successful charge to refund.")
        ch = w.objs[pi["latest_charge"]]
    if not ch:
        raise Err(
            400,
            code="parameter_missing",
            message="One of the following params should be provided for this request: payment_intent or charge.",
        )
    left = ch["amount"] - ch["amount_refunded"]
    amt = p.get("amount", left)
    if ch["disputed"] and not ch.get("_refundable"):
        raise Err(
            400, code="charge_disputed", message=f"Charge {ch['id']} has been charged back; cannot issue a refund."
        )
    if left == 0:
        raise Err(400, code="charge_already_refunded", message=f"Charge {ch['id']} has already been refunded.")
    if amt > left:
        raise Err(
            400,
            message=f"Refund amount ({words(amt)}) is greater than unrefunded amount on charge ({words(left)})",
            param="amount",
        )
    if amt <= 0:
        raise Err(
            400,
            code="parameter_invalid_integer",
            message="This value must be greater than or equal to 1.",
            param="amount",
        )
    av, pe = balances(w, ctx.acct)
    fail = w.objs[ch["payment_method"]]["_n"] in REFUND_FAIL
    r = ctx.new(
        "refund",
        "re_",
        amount=amt,
        currency=ch["currency"],
        charge=ch["id"],
        payment_intent=ch["payment_intent"],
        reason=p.get("reason"),
        metadata=p.get("metadata") or {},
        status="pending" if av + pe < amt else "succeeded",
        destination_details={
            "type": "card",
            "card": {"type": "refund", "reference_status": "pending", "reference_type": "acquirer_reference_number"},
        },
    )
    b = bt(ctx, "refund", -amt, r["id"], desc="REFUND FOR CHARGE")
    r["balance_transaction"] = b["id"]
    ch["amount_refunded"] += amt
    ch["refunded"] = ch["amount_refunded"] == ch["amount"]
    w.put(ch)
    w.put(r)
    ctx.emit("refund.created", r)
    ctx.emit("charge.refunded", ch)
    if fail:
        refund_fails(ctx, r)
    return r


def refund_fails(ctx, r, reason="lost_or_stolen_card"):
    ch = ctx.w.objs[r["charge"]]
    r.update(status="failed", failure_reason=reason)
    ch["amount_refunded"] -= r["amount"]
    ch["refunded"] = False
    r["failure_balance_transaction"] = bt(ctx, "refund_failure", r["amount"], r["id"])["id"]
    ctx.w.put(r)
    ctx.w.put(ch)
    ctx.emit("refund.failed", r)


@route("GET", "/v1/refunds/{refund}")
def _(ctx, p, id):
    return ctx.w.get("refund", id, ctx.acct)


@route("GET", "/v1/refunds")
def _(ctx, p):
    return listing(ctx, "refund", p, "/v1/refunds", payment_intent=p.get("payment_intent"), charge=p.get("charge"))


def open_dispute(ctx, ch, reason="fraudulent"):
    fee = ctx.w.cfg["dispute_fee"]
    ch["disputed"] = True
    d = ctx.new(
        "dispute",
        "du_",
        amount=ch["amount"] - ch["amount_refunded"],
        currency=ch["currency"],
        charge=ch["id"],
        payment_intent=ch["payment_intent"],
        reason=reason,
        status="needs_response",
        is_charge_refundable=False,
        metadata={},
        enhanced_eligibility_types=[],
        evidence={"enhanced_evidence": {}},
        evidence_details={
            "due_by": ctx.w.now() + 7 * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
    )
    b = bt(ctx, "adjustment", -d["amount"], d["id"], "dispute", fee=fee)
    d["balance_transactions"] = [shape(b)]
    ctx.w.put(d)
    ctx.w.put(ch)
    ctx.emit("charge.dispute.created", d)
    ctx.emit("charge.dispute.funds_withdrawn", d)
    return d


def close_dispute(ctx, d, status):
    if d["status"] in ("won", "lost"):
        raise Err(400, message="This dispute is already closed.")
    d["status"] = status
    if status == "won":
        b = bt(ctx, "adjustment", d["amount"], d["id"], "dispute_reversal")
        d["balance_transactions"].append(shape(b))
        ctx.emit("charge.dispute.funds_reinstated", d)
        ch = ctx.w.objs[d["charge"]]
        ch["_refundable"] = True
        ctx.w.put(ch)
    ctx.w.put(d)
    ctx.emit("charge.dispute.closed", d)


@route("GET", "/v1/disputes/{dispute}")
def _(ctx, p, id):
    return ctx.w.get("dispute", id, ctx.acct)


@route("GET", "/v1/disputes")
def _(ctx, p):
    return listing(ctx, "dispute", p, "/v1/disputes", charge=p.get("charge"), payment_intent=p.get("payment_intent"))


@route("POST", "/v1/disputes/{dispute}")
def _(ctx, p, id):
    d = patch(ctx.w.get("dispute", id, ctx.acct), p)
    d["evidence"].update(p.get("evidence") or {})
    d["evidence_details"]["has_evidence"] = len(d["evidence"]) > 1
    if p.get("submit", True):
        d["evidence_details"]["submission_count"] += 1
        d["status"] = "under_review"
    ctx.w.put(d)
    ctx.emit("charge.dispute.updated", d)
    u = (p.get("evidence") or {}).get("uncategorized_text")  # Stripe's documented test values
    if u in ("winning_evidence", "losing_evidence"):
        close_dispute(ctx, d, "won" if u[0] == "w" else "lost")
    return d


@route("POST", "/v1/disputes/{dispute}/close")
def _(ctx, p, id):
    d = ctx.w.get("dispute", id, ctx.acct)
    close_dispute(ctx, d, "lost")
    return d


# ------------------------------------------------------------------ balance, payouts, events, endpoints
@route("GET", "/v1/balance")
def _(ctx, p):
    av, pe = balances(ctx.w, ctx.acct)

    def f(n):
        return [{"amount": n, "currency": "gbp", "source_types": {"card": n}}]

    return {
        "object": "balance",
        "livemode": False,
        "available": f(av),
        "pending": f(pe),
        **({} if ctx.acct else {"connect_reserved": f(0)}),
    }


@route("GET", "/v1/balance_transactions/{id}")
def _(ctx, p, id):
    balances(ctx.w, ctx.acct)
    return ctx.w.get("balance_transaction", id, ctx.acct)


@route("GET", "/v1/balance_transactions")
def _(ctx, p):
    balances(ctx.w, ctx.acct)
    if p.get("payout"):
        ctx.w.get("payout", p["payout"], ctx.acct, "payout", 400)
    return listing(
        ctx,
        "balance_transaction",
        p,
        "/v1/balance_transactions",
        _payout=p.get("payout"),
        source=p.get("source"),
        type=p.get("type"),
    )


def make_payout(ctx, amount, acct, automatic, p=None):
    p = p or {}
    o = ctx.new(
        "payout",
        "po_",
        acct=acct,
        amount=amount,
        currency="gbp",
        arrival_date=ctx.w.now() + 86400,
        automatic=automatic,
        description=p.get("description") or "STRIPE PAYOUT",
        destination=rid("ba_"),
        metadata=p.get("metadata") or {},
        method="standard",
        reconciliation_status="completed" if automatic else "not_applicable",
        source_type="card",
        statement_descriptor=p.get("statement_descriptor"),
        status="in_transit",
        type="bank_account",
    )
    if automatic:
        for b in ctx.w.all("balance_transaction", acct):
            if b["available_on"] <= ctx.w.now() and not b.get("_payout"):
                b["_payout"] = o["id"]
                ctx.w.put(b)
    b = bt(ctx, "payout", -amount, o["id"], acct=acct, desc="STRIPE PAYOUT")
    b["_payout"] = o["id"]
    o["balance_transaction"] = b["id"]
    ctx.w.put(o)
    ctx.emit("payout.created", o)
    return o


@route("POST", "/v1/payouts")
def _(ctx, p):
    av, _ = balances(ctx.w, ctx.acct)
    if p["amount"] > av:
        raise Err(
            400,
            code="balance_insufficient",
            message="You have insufficient funds in your Stripe account for this payout.",
        )
    return make_payout(ctx, p["amount"], ctx.acct, False, p)


@route("GET", "/v1/payouts/{payout}")
def _(ctx, p, id):
    return ctx.w.get("payout", id, ctx.acct)


@route("GET", "/v1/payouts")
def _(ctx, p):
    return listing(ctx, "payout", p, "/v1/payouts", status=p.get("status"))


@route("GET", "/v1/events/{id}")
def _(ctx, p, id):
    return ctx.w.get("event", id, ctx.acct)


@route("GET", "/v1/events")
def _(ctx, p):
    rows = ctx.w.all("event", ctx.acct)
    if p.get("types"):
        rows = [e for e in rows if e["type"] in p["types"]]
    return listing(ctx, "event", p, "/v1/events", rows, type=p.get("type"))


@route("POST", "/v1/webhook_endpoints")
def _(ctx, p):
    o = new_endpoint(ctx, p["url"], p["enabled_events"], p.get("connect", False), "whsec_" + secrets.token_hex(16))
    patch(o, p, "api_version", "description")
    return {**shape(o), "secret": o["_secret"]}


def drop_endpoint(w, ep):
    ep.update(object="deleted_webhook_endpoint", status="disabled")
    w.put(ep)


def new_endpoint(ctx, url, events, connect, secret):
    if not LOOPBACK.match(url):
        raise Err(400, code="url_invalid", message="stripesim delivers to loopback only", param="url")
    return ctx.new(
        "webhook_endpoint",
        "we_",
        url=url,
        enabled_events=events,
        status="enabled",
        metadata={},
        api_version=None,
        description=None,
        _connect=connect,
        _secret=secret,
    )


@route("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def _(ctx, p, id):
    drop_endpoint(ctx.w, ctx.w.get("webhook_endpoint", id))
    return {"id": id, "object": "webhook_endpoint", "deleted": True}


@route("GET", "/v1/webhook_endpoints")
def _(ctx, p):
    return listing(ctx, "webhook_endpoint", p, "/v1/webhook_endpoints")


# ------------------------------------------------------------------ Connect
@route("POST", "/v1/accounts")
def _(ctx, p):
    c = p.get("controller") or {}
    cap = {k: "inactive" for k in (p.get("capabilities") or {})}
    o = ctx.new(
        "account",
        "acct_",
        16,
        acct=None,
        country=p.get("country") or "GB",
        default_currency="gbp",
        email=p.get("email"),
        business_type=p.get("business_type"),
        business_profile=p.get("business_profile"),
        metadata=p.get("metadata") or {},
        capabilities=cap,
        charges_enabled=False,
        payouts_enabled=False,
        details_submitted=False,
        type="none",
        controller={
            "type": "application",
            "is_controller": True,
            "fees": c.get("fees") or {"payer": "application"},
            "losses": c.get("losses") or {"payments": "application"},
            "requirement_collection": c.get("requirement_collection") or "stripe",
            "stripe_dashboard": c.get("stripe_dashboard") or {"type": "express"},
        },
        requirements={
            "currently_due": ["external_account", "tos_acceptance.date"],
            "eventually_due": [],
            "past_due": [],
            "pending_verification": [],
            "disabled_reason": "requirements.past_due",
            "errors": [],
            "alternatives": [],
            "current_deadline": None,
        },
        settings={
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
            "card_payments": {
                "statement_descriptor_prefix": None,
                "statement_descriptor_prefix_kana": None,
                "statement_descriptor_prefix_kanji": None,
            },
            "dashboard": {"display_name": None, "timezone": "Europe/London"},
            "payments": {
                "statement_descriptor": None,
                "statement_descriptor_kana": None,
                "statement_descriptor_kanji": None,
            },
            "payouts": {
                "debit_negative_balances": True,
                "schedule": {"delay_days": 3, "interval": "daily"},
                "statement_descriptor": None,
            },
        },
    )
    return o


@route("GET", "/v1/accounts/{account}")
def _(ctx, p, id):
    return ctx.w.get("account", id)


@route("POST", "/v1/accounts/{account}")
def _(ctx, p, id):
    o = patch(ctx.w.get("account", id), p, "email", "business_profile")
    o["settings"]["payouts"]["schedule"].update(((p.get("settings") or {}).get("payouts") or {}).get("schedule") or {})
    ctx.w.put(o)
    ctx.emit("account.updated", o, acct=id)
    return o


@route("GET", "/v1/accounts")
def _(ctx, p):
    return listing(ctx, "account", p, "/v1/accounts", ctx.w.all("account"))


@route("POST", "/v1/account_links")
def _(ctx, p):
    a = ctx.w.get("account", p["account"], None, "account", 400)
    a["_links"] = {"return": p.get("return_url"), "refresh": p.get("refresh_url")}
    ctx.w.put(a)
    return {
        "object": "account_link",
        "created": ctx.w.now(),
        "expires_at": ctx.w.now() + 300,
        "url": f"{ctx.sim_url()}/setup/{a['id']}?key={ctx.w.ns}",
    }


def onboard(ctx, a):
    a.update(
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
        capabilities={k: "active" for k in a["capabilities"]},
    )
    a["requirements"].update(currently_due=[], disabled_reason=None)
    ctx.w.put(a)
    ctx.emit("account.updated", a, acct=a["id"])


@route("POST", "/v1/transfers")
def _(ctx, p):
    w = ctx.w
    a = w.objs.get(p["destination"])
    amt = p.get("amount")
    if not a or a["object"] != "account":
        raise Err(
            400, code="resource_missing", message=f"No such destination: '{p['destination']}'", param="destination"
        )
    if a["capabilities"].get("transfers") != "active":
        raise Err(
            400,
            code="insufficient_capabilities_for_transfer",
            message="Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments",
        )
    settle = 0
    group = p.get("transfer_group")
    if p.get("source_transaction"):
        ch = w.get("charge", p["source_transaction"], None, "source_transaction", 400)
        amt = amt or ch["amount"]
        if ch["_transferred"] + amt > ch["amount"]:
            raise Err(
                400,
                code="transfer_source_balance_parameters_mismatch",
                message=f"Transfers using this transaction as a source must not exceed the source amount of {words(ch['amount'])}.",
                param="amount",
            )
        if group and ch.get("transfer_group") and group != ch["transfer_group"]:
            raise Err(400, message="transfer_group does not match the source_transaction's.", param="transfer_group")
        group = group or ch.get("transfer_group") or "group_" + ch["payment_intent"]
        ch["_transferred"] += amt
        w.put(ch)
        settle = max(0, -(-(w.objs[ch["balance_transaction"]]["available_on"] - w.now()) // 86400))
    elif amt > balances(w, None)[0]:
        raise Err(
            400, code="balance_insufficient", message="You have insufficient available funds in your Stripe account."
        )
    t = ctx.new(
        "transfer",
        "tr_",
        acct=None,
        amount=amt,
        amount_reversed=0,
        currency=p["currency"],
        description=p.get("description"),
        destination=a["id"],
        metadata=p.get("metadata") or {},
        reversed=False,
        source_transaction=p.get("source_transaction"),
        source_type="card",
        transfer_group=group,
    )
    t["destination_payment"] = rid("py_")
    t["reversals"] = {
        "object": "list",
        "data": [],
        "has_more": False,
        "url": f"/v1/transfers/{t['id']}/reversals",
        "total_count": 0,
    }
    t["balance_transaction"] = bt(ctx, "transfer", -amt, t["id"], settle=settle, acct=None)["id"]
    bt(ctx, "payment", amt, t["destination_payment"], settle=settle, acct=a["id"])
    w.put(t)
    ctx.emit("transfer.created", t)
    return t


@route("GET", "/v1/transfers/{transfer}")
def _(ctx, p, id):
    return ctx.w.get("transfer", id)


@route("GET", "/v1/transfers")
def _(ctx, p):
    return listing(
        ctx, "transfer", p, "/v1/transfers", destination=p.get("destination"), transfer_group=p.get("transfer_group")
    )


@route("POST", "/v1/transfers/{id}/reversals")
def _(ctx, p, id):
    t = ctx.w.get("transfer", id)
    left = t["amount"] - t["amount_reversed"]
    amt = p.get("amount", left)
    if amt > left:
        raise Err(
            400,
            message=f"Reversal amount ({words(amt)}) is greater than unreversed amount on transfer ({words(left)})",
            param="amount",
        )
    if amt > sum(balances(ctx.w, t["destination"])):
        raise Err(
            400, code="balance_insufficient", message="The connected account has insufficient funds for this reversal."
        )
    r = ctx.new(
        "transfer_reversal",
        "trr_",
        acct=None,
        amount=amt,
        currency="gbp",
        transfer=id,
        metadata=p.get("metadata") or {},
        destination_payment_refund=rid("pyr_"),
    )
    r["balance_transaction"] = bt(ctx, "transfer_refund", amt, r["id"], "transfer_reversal", acct=None)["id"]
    bt(ctx, "payment_refund", -amt, r["destination_payment_refund"], acct=t["destination"])
    t["amount_reversed"] += amt
    t["reversed"] = t["amount_reversed"] == t["amount"]
    t["reversals"]["data"].insert(0, shape(r))
    t["reversals"]["total_count"] += 1
    if t.get("source_transaction"):
        ctx.w.objs[t["source_transaction"]]["_transferred"] -= 0
    ctx.w.put(t)
    ctx.emit("transfer.reversed", t)
    return r


# ------------------------------------------------------------------ Checkout Sessions (hosted page below)
@route("POST", "/v1/checkout/sessions")
def _(ctx, p):
    mode = p.get("mode")
    if not mode:
        raise Err(400, code="parameter_missing", message="Missing required param: mode.", param="mode")
    if not p.get("success_url"):
        raise Err(400, code="parameter_missing", message="You must provide success_url.", param="success_url")
    if p.get("customer"):
        ctx.w.get("customer", p["customer"], ctx.acct, "customer", 400)
    exp = p.get("expires_at") or ctx.w.now() + 86400
    if not 1790 <= exp - ctx.w.now() <= 86410:
        raise Err(
            400,
            message="The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    total = si = None
    currency = p.get("currency")
    if mode == "payment":
        if not p.get("line_items"):
            raise Err(400, code="parameter_missing", message="You must specify line_items.", param="line_items")
        prices = [i.get("price_data") or {} for i in p["line_items"]]
        if any("unit_amount" not in price for price in prices):
            raise Err(400, message="stripesim: every line item needs price_data with unit_amount", param="line_items")
        total = sum(
            price["unit_amount"] * i.get("quantity", 1) for price, i in zip(prices, p["line_items"], strict=True)
        )
        currency = prices[0]["currency"].lower()
    elif mode == "setup":
        if not (p.get("currency") or p.get("allowed_payment_method_types")):
            raise Err(
                400,
                code="parameter_missing",
                message="You must provide currency or allowed_payment_method_types in setup mode.",
                param="currency",
            )
        si = si_new(ctx, {**(p.get("setup_intent_data") or {}), "customer": p.get("customer"), "usage": "off_session"})
    else:
        raise Err(400, message="stripesim: mode payment or setup")
    cs = ctx.new(
        "checkout.session",
        "cs_test_",
        58,
        mode=mode,
        status="open",
        payment_status="no_payment_required" if mode == "setup" else "unpaid",
        success_url=p["success_url"],
        cancel_url=p.get("cancel_url"),
        customer=p.get("customer"),
        client_reference_id=p.get("client_reference_id"),
        customer_email=p.get("customer_email"),
        metadata=p.get("metadata") or {},
        amount_total=total,
        amount_subtotal=total,
        currency=currency,
        expires_at=exp,
        setup_intent=si and si["id"],
        payment_intent=None,
        payment_method_types=p.get("allowed_payment_method_types") or ["card"],
        allowed_payment_method_types=p.get("allowed_payment_method_types"),
        custom_text={
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
            **(p.get("custom_text") or {}),
        },
        custom_fields=[],
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        shipping_options=[],
        ui_mode="hosted_page",
        locale=p.get("locale"),
        submit_type=p.get("submit_type"),
        _pid=p.get("payment_intent_data") or {},
        _items=p.get("line_items"),
    )
    cs["url"] = f"{ctx.sim_url()}/c/pay/{cs['id']}?key={ctx.w.ns}"
    return ctx.w.put(cs)


def cs_fresh(ctx, cs):
    if cs["status"] == "open" and cs["expires_at"] <= ctx.w.now():
        cs_expire(ctx, cs)
    return cs


def cs_expire(ctx, cs):
    """Close the page and its intent with it, so that a bank's page still open elsewhere cannot finish it later."""
    for kind, why in (("setup_intent", "abandoned"), ("payment_intent", "expired")):
        o = ctx.w.objs.get(cs[kind])
        if o and o["status"] not in ("succeeded", "canceled"):
            o.update(status="canceled", cancellation_reason=why, next_action=None)
            if kind == "payment_intent":
                o["canceled_at"] = ctx.w.now()
            ctx.w.put(o)
            ctx.emit(f"{kind}.canceled", o)
    cs.update(status="expired", url=None)
    ctx.w.put(cs)
    ctx.emit("checkout.session.expired", cs)


@route("GET", "/v1/checkout/sessions/{session}")
def _(ctx, p, id):
    return cs_fresh(ctx, ctx.w.get("checkout.session", id, ctx.acct))


@route("GET", "/v1/checkout/sessions")
def _(ctx, p):
    for cs in ctx.w.all("checkout.session", ctx.acct):
        cs_fresh(ctx, cs)
    return listing(
        ctx,
        "checkout.session",
        p,
        "/v1/checkout/sessions",
        customer=p.get("customer"),
        status=p.get("status"),
        payment_intent=p.get("payment_intent"),
    )


@route("POST", "/v1/checkout/sessions/{session}/expire")
def _(ctx, p, id):
    cs = cs_fresh(ctx, ctx.w.get("checkout.session", id, ctx.acct))
    if cs["status"] != "open":
        raise Err(
            400,
            message=f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `{cs["status"]}`.',
        )
    cs_expire(ctx, cs)
    return cs


def cs_complete(ctx, cs, m, pi=None):
    b = m["billing_details"]
    cs.update(
        status="complete",
        url=None,
        customer_details={
            "email": b.get("email") or cs.get("customer_email"),
            "name": b.get("name"),
            "phone": None,
            "address": b["address"],
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    if pi:
        cs.update(payment_status="paid", payment_intent=pi["id"])
    ctx.w.put(cs)
    ctx.emit("checkout.session.completed", cs)
    return cs_success(cs)


def cs_success(cs):
    return cs["success_url"].replace("{CHECKOUT_SESSION_ID}", cs["id"])


# ------------------------------------------------------------------ hosted pages (English only, as Stripe's are in Persian)
PAGE = """<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s - Stripe test double</title>
<style>
:root { color-scheme: light dark; --line: light-dark(#687385, #8b95a5); --page: light-dark(#f6f8fa, #14171c);
  --sheet: light-dark(#fff, #1d2129); --ink: light-dark(#1a1f36, #eceff4); --go: #0a58ca; --bad: light-dark(#b00020, #ff8f9c) }
* { box-sizing: border-box }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: var(--page); color: var(--ink) }
header { background: #fff4ce; color: #3d3000; padding: .5rem 1rem; text-align: center }
main { max-width: 28rem; margin: 1.5rem auto; padding: 1.5rem; background: var(--sheet); border-radius: .75rem }
h1 { font-size: 1.375rem; margin: 0 0 .75rem }
.sum { font-size: 2rem; font-weight: 600; margin: 0 0 .75rem }
label { display: block; margin: .75rem 0; font-weight: 600 }
input { display: block; width: 100%%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; font-weight: 400;
  color: inherit; background: var(--sheet); border: 1px solid var(--line); border-radius: .375rem }
button { display: block; width: 100%%; min-height: 2.75rem; margin-top: .75rem; padding: .5rem 1rem; font: inherit;
  font-weight: 600; color: #fff; background: var(--go); border: 1px solid var(--go); border-radius: .375rem; cursor: pointer }
button.second { color: var(--ink); background: transparent; border-color: var(--line) }
a { color: inherit }
:focus-visible { outline: 3px solid #e8a200; outline-offset: 2px }
.error { color: var(--bad); font-weight: 600 }
</style>
</head>
<body>
<header>Test double of Stripe. No real cards.</header>
<main>
%s
</main>
</body>
</html>"""


def page(title, body, status=200):
    return Response(
        PAGE % (html.escape(title), body),
        status,
        content_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
        },
    )


def redirect(url):
    return Response("", 303, headers={"Location": url})


def hosted(sim, req):
    """Browser surface: Checkout, 3-D Secure challenge, Express onboarding."""
    w = sim.world(req.args.get("key", ""))
    ctx = Ctx(w, None, "pk", req)
    kind, _, id = req.path.strip("/").rpartition("/")
    with w.lock:
        sim.catch_up(w)
        o = w.objs.get(id) or {"object": None}
        if kind == "c/pay" and o["object"] == "checkout.session":
            answer = checkout_page(ctx, req, cs_fresh(ctx, o))
        elif kind == "3ds" and o["object"] in ("setup_intent", "payment_intent"):
            answer = three_ds_page(ctx, req, o)
        elif kind == "setup" and o["object"] == "account":
            answer = onboarding_page(ctx, req, o)
        else:
            answer = page(
                "Not found",
                "<h1>Something went wrong</h1><p>The page you were looking for could not be found.</p>",
                404,
            )
        sim.flush(w)
    return answer


def typed_expiry(text):
    """Month and year of "12 / 30", "12/2030" or "1230"."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*/?\s*(\d{2}|\d{4})\s*", text)
    if not found:
        raise Err(402, "card_error", code="invalid_expiry_month", message="Your card's expiration date is incomplete.")
    return {"exp_month": found[1], "exp_year": found[2]}


def checkout_page(ctx, req, cs):
    if cs["status"] == "expired":
        return page("Expired", "<h1>This checkout session has expired</h1>", 410)
    if cs["status"] == "complete":
        if req.method == "POST":  # the second click of two
            return redirect(cs_success(cs))
        return page("Done", "<h1>You're all done here</h1>")
    error = ""
    if req.method == "POST":
        try:
            return redirect(checkout_pay(ctx, req.form, cs))
        except Err as x:
            error = x.body["message"]
    elif req.args.get("failed"):
        error = (
            "We are unable to authenticate your payment method. Please choose a different payment method and try again."
        )

    def field(label, name, value, attributes):
        return f'<label>{label}<input name="{name}" value="{html.escape(value)}" {attributes}></label>'

    typed, verb = req.form, "Save card" if cs["mode"] == "setup" else "Pay"
    promise = (cs["custom_text"].get("submit") or {}).get("message", "")
    body = [
        f"<h1>{'Save card details' if cs['mode'] == 'setup' else 'Pay'}</h1>",
        f'<p class="sum">{html.escape(words(cs["amount_total"], cs["currency"]))}</p>' if cs["amount_total"] else "",
        f'<p class="error" role="alert">{html.escape(error)}</p>' if error else "",
        '<form method="post">',
        field(
            "Email",
            "email",
            typed.get("email", cs.get("customer_email") or ""),
            'type="email" autocomplete="email"',
        ),
        field(
            "Card number",
            "cardNumber",
            typed.get("cardNumber", ""),
            'inputmode="numeric" autocomplete="cc-number" required',
        ),
        field(
            "Expiry",
            "cardExpiry",
            typed.get("cardExpiry", ""),
            'inputmode="numeric" placeholder="MM / YY" autocomplete="cc-exp" required',
        ),
        field("CVC", "cardCvc", "", 'inputmode="numeric" autocomplete="cc-csc" required'),
        field("Cardholder name", "billingName", typed.get("billingName", ""), 'autocomplete="cc-name" required'),
        f"<p>{html.escape(promise)}</p>" if promise else "",
        f"<button>{verb}</button></form>",
        f'<p><a href="{html.escape(cs["cancel_url"])}">Back</a></p>' if cs["cancel_url"] else "",
    ]
    return page("Checkout", "\n".join(part for part in body if part), 402 if error else 200)


def checkout_pay(ctx, form, cs):
    """Save or charge the card typed in; where the browser goes next. Raises Err when the card is not taken."""
    m = new_card(
        ctx,
        {"number": form.get("cardNumber", ""), **typed_expiry(form.get("cardExpiry", "12/34"))},
        {"name": form.get("billingName"), "email": form.get("email")},
    )
    pi = None
    if cs["mode"] == "setup":
        o = si_confirm(ctx, ctx.w.objs[cs["setup_intent"]], m, cs["url"])
    else:
        pi = ctx.w.objs.get(cs["payment_intent"])
        if not pi:
            asked = {"amount": cs["amount_total"], "currency": cs["currency"], "customer": cs["customer"]}
            pi = pi_new(ctx, {**asked, **cs["_pid"]})
            cs["payment_intent"] = pi["id"]
            ctx.w.put(cs)
        o = pi_confirm(ctx, pi, m, False, cs["url"])
    if o["status"] != "requires_action":
        return cs_complete(ctx, cs, m, pi)
    o["_session"] = cs["id"]
    return o["next_action"]["redirect_to_url"]["url"]


def three_ds_page(ctx, req, o):
    kind, ret = o["object"], o.get("_return_url")
    cs = ctx.w.objs.get(o.get("_session"))
    if cs and cs_fresh(ctx, cs)["status"] == "expired":
        return checkout_page(ctx, req, cs)
    failed = o["status"] != "succeeded"
    if o["status"] == "requires_action":
        if req.method != "POST":
            return page(
                "3D Secure",
                '<h1>3D Secure 2 test page</h1><form method="post">'
                '<button name="r" value="complete">Complete authentication</button>'
                '<button class="second" name="r" value="fail">Fail authentication</button></form>',
            )
        m = ctx.w.objs[o["payment_method"]]
        failed = req.form.get("r") != "complete"
        try:
            if failed and kind == "setup_intent":
                si_fail(ctx, o, m, "setup_intent_authentication_failure", None)
            elif failed:
                pi_fail(ctx, o, m, "payment_intent_authentication_failure", None, charge=False)
            elif kind == "setup_intent":
                si_succeed(ctx, o, m)
            elif m["_n"] in CHARGE_FAIL:
                pi_fail(ctx, o, m, *CHARGE_FAIL[m["_n"]])
            else:
                pi_succeed(ctx, o, m)
        except Err:
            failed = True
        if cs and not failed:
            return redirect(cs_complete(ctx, cs, m, o if kind == "payment_intent" else None))
    elif req.method != "POST" or not (cs or ret):
        return page("3D Secure", "<h1>Nothing to authenticate</h1>", 409)
    # what follows also answers the second click of two
    if cs:
        return redirect(cs_success(cs) if cs["status"] == "complete" else cs["url"] + "&failed=1")
    if not ret:
        return page("3D Secure", f"<h1>{'Failed' if failed else 'Authenticated'}</h1>")
    told = {
        kind: o["id"],
        f"{kind}_client_secret": o["client_secret"],
        "redirect_status": "failed" if failed else "succeeded",
    }
    return redirect(ret + ("&" if "?" in ret else "?") + urllib.parse.urlencode(told))


def onboarding_page(ctx, req, account):
    if req.method == "POST":
        onboard(ctx, account)
        to = (account.get("_links") or {}).get("return")
        return redirect(to) if to else page("Onboarding", "<h1>You're all done here</h1>")
    return page(
        "Onboarding",
        '<h1>Stripe Connect onboarding</h1><form method="post">'
        '<label>Account holder<input name="holder"></label><label>Sort code<input name="sort"></label>'
        '<label>Account number<input name="acc"></label><button>Agree and submit</button></form>',
    )


# ------------------------------------------------------------------ webhook delivery
class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is no success: Stripe does not follow one either."""

    def redirect_request(self, *_):
        return None


POST = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def deliver(w, ev_id, ep_id):
    """Send one event once; whether the endpoint answered 2xx. Signed with the real time, whatever the clock says."""
    ev, ep = w.objs[ev_id], w.objs[ep_id]
    with w.lock:
        body = json.dumps(shape(ev), indent=2).encode()
    t = int(time.time())
    sig = hmac.new(ep["_secret"].encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
    rq = urllib.request.Request(
        ep["url"],
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": f"t={t},v1={sig},v0={'0' * 64}",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
    )
    try:
        with POST.open(rq, timeout=10) as r:
            return 200 <= r.status < 300
    except Exception:
        return False


class Deliverer:
    """Sends events in the background: in order to each endpoint, while a slow or dead endpoint holds up no other.

    A refused event waits for its next try in its endpoint's heap; events due earlier pass it.
    """

    RETRY = [0.2, 0.5, 1, 2, 5, 10]  # compressed; Stripe: exponential, up to 3 days (live)
    THREADS = 4

    def __init__(self):
        self.waiting, self.busy = {}, set()  # endpoint -> heap of (due, n, world, event, tries so far)
        self.count, self.changed, self.started = itertools.count(), threading.Condition(), False

    def put(self, w, ev, ep, due=0.0, tries=0):
        with self.changed:
            heapq.heappush(self.waiting.setdefault((w.ns, ep), []), (due, next(self.count), w, ev, tries))
            if not self.started:
                self.started = True
                for _ in range(self.THREADS):
                    threading.Thread(target=self.run, daemon=True).start()
            self.changed.notify_all()

    def take(self):
        """The next event that is due at an endpoint nobody is sending to. Waits for it."""
        with self.changed:
            while True:
                free = [(heap[0][:2], where) for where, heap in self.waiting.items() if where not in self.busy]
                (due, _), where = min(free, default=((None, None), None))
                pause = None if due is None else due - time.monotonic()
                if pause is not None and pause <= 0:
                    self.busy.add(where)
                    item = heapq.heappop(self.waiting[where])
                    if not self.waiting[where]:
                        del self.waiting[where]
                    return where, item
                self.changed.wait(pause)

    def run(self):
        while True:
            (ns, ep), (_, _, w, ev, tries) = self.take()
            if not w.gone and w.objs[ep]["status"] == "enabled":
                if not deliver(w, ev, ep) and tries < len(self.RETRY):
                    self.put(w, ev, ep, time.monotonic() + self.RETRY[tries], tries + 1)
                else:
                    with w.lock:
                        w.objs[ev]["pending_webhooks"] = max(0, w.objs[ev]["pending_webhooks"] - 1)
            with self.changed:
                self.busy.discard((ns, ep))
                self.changed.notify_all()


def time_passed(ctx):
    """What Stripe does by itself as days go by: pays out connected accounts, closes Checkout pages."""
    w = ctx.w
    for a in w.all("account"):
        if a["payouts_enabled"] and a["settings"]["payouts"]["schedule"]["interval"] != "manual":
            pay_out(ctx, a["id"])
    for cs in w.all("checkout.session"):
        cs_fresh(ctx, cs)


def pay_out(ctx, acct):
    """Send all that is available to the bank; the payout, or None when there is nothing."""
    av, _ = balances(ctx.w, acct)
    if av <= 0:
        return None
    po = make_payout(ctx, av, acct, True)
    po["status"] = "paid"
    ctx.w.put(po)
    ctx.emit("payout.paid", po)
    return po


# ------------------------------------------------------------------ the server
TABLES = """
pragma journal_mode=wal;
pragma synchronous=off;
create table if not exists o(ns, id, j, primary key(ns, id)) without rowid;
create table if not exists i(ns, k, j, primary key(ns, k)) without rowid;
"""
FAULTS = ("drop_before", "drop_after", "429", "500", "slow")


class Sim:
    """The WSGI application. With `db` it keeps objects and idempotency keys in that SQLite file over restarts."""

    def __init__(self, url, db=None, clock_file=None):
        self.url, self.worlds, self.lock, self.clock = url, {}, threading.Lock(), ClockFile(clock_file)
        self.db = sqlite3.connect(db, check_same_thread=False) if db else None
        self.dblock = threading.Lock()
        if self.db:
            self.db.executescript(TABLES)
        self.deliverer = Deliverer()

    def world(self, ns):
        with self.lock:
            if ns not in self.worlds:
                w = World(self, ns)
                if self.db:
                    with self.dblock:
                        objects = self.db.execute("select j from o where ns=?", (ns,)).fetchall()
                        keys = self.db.execute("select k, j from i where ns=?", (ns,)).fetchall()
                    for o in sorted((json.loads(j) for (j,) in objects), key=lambda o: o["_seq"]):
                        w.put(o)
                        w.seq = o["_seq"]
                    w.dirty.clear()
                    for k, j in keys:
                        fingerprint, status, body, request_id = json.loads(j)
                        w.idem[k] = (fingerprint, status, body.encode(), request_id)
                self.worlds[ns] = w
            return self.worlds[ns]

    def reset(self, ns):
        """Forget the account `ns`, or every one for "*"."""
        with self.lock, self.dblock:
            for name in list(self.worlds) if ns == "*" else [ns]:
                if w := self.worlds.pop(name, None):
                    w.gone = True
            if self.db:
                with self.db:
                    for table in ("o", "i"):
                        self.db.execute(f"delete from {table} where ns=? or ?='*'", (ns, ns))

    def close(self):
        """Wait for a write that is under way, then let go of the file."""
        if self.db:
            with self.dblock:
                self.db.close()

    def catch_up(self, w):
        """Let time pass in `w` when the clock file has moved since the last request. Call it under the world's lock."""
        offset = self.clock.offset()
        if w.caught_up != offset:
            w.caught_up = offset
            time_passed(Ctx(w, None, "clock", None))

    def flush(self, w, idem=None):
        """Keep what changed and send what happened. Call it under the world's lock."""
        if self.db and (w.dirty or idem):
            with self.dblock, self.db:
                if not w.gone:
                    rows = [(w.ns, i, json.dumps(w.objs[i])) for i in w.dirty]
                    self.db.executemany("insert or replace into o values(?,?,?)", rows)
                    if idem:
                        fingerprint, status, body, request_id = w.idem[idem]
                        row = (w.ns, idem, json.dumps([fingerprint, status, body.decode(), request_id]))
                        self.db.execute("insert or replace into i values(?,?,?)", row)
        w.dirty.clear()
        out, w.outbox = w.outbox, []
        if w.cfg["mode"] == "manual":
            w.held = w.held + out
            return
        if w.cfg["duplicate"]:
            out = out + out
        if w.cfg["shuffle"]:
            secrets.SystemRandom().shuffle(out)
        for ev, ep in out:
            self.deliverer.put(w, ev, ep)

    def __call__(self, environ, start_response):
        req = Request(environ)
        if req.path.startswith("/_test/"):
            resp = self.control(req)
        elif req.path.startswith(("/v1/", "/v2/")):
            resp = self.api(req)
        else:
            resp = hosted(self, req)
        if resp is None:  # injected: the work was done (or not), the client never hears of it
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError
        return resp(environ, start_response)

    def api(self, req):
        auth = req.authorization
        key = (auth.token or auth.username or "") if auth else ""
        hdr = {"Request-Id": rid("req_", 14), "Stripe-Version": req.headers.get("Stripe-Version", API_VERSION)}

        def out(status, body, **h):
            return Response(
                body if isinstance(body, bytes) else json.dumps(body, indent=2).encode(),
                status,
                content_type="application/json",
                headers={**hdr, **h},
            )

        def err(e):
            return out(
                e.status,
                {"error": {**e.body, "request_log_url": "https://dashboard.stripe.com/test/logs/" + hdr["Request-Id"]}},
                **({"Stripe-Should-Retry": "true"} if e.status in (409, 429) else {}),
            )

        if not re.match(r"(sk|rk)_test_\w+", key):
            return err(Err(401, message="Invalid API Key provided: " + key[:7] + "*" * 8))
        w = self.world(key.split("_")[2])
        acct = req.headers.get("Stripe-Account")
        ik = req.headers.get("Idempotency-Key") if req.method == "POST" else None
        fault = {}
        with w.lock:
            self.catch_up(w)
            for f in w.faults:
                if f["times"] > 0 and re.search(f["match"], f"{req.method} {req.path}"):
                    f["times"] -= 1
                    fault = f
                    break
            if w.cfg["rate"]:
                t = time.time()
                w.bucket = [x for x in w.bucket if x > t - 1]
                if len(w.bucket) >= w.cfg["rate"]:
                    return err(
                        Err(
                            429,
                            message="Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
                            code="rate_limit",
                        )
                    )
                w.bucket.append(t)
        k = fault.get("kind")
        if k == "drop_before":
            return None
        if k == "429":
            return err(Err(429, message="Request rate limit exceeded.", code="rate_limit"))
        if k == "500":
            return err(Err(500, "api_error", message="An unknown error occurred"))
        try:
            for method, rx, schema, fn, _tpl in ROUTES:
                mt = method == req.method and rx.match(req.path)
                if mt:
                    break
            else:
                raise Err(
                    404,
                    message=f"Unrecognized request URL ({req.method}: {req.path}). stripesim implements {len(ROUTES)} operations.",
                )
            if acct and (acct not in w.objs or w.objs[acct]["object"] != "account"):
                raise Err(
                    403,
                    code="account_invalid",
                    message=f"The provided key does not have access to account '{acct}' (or that account does not exist).",
                )
            raw = parse_form(
                urllib.parse.parse_qsl(
                    req.query_string.decode() if method != "POST" else req.get_data().decode(), keep_blank_values=True
                )
            )
            fp = hashlib.sha256(json.dumps([req.path, acct, raw], sort_keys=True).encode()).hexdigest()
            if ik:
                ikk = f"{acct or ''}|{ik}"
                with w.lock:
                    if ikk in w.inflight:
                        raise Err(
                            409,
                            "idempotency_error",
                            code="idempotency_key_in_use",
                            message="There is currently another in-progress request using this Idempotent Key.",
                        )
                    hit = w.idem.get(ikk)
                    if hit and hit[0] != fp:
                        raise Err(
                            400,
                            "idempotency_error",
                            message=f"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{ik}' if you meant to execute a different request.",
                        )
                    if hit:
                        _, status, body, first = hit
                        told = {"Idempotency-Key": ik, "Idempotent-Replayed": "true", "Original-Request": first}
                        resp = out(status, body, **told)
                        return None if k == "drop_after" else resp
                    w.inflight.add(ikk)
            try:
                if k == "slow":
                    time.sleep(fault.get("seconds", 1))
                p = coerce(schema, raw, "")  # validation failures are not stored under the key, as at Stripe
                expand = p.pop("expand", None) if isinstance(p, dict) else None
                with w.lock:
                    ctx = Ctx(w, acct, key, req)
                    ctx.request_id, ctx.idem = hdr["Request-Id"], ik
                    try:
                        o = fn(ctx, p, *mt.groups())
                        if o.get("id") in w.objs and "deleted" not in o:
                            body = view(w, o, expand)
                        else:
                            body = view_list(w, o, expand) if expand else {**o}
                        resp = out(200, body, **({"Idempotency-Key": ik} if ik else {}))
                    except Err as e:
                        resp = err(e)
                    if ik:
                        w.idem[ikk] = (fp, resp.status_code, resp.get_data(), hdr["Request-Id"])
                    self.flush(w, ikk if ik else None)
            finally:
                if ik:
                    with w.lock:
                        w.inflight.discard(ikk)
        except Err as e:
            resp = err(e)
        return None if k == "drop_after" else resp

    def control(self, req):
        """The tests' side door. A name or a field that does not exist is an error, so that a typo cannot pass."""
        try:
            status, out = 200, self.steer(req.path[len("/_test/") :], json.loads(req.get_data() or b"{}"))
        except Err as e:
            status, out = e.status, {"error": e.body}
        except (KeyError, TypeError, ValueError) as e:
            status, out = 400, {"error": {"message": f"{type(e).__name__}: {e}"}}
        return Response(json.dumps(out), status, content_type="application/json")

    def steer(self, what, d):
        ns, out = d.get("ns", "portal"), {}
        if what == "reset":
            self.reset(ns)
            return out
        w = self.world(ns)
        with w.lock:
            self.catch_up(w)
            ctx = Ctx(w, None, "test", None)
            if what == "clock":
                w.offset += d.get("advance", 0)
                time_passed(ctx)
                if d.get("platform_payout"):
                    po = pay_out(ctx, None)
                    out["payout"] = po and po["id"]
                out["now"] = w.now()
            elif what == "faults":
                faults = [{"times": 1, **f} for f in d["faults"]]
                for f in faults:
                    re.compile(f["match"])
                    if f["kind"] not in FAULTS:
                        raise ValueError(f"kind must be one of {', '.join(FAULTS)}")
                w.faults = faults
            elif what == "config":
                if unknown := set(d["config"]) - set(w.cfg):
                    raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
                w.cfg.update(d["config"])
                out = dict(w.cfg)
            elif what == "dispute":
                out = shape(open_dispute(ctx, w.get("charge", d["charge"]), d.get("reason", "fraudulent")))
            elif what == "dispute_close":
                close_dispute(ctx, w.get("dispute", d["dispute"]), d["status"])
            elif what == "card":
                m = w.get("payment_method", d["payment_method"])
                if not luhn(d["number"]):
                    raise ValueError("not a card number")
                m["_n"] = d["number"]
                w.put(m)
            elif what == "refund_fail":
                refund_fails(ctx, w.get("refund", d["refund"]))
            elif what == "prune_idempotency":
                w.idem.clear()  # "at least 24 hours old"
                if self.db:
                    with self.dblock, self.db:
                        self.db.execute("delete from i where ns=?", (ns,))
            elif what == "webhooks/endpoint":
                for old in w.all("webhook_endpoint"):
                    if old["url"] == d["url"]:
                        drop_endpoint(w, old)
                events, connect = d.get("enabled_events", ["*"]), d.get("connect", False)
                out = shape(new_endpoint(ctx, d["url"], events, connect, d["secret"]))
            elif what == "webhooks/held":
                out = [{"id": e, "type": w.objs[e]["type"], "endpoint": p} for e, p in w.held]
            elif what == "webhooks/deliver":
                held = {}
                for ev, ep in w.held:
                    held.setdefault(ev, []).append(ep)
                ids = d.get("ids") or list(held)
                if d.get("endpoint"):
                    w.get("webhook_endpoint", d["endpoint"])
                # an event that is not held any more goes once more to everyone who asked for it
                plan = [
                    (i, ep)
                    for i in ids
                    for ep in ([d["endpoint"]] if d.get("endpoint") else held.get(i))
                    or [e["id"] for e in endpoints_for(w, w.objs[i])]
                ]
                w.held = [x for x in w.held if x[0] not in ids]
            else:
                raise Err(404, message=f"No such control: {what}")
            self.flush(w)
        if what == "webhooks/deliver":  # outside the lock, as the endpoint will ask us back
            out = [[i, deliver(w, i, ep)] for i, ep in plan]
        return out


def view_list(w, o, expand):
    for path in expand:
        head, _, rest = path.partition(".")
        if head == "data" and rest:
            o["data"] = [view(w, w.objs[x["id"]], [rest]) for x in o["data"]]
    return o


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *a, **k):
        pass


def serve(port: int = 8420, db: str | Path | None = None, clock_file: str | Path | None = None) -> Any:
    """A server on loopback, not yet running: call `serve_forever()`. Port 0 takes any free one; see `.port`."""
    srv = make_server("127.0.0.1", port, None, threaded=True, request_handler=Quiet)
    srv.app = Sim(f"http://127.0.0.1:{srv.port}", db, clock_file)
    return srv
