#!/usr/bin/env python3
"""Judges the Stripe-speaking fake by Stripe's own Python library.

    python3 -m venv /tmp/judge && /tmp/judge/bin/pip install 'stripe==16.1.0' && /tmp/judge/bin/python tests/peers/judge_stripe_fake.py

Exits with 0 if every check passed.
"""

import http.server
import json
import pathlib
import queue
import subprocess
import sys
import threading
import time
import urllib.request

import stripe

PURCHASE = "01jd0000000000000000000000"
checks = 0


def expect(what, truth):
    global checks
    checks += 1
    if not truth:
        sys.exit(f"FAILED: {what}")
    print(f"ok  {what}")


def refused(what, kind, act, **fields):
    try:
        act()
    except kind as error:
        wrong = {name: getattr(error, name) for name, want in fields.items() if getattr(error, name) != want}
        return expect(f"{what}: {type(error).__name__}", not wrong)
    return expect(what, False)


class Listener(http.server.BaseHTTPRequestHandler):
    heard = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.put((body, self.headers["Stripe-Signature"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


def main():
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    fake = pathlib.Path(__file__).with_name("stripe_fake.py")
    hook = f"http://127.0.0.1:{listener.server_address[1]}/hook"
    command = [sys.executable, str(fake), "--webhook", hook, "--secret", "whsec_a", "--secret", "whsec_b"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        judge(int(process.stdout.readline()))
    finally:
        process.kill()
    print(f"{checks} checks passed with stripe {stripe.VERSION}")


def judge(port):
    base = f"http://127.0.0.1:{port}"
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    from stripe_model import VERSION

    def client(key="sk_test_fake", version=VERSION):
        return stripe.StripeClient(key, base_addresses={"api": base}, stripe_version=version,
                                   max_network_retries=0).v1

    def control(what, body):
        data = json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{base}/_control/{what}", data)) as answer:
            return json.load(answer)

    ours = client()
    asked = {
        "mode": "payment", "client_reference_id": PURCHASE, "metadata": {"purchase": PURCHASE},
        "customer_email": "nora@example.org", "success_url": "https://book.example/paid?c={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://book.example/six", "expires_at": int(time.time()) + 3_600,
        "payment_intent_data": {"description": "Six", "metadata": {"purchase": PURCHASE}},
        "line_items": [{"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 54_000,
                                                      "product_data": {"name": "Six sessions"}}}],
    }
    sessions = ours.checkout.sessions
    key = {"idempotency_key": "buy-1"}
    session = sessions.create(asked, key)
    expect("a session is created open and unpaid", (session.status, session.payment_status) == ("open", "unpaid"))
    expect("it is the library's own type", isinstance(session, stripe.checkout.Session))
    annotated = {name for name in stripe.checkout.Session.__annotations__ if not name.startswith("_")}
    unknown = set(session.to_dict()) - annotated
    expect(f"every field it sends is one that the library knows {unknown or ''}", not unknown)
    expect("amounts, url and reference are there", session.amount_total == 54_000 and session.url.startswith(base)
           and session.client_reference_id == PURCHASE and session.metadata["purchase"] == PURCHASE)
    again = sessions.create(asked, key)
    expect("the same key is carried out once", again.id == session.id)
    expect("a replay says so", again.last_response.headers["Idempotent-Replayed"] == "true")
    refused("the same key with another ask", stripe.IdempotencyError,
            lambda: sessions.create({**asked, "client_reference_id": "x"}, key), http_status=400)
    refused("a wrong key", stripe.AuthenticationError, lambda: client("sk_test_no").checkout.sessions.create(asked))
    refused("another version", stripe.InvalidRequestError,
            lambda: client(version="2020-08-27").checkout.sessions.retrieve(session.id), http_status=400)
    for name, value in [("payment_method_types", ["card"]), ("discounts", [{"coupon": "x"}]), ("mode", "setup"),
                        ("customer_email", "nobody"), ("success_url", "paid"), ("expires_at", int(time.time()) + 60),
                        ("expires_at", int(time.time()) + 90_000), ("line_items", [])]:
        refused(f"{name}={value!r:.30}", stripe.InvalidRequestError,
                lambda n=name, v=value: sessions.create({**asked, n: v}), http_status=400)
    for currency, amount in [("isk", 501), ("kwd", 5_121), ("usd", 49), ("usd", 10**9), ("usd", -1), ("xyz", 100)]:
        item = [{"quantity": 1, "price_data": {"currency": currency, "unit_amount": amount,
                                               "product_data": {"name": "x"}}}]
        refused(f"{amount} {currency}", stripe.InvalidRequestError,
                lambda i=item: sessions.create({**asked, "line_items": i}), http_status=400)
    refused("an unknown session", stripe.InvalidRequestError, lambda: sessions.retrieve("cs_test_none"),
            http_status=404, code="resource_missing")

    control(f"sessions/{session.id}/decline", {})
    expect("a declined buyer leaves it open", sessions.retrieve(session.id).status == "open")
    control(f"sessions/{session.id}/pay", {})
    paid = sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    expect("paid", (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None))
    expect("the payment is expanded", isinstance(paid.payment_intent, stripe.PaymentIntent)
           and paid.payment_intent.amount_received == 54_000 and paid.payment_intent.description == "Six")
    expect("it is a name if not expanded", isinstance(sessions.retrieve(session.id).payment_intent, str))
    refused("expiring a paid one", stripe.InvalidRequestError, lambda: sessions.expire(session.id), http_status=400)

    body, header = Listener.heard.get(timeout=5)
    for secret in ("whsec_a", "whsec_b"):
        event = stripe.Webhook.construct_event(body, header, secret)
        expect(f"the webhook is signed with {secret}", event.type == "checkout.session.completed"
               and event.data.object.id == session.id)
    refused("the webhook with another secret", stripe.SignatureVerificationError,
            lambda: stripe.Webhook.construct_event(body, header, "whsec_c"))
    refused("the webhook with other bytes", stripe.SignatureVerificationError,
            lambda: stripe.Webhook.construct_event(body + b" ", header, "whsec_a"))
    control("faults", {"hooks": [{"fault": "forge", "times": 1}, {"fault": "stale", "times": 1}]})
    for _ in range(2):
        sessions.expire(sessions.create(asked).id)
    good = 0
    for _ in range(4):
        try:
            stripe.Webhook.construct_event(*Listener.heard.get(timeout=5), "whsec_a")
            good += 1
        except stripe.SignatureVerificationError:
            pass
    expect("a forged and a stale copy are refused, the true ones taken", good == 2)

    debit = sessions.create(asked)
    control(f"sessions/{debit.id}/debit", {})
    under_way = sessions.retrieve(debit.id, {"expand": ["payment_intent"]})
    expect("a bank debit is complete, unpaid, processing", (under_way.status, under_way.payment_status,
           under_way.payment_intent.status) == ("complete", "unpaid", "processing"))
    control(f"sessions/{debit.id}/debit_fail", {})
    failed = sessions.retrieve(debit.id, {"expand": ["payment_intent"]})
    expect("one that failed asks for another way to pay", (failed.payment_status, failed.payment_intent.status)
           == ("unpaid", "requires_payment_method"))
    lapsing = sessions.create({**asked, "expires_at": int(time.time()) + 1_800})
    control("clock", {"forward_seconds": 1_801})
    expect("time closes what is open", sessions.retrieve(lapsing.id).status == "expired")

    kinds = ["checkout.session.completed", "checkout.session.async_payment_failed", "checkout.session.expired"]
    page = ours.events.list({"types": kinds, "created": {"gte": 0}, "limit": 2})
    found = list(page.auto_paging_iter())
    expect("events are listed page by page, newest first", len(page.data) == 2 and page.has_more
           and len(found) == 6 and found[0].data.object.id == lapsing.id and found[-1].data.object.id == session.id)
    expect("and only those asked for", len(ours.events.list({"type": kinds[1]}).data) == 1)
    expect("and only since then", not ours.events.list({"created": {"gt": int(time.time()) + 9_000}}).data)
    refused("a filter that is not modelled", stripe.InvalidRequestError,
            lambda: ours.events.list({"delivery_success": True}), http_status=400)
    judge_back(ours, control, asked)
    for fault, kind in [("429", stripe.RateLimitError), ("500", stripe.APIError), ("drop", stripe.APIConnectionError),
                        ("403", stripe.PermissionError)]:
        control("faults", {"api": [{"on": "create", "fault": fault, "times": 1}]})
        refused(f"fault {fault}", kind, lambda: sessions.create(asked))
    control("faults", {"api": [{"on": "create", "fault": "slow", "times": 1, "seconds": 1}]})
    first = threading.Thread(target=lambda: sessions.create(asked, {"idempotency_key": "slow"}))
    first.start()
    time.sleep(0.3)
    refused("the same key while it is at work", stripe.StripeError,
            lambda: sessions.create(asked, {"idempotency_key": "slow"}), http_status=409)
    first.join()


def judge_back(ours, control, asked):
    """Refunds and disputes."""
    sessions, refunds = ours.checkout.sessions, ours.refunds
    session = sessions.create(asked)
    refused("a refund of nothing", stripe.InvalidRequestError, lambda: refunds.create({"payment_intent": "pi_none"}),
            http_status=404, code="resource_missing")
    control(f"sessions/{session.id}/pay", {})
    payment = sessions.retrieve(session.id).payment_intent
    wish = {"payment_intent": payment, "amount": 36_000, "reason": "requested_by_customer",
            "metadata": {"refund": "r1"}}
    refund = refunds.create(wish, {"idempotency_key": "back-1"})
    expect("money is given back", (refund.status, refund.amount, refund.metadata["refund"])
           == ("succeeded", 36_000, "r1"))
    annotated = {name for name in stripe.Refund.__annotations__ if not name.startswith("_")}
    expect("every field of a refund is one that the library knows", not set(refund.to_dict()) - annotated)
    expect("the same key gives back once", refunds.create(wish, {"idempotency_key": "back-1"}).id == refund.id)
    refused("the same key with another amount", stripe.IdempotencyError,
            lambda: refunds.create({**wish, "amount": 1}, {"idempotency_key": "back-1"}), http_status=400)
    refused("more than is left", stripe.InvalidRequestError, lambda: refunds.create(wish), http_status=400)
    refused("an unknown reason", stripe.InvalidRequestError, lambda: refunds.create({**wish, "reason": "x"}))
    rest = refunds.create({"payment_intent": payment})
    expect("the rest is what is left", rest.amount == 18_000)
    refused("a charge twice", stripe.InvalidRequestError, lambda: refunds.create(wish), http_status=400,
            code="charge_already_refunded")
    listed = refunds.list({"payment_intent": payment, "expand": ["data.payment_intent"]}).data
    expect("refunds are listed, newest first, with the payment in them", [one.id for one in listed]
           == [rest.id, refund.id] and listed[0].payment_intent.metadata["purchase"] == PURCHASE)
    expect("and by charge", len(refunds.list({"charge": refund.charge}).data) == 2)
    control("back/fail_refund", {"refund": rest.id})
    failed = refunds.retrieve(rest.id)
    expect("one that came back has failed", (failed.status, failed.failure_reason)
           == ("failed", "expired_or_canceled_card"))
    expect("and can be given again", refunds.create({"payment_intent": payment}).amount == 18_000)

    session = sessions.create(asked)
    control(f"sessions/{session.id}/pay", {})
    payment = sessions.retrieve(session.id).payment_intent
    did = control("back/dispute", {"payment_intent": payment})["id"]
    dispute = ours.disputes.retrieve(did, {"expand": ["payment_intent"]})
    expect("a dispute asks for an answer", (dispute.status, dispute.amount, dispute.reason)
           == ("needs_response", 54_000, "fraudulent"))
    annotated = {name for name in stripe.Dispute.__annotations__ if not name.startswith("_")}
    expect("every field of a dispute is one that the library knows", not set(dispute.to_dict()) - annotated)
    expect("it names the payment", dispute.payment_intent.metadata["purchase"] == PURCHASE)
    refused("a refund of what is questioned", stripe.InvalidRequestError,
            lambda: refunds.create({"payment_intent": payment}), http_status=400, code="charge_disputed")
    control("back/decide", {"dispute": did, "status": "lost"})
    expect("it is decided", ours.disputes.retrieve(did).status == "lost")
    kinds = ["charge.refunded", "refund.created", "refund.updated", "refund.failed", "charge.dispute.created",
             "charge.dispute.closed"]
    counts = {kind: len(ours.events.list({"type": kind}).data) for kind in kinds}
    expect(f"each has its events {counts}", counts == {"charge.refunded": 3, "refund.created": 3, "refund.updated": 1,
           "refund.failed": 1, "charge.dispute.created": 1, "charge.dispute.closed": 1})


if __name__ == "__main__":
    main()
