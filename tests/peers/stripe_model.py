"""What the Stripe-speaking fake knows: checkout sessions, payments and events, and which parameters may be sent.

Written from Stripe's API reference for the version below. What is not modelled is refused, never ignored.
"""

import re
import secrets
import threading
import time
import urllib.parse

from stripe_back import Back

VERSION = "2026-09-30.endive"

# Stripe counts these in hundredths that it then refuses, and takes no odd last digit of three decimals.
HUNDREDTHS = {"isk", "ugx"}
THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}
CURRENCIES = set(
    "aed ars aud bgn bhd brl cad chf clp cny cop czk dkk egp eur gbp hkd huf idr ils inr isk jod jpy kes krw kwd mxn "
    "myr nok nzd omr php pln pyg ron sek sgd thb tnd try ugx usd vnd xaf xof zar".split()
)
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "chf": 50, "cad": 50, "aud": 50, "sek": 300, "nok": 300}
DIGITS = {"idr": 12, "cop": 10, "huf": 10, "jpy": 10, "inr": 9}

# The parameters that are modelled, with what may stand in them. `#` is an index, `*` a key of metadata.
CREATE = {
    "mode": "mode",
    "success_url": "url",
    "cancel_url": "url",
    "client_reference_id": "text200",
    "customer_email": "email",
    "expires_at": "integer",
    "metadata[*]": "text500",
    "line_items[#][quantity]": "integer",
    "line_items[#][price_data][currency]": "currency",
    "line_items[#][price_data][unit_amount]": "integer",
    "line_items[#][price_data][product_data][name]": "text250",
    "line_items[#][price_data][product_data][description]": "text500",
    "payment_intent_data[description]": "text1000",
    "payment_intent_data[metadata][*]": "text500",
    "expand[#]": "expand",
}
EXPAND = {"expand[#]": "expand"}
EVENTS = {
    "type": "text100",
    "types[#]": "text100",
    "created": "integer",
    "created[gt]": "integer",
    "created[gte]": "integer",
    "created[lt]": "integer",
    "created[lte]": "integer",
    "limit": "integer",
    "starting_after": "text250",
}


class Refusal(Exception):
    """An error as Stripe words it."""

    def __init__(self, status, message, param=None, code=None, kind="invalid_request_error"):
        super().__init__(message)
        error = {"type": kind, "message": message}
        if param:
            error["param"] = param
        if code:
            error["code"] = code
        self.status, self.body = status, {"error": error}


def parse_form(text):
    """Form-encoded text as {"a[b][0]": value}; `[]` is numbered. A name that comes twice is refused."""
    params, counters = {}, {}
    try:
        pairs = urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise Refusal(400, "Invalid request: the parameters cannot be read.") from None
    for name, value in pairs:
        while "[]" in name:
            head = name[: name.index("[]")]
            counters[head] = counters.get(head, -1) + 1
            name = name.replace("[]", f"[{counters[head]}]", 1)
        if name in params:
            raise Refusal(400, f"Received the parameter {name} twice.", name)
        params[name] = value
    return params


def shape(name):
    """The entry of the tables above that a parameter's name belongs to."""
    name = re.sub(r"(^|\])(metadata|.*\[metadata\])\[[^\[\]]{1,40}\]$", r"\1\2[*]", name)
    return re.sub(r"\[\d+\]", "[#]", name)


def check(params, known):
    """Refuses what is not modelled and what is not of its kind."""
    for name, value in params.items():
        if name.startswith("payment_method_types"):
            raise Refusal(
                400,
                "The payment_method_types parameter was removed in this API version. Use dynamic payment methods.",
                name,
                "parameter_unknown",
            )
        kind = known.get(shape(name))
        if kind is None:
            raise Refusal(400, f"Received unknown parameter: {name} (or this fake does not model it)", name,
                          "parameter_unknown")
        if value == "":
            raise Refusal(400, f"You passed an empty string for '{name}'.", name, "parameter_invalid_empty")
        if kind.startswith("text") and len(value) > int(kind[4:]):
            raise Refusal(400, f"Invalid string: {name} is longer than {kind[4:]} characters", name)
        if kind == "integer" and not re.fullmatch(r"\d{1,18}", value):
            raise Refusal(400, f"Invalid integer: {value}", name, "parameter_invalid_integer")
        if kind == "url" and not re.fullmatch(r"https?://[^\s/?#]+[^\s]{0,4900}", value):
            raise Refusal(400, "Not a valid URL", name, "url_invalid")
        if kind == "email" and not re.fullmatch(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+", value):
            raise Refusal(400, f"Invalid email address: {value}", name, "email_invalid")
        if kind == "currency" and value not in CURRENCIES:
            raise Refusal(400, f"Invalid currency: {value}.", name)
        if kind == "mode" and value != "payment":
            raise Refusal(400, f"Invalid mode: {value} (this fake models payment only)", name)
        if kind == "expand" and value not in ("payment_intent", "data.payment_intent"):
            raise Refusal(400, f"This property cannot be expanded ({value}) by this fake.", name)


def need(params, name):
    if name not in params:
        raise Refusal(400, f"Missing required param: {name}.", name, "parameter_missing")
    return params[name]


def metadata(params, head):
    found = {name[len(head) + 1 : -1]: value for name, value in params.items() if name.startswith(head + "[")}
    if len(found) > 50:
        raise Refusal(400, "Metadata can hold 50 keys.", head)
    return found


class Model:
    """Everything that is kept. Each method is one transaction; `heard` is called with each new event."""

    def __init__(self, live, base_url, heard):
        self.lock = threading.RLock()
        self.live, self.base_url, self.heard = live, base_url, heard
        self.offset = 0
        self.sessions, self.intents, self.events, self.endpoints = {}, {}, [], []
        self.back = Back(self, Refusal, check, metadata)

    def now(self):
        return time.time() + self.offset

    def _id(self, kind):
        return f"{kind}_{'live' if self.live else 'test'}_{secrets.token_hex(16)}" if kind == "cs" else (
            f"{kind}_{secrets.token_hex(12)}")

    def create(self, params):
        check(params, CREATE)
        need(params, "mode")
        need(params, "success_url")
        rows = {match[1] for name in params if (match := re.match(r"line_items\[(\d+)\]", name))}
        if not rows:
            raise Refusal(400, "Missing required param: line_items.", "line_items", "parameter_missing")
        total, currencies, names = 0, set(), []
        for row in sorted(rows, key=int):
            price = f"line_items[{row}][price_data]"
            currency = need(params, f"{price}[currency]")
            unit = int(need(params, f"{price}[unit_amount]"))
            quantity = int(need(params, f"line_items[{row}][quantity]"))
            names.append(need(params, f"{price}[product_data][name]"))
            self._check_amount(unit, currency, price)
            total, currencies = total + unit * quantity, currencies | {currency}
        if len(currencies) != 1:
            raise Refusal(400, "All line items must be in the same currency.", "line_items")
        currency = currencies.pop()
        if total and total < LEAST.get(currency, 1):
            raise Refusal(400, "The Checkout Session's total amount must convert to at least 50 cents.", None,
                          "amount_too_small")
        now = int(self.now())
        expires = int(params.get("expires_at", now + 86_400))
        if not now + 1_740 <= expires <= now + 86_460:
            raise Refusal(400, "The `expires_at` timestamp must be between 30 minutes and 24 hours from creation.",
                          "expires_at")
        with self.lock:
            session = self._session(params, now, expires, total, currency)
            self.sessions[session["id"]] = {"session": session, "names": names, "declined": 0, "params": params}
            return self.shown(session, params)

    def _check_amount(self, unit, currency, price):
        name = f"{price}[unit_amount]"
        if len(str(unit)) > DIGITS.get(currency, 8):
            raise Refusal(400, "Amount is too large.", name, "amount_too_large")
        if currency in HUNDREDTHS and unit % 100:
            raise Refusal(400, f"Invalid amount. Currency {currency.upper()} has become effectively zero-decimal and "
                          "charged amounts must be evenly divisible by 100.", name,
                          "invalid_charge_amount_no_decimal_compatible")
        if currency in THREE_DECIMALS and unit % 10:
            raise Refusal(400, "Invalid amount. The last digit of a three-decimal currency must be 0.", name)

    def _session(self, params, now, expires, total, currency):
        sid = self._id("cs")
        return {
            "id": sid, "object": "checkout.session", "adaptive_pricing": {"enabled": False},
            "after_expiration": None, "allow_promotion_codes": None, "amount_subtotal": total, "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "billing_address_collection": None, "cancel_url": params.get("cancel_url"),
            "client_reference_id": params.get("client_reference_id"), "client_secret": None,
            "collected_information": None, "consent": None, "consent_collection": None, "created": now,
            "currency": currency, "currency_conversion": None, "custom_fields": [],
            "custom_text": {"after_submit": None, "shipping_address": None, "submit": None,
                            "terms_of_service_acceptance": None},
            "customer": None, "customer_account": None, "customer_creation": "if_required", "customer_details": None,
            "customer_email": params.get("customer_email"), "discounts": [], "expires_at": expires, "invoice": None,
            "invoice_creation": {"enabled": False, "invoice_data": {
                "account_tax_ids": None, "custom_fields": None, "description": None, "footer": None, "issuer": None,
                "metadata": {}, "rendering_options": None}},
            "livemode": self.live, "locale": None, "metadata": metadata(params, "metadata"), "mode": "payment",
            "origin_context": None, "payment_intent": None, "payment_link": None,
            "payment_method_collection": "if_required", "payment_method_configuration_details": None,
            "payment_method_options": {}, "payment_method_types": ["card", "link", "sepa_debit"],
            "payment_status": "unpaid", "permissions": None, "phone_number_collection": {"enabled": False},
            "recovered_from": None, "saved_payment_method_options": None, "setup_intent": None,
            "shipping_address_collection": None, "shipping_cost": None, "shipping_options": [], "status": "open",
            "submit_type": None, "subscription": None, "success_url": params["success_url"],
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}, "ui_mode": "hosted_page",
            "url": f"{self.base_url}/c/pay/{sid}", "wallet_options": None,
        }

    def _intent(self, kept):
        """The payment of a session, made when the buyer first tries to pay."""
        session, params = kept["session"], kept["params"]
        if session["payment_intent"] is None:
            pid = self._id("pi")
            session["payment_intent"] = pid
            self.intents[pid] = {
                "id": pid, "object": "payment_intent", "amount": session["amount_total"], "amount_capturable": 0,
                "amount_details": {"tip": {}}, "amount_received": 0, "application": None,
                "application_fee_amount": None, "automatic_payment_methods": None, "canceled_at": None,
                "cancellation_reason": None, "capture_method": "automatic_async",
                "client_secret": f"{pid}_secret_{secrets.token_hex(8)}", "confirmation_method": "automatic",
                "created": int(self.now()), "currency": session["currency"], "customer": None,
                "description": params.get("payment_intent_data[description]"), "last_payment_error": None,
                "latest_charge": None, "livemode": self.live,
                "metadata": metadata(params, "payment_intent_data[metadata]"), "next_action": None,
                "on_behalf_of": None, "payment_method": None, "payment_method_options": {},
                "payment_method_types": session["payment_method_types"], "processing": None, "receipt_email": None,
                "review": None, "setup_future_usage": None, "shipping": None, "source": None,
                "statement_descriptor": None, "statement_descriptor_suffix": None,
                "status": "requires_payment_method", "transfer_data": None, "transfer_group": None,
            }
        return self.intents[session["payment_intent"]]

    def shown(self, session, params):
        """A session as it is answered: a copy, with the payment in it if that was asked for."""
        shown = dict(session)
        if shown["payment_intent"] and any(value == "payment_intent" for value in params.values()):
            shown["payment_intent"] = dict(self.intents[shown["payment_intent"]])
        return shown

    def kept(self, sid):
        if sid not in self.sessions:
            raise Refusal(404, f"No such checkout.session: {sid}", "session", "resource_missing")
        return self.sessions[sid]

    def retrieve(self, sid, params):
        check(params, EXPAND)
        with self.lock:
            return self.shown(self.kept(sid)["session"], params)

    def expire(self, sid, params):
        check(params, EXPAND)
        with self.lock:
            session = self.kept(sid)["session"]
            if session["status"] != "open":
                raise Refusal(400, 'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
                              f"Session has a status of `{session['status']}`.", "session")
            self._expire(session)
            return self.shown(session, params)

    def _expire(self, session):
        session.update(status="expired", url=None)
        self.happened("checkout.session.expired", session)

    def sweep(self):
        """Closes what is over by now."""
        with self.lock:
            for kept in self.sessions.values():
                if kept["session"]["status"] == "open" and kept["session"]["expires_at"] <= self.now():
                    self._expire(kept["session"])

    def act(self, sid, verb):
        """What a buyer or her bank does; the session as it is then."""
        with self.lock:
            kept = self.kept(sid)
            session = kept["session"]
            under_way = session["status"] == "complete" and session["payment_status"] == "unpaid"
            if verb in ("debit_succeed", "debit_fail"):
                if not under_way or self.intents[session["payment_intent"]]["status"] != "processing":
                    raise Refusal(400, "no bank debit is under way")
            elif session["status"] != "open":
                raise Refusal(400, f"this session is {session['status']}")
            getattr(self, f"_{verb}")(kept, session)
            return dict(session)

    def _complete(self, session, payment_status):
        session.update(status="complete", url=None, payment_status=payment_status, customer_details={
            "address": None, "business_name": None, "email": session["customer_email"], "individual_name": None,
            "name": None, "phone": None, "tax_exempt": "none", "tax_ids": []})
        self.happened("checkout.session.completed", session)

    def _pay(self, kept, session):
        if session["amount_total"] == 0:
            return self._complete(session, "no_payment_required")
        self._intent(kept).update(status="succeeded", amount_received=session["amount_total"],
                                  last_payment_error=None)
        self.back.charged(self._intent(kept))
        return self._complete(session, "paid")

    def _decline(self, kept, session):
        kept["declined"] += 1
        error = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
        self._intent(kept)["last_payment_error"] = error

    def _debit(self, kept, session):
        if session["amount_total"] == 0:
            raise Refusal(400, "nothing is due")
        self._intent(kept)["status"] = "processing"
        self._complete(session, "unpaid")

    def _debit_succeed(self, kept, session):
        self._intent(kept).update(status="succeeded", amount_received=session["amount_total"])
        self.back.charged(self._intent(kept))
        session["payment_status"] = "paid"
        self.happened("checkout.session.async_payment_succeeded", session)

    def _debit_fail(self, kept, session):
        error = {"type": "invalid_request_error", "code": "payment_method_bank_account_blocked", "message": "No."}
        self._intent(kept).update(status="requires_payment_method", last_payment_error=error)
        self.happened("checkout.session.async_payment_failed", session)

    def _lapse(self, kept, session):
        self._expire(session)

    def happened(self, kind, thing):
        """Something became of a thing: an event, kept and told."""
        event = {
            "id": self._id("evt"), "object": "event", "api_version": VERSION, "created": int(self.now()),
            "data": {"object": dict(thing)}, "livemode": self.live, "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None}, "type": kind,
        }
        self.events.append(event)
        self.heard(event)

    def list_endpoints(self, params):
        check(params, {"limit": "integer"})
        return {"object": "list", "url": "/v1/webhook_endpoints", "has_more": False, "data": self.endpoints}

    def list_events(self, params):
        check(params, EVENTS)
        kinds = {value for name, value in params.items() if name.startswith("types[")}
        if kinds and "type" in params:
            raise Refusal(400, "You may only specify one of these parameters: type, types.")
        if len(kinds) > 20:
            raise Refusal(400, "types holds at most 20 values", "types")
        kinds |= {params["type"]} if "type" in params else set()
        limit = int(params.get("limit", 10))
        if not 1 <= limit <= 100:
            raise Refusal(400, "limit is between 1 and 100", "limit", "parameter_invalid_integer")
        bounds = {
            "created": lambda at, n: at == n, "created[gt]": lambda at, n: at > n, "created[gte]": lambda at, n: at >= n,
            "created[lt]": lambda at, n: at < n, "created[lte]": lambda at, n: at <= n,
        }
        with self.lock:
            found = list(reversed(self.events))
        if "starting_after" in params:
            ids = [event["id"] for event in found]
            if params["starting_after"] not in ids:
                raise Refusal(400, f"No such event: '{params['starting_after']}'", "starting_after",
                              "resource_missing")
            found = found[ids.index(params["starting_after"]) + 1 :]
        reach = self.now() - 30 * 86_400
        found = [event for event in found if event["created"] >= reach and (not kinds or event["type"] in kinds)
                 and all(fits(event["created"], int(params[name])) for name, fits in bounds.items() if name in params)]
        return {"object": "list", "url": "/v1/events", "has_more": len(found) > limit, "data": found[:limit]}
