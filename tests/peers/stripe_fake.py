#!/usr/bin/env python3
"""A server that speaks the part of Stripe's API that Fiddlehead uses, with buyers and faults on demand. For tests.

    python3 tests/peers/stripe_fake.py --port 0 --webhook http://127.0.0.1:8080/hooks/stripe --secret whsec_x

prints its port as the first line. Standard library only. A person can pay on the pages at a checkout's url; a test
uses /_control (see `Handler.control`).
"""

import argparse
import html
import json
import re
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stripe_hooks import FAULTS, Hooks
from stripe_model import VERSION, Model, Refusal, parse_form

VERBS = {"pay", "decline", "debit", "debit_succeed", "debit_fail", "lapse"}
# Before anything is done: 429, 500, 502 (a proxy's page), 401, 403, drop, hang. After it is done: drop_after.
# Each is `on` one of QUESTIONS; expand is a retrieve with the payment in it.
# paid_first: the buyer of that session is faster and pays, then the question is answered as it is.
# 500_saved stays the answer to its idempotency key. slow holds the key for `seconds` while it is at work.
QUESTIONS = {"create", "retrieve", "expand", "expire", "events", "refund", "refunds", "refund_read", "dispute_read", "endpoints", "any"}
API_FAULTS = {"429", "500", "500_saved", "502", "401", "403", "drop", "drop_after", "hang", "slow", "paid_first"}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, options):
        super().__init__((options.host, options.port), Handler)
        self.key, self.with_events = options.key, not options.no_events
        base = options.public or f"http://{options.host}:{self.server_address[1]}"
        self.hooks = Hooks(options.webhook, options.secret, options.chaos, lambda: self.model.now())
        self.model = Model(options.key.split("_")[1:2] == ["live"], base.rstrip("/"), self.hooks.heard)
        self.lock, self.keys, self.faults, self.requests = threading.Lock(), {}, [], []

    def handle_error(self, request, client_address):
        # A client that hangs up is part of the play.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Dropped(Exception):
    """The connection is closed without an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One write per answer: head and body apart wait 40 ms for each other.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def serve(self, method):
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(int(length)).decode("utf-8", "strict") if length.isdigit() else ""
        path, _, query = self.path.partition("?")
        self.extra = {}
        self.server.model.sweep()
        try:
            if path.startswith("/v1/"):
                status, answer = self.api(method, path, query, body)
            elif path.startswith("/_control/"):
                status, answer = 200, self.control(method, path[len("/_control/") :], json.loads(body or "{}"))
            elif match := re.fullmatch(r"/c/pay/(\w+)(?:/(\w+))?", path):
                return self.page(method, match[1], match[2])
            else:
                raise Refusal(404, f"Unrecognized request URL ({method}: {path}).")
        except Refusal as refusal:
            status, answer = refusal.status, refusal.body
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if isinstance(answer, str):
            return self.answer(status, answer.encode(), "text/html; charset=utf-8")
        self.answer(status, json.dumps(answer, indent=2).encode(), "application/json")

    def answer(self, status, body, kind, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in {**headers, **self.extra}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    # The API

    def route(self, method, path):
        """What is asked: its name, and what does it with the parameters."""
        model = self.server.model
        if (method, path) == ("POST", "/v1/checkout/sessions"):
            return "create", model.create
        if (method, path) == ("GET", "/v1/events") and self.server.with_events:
            return "events", model.list_events
        if match := re.fullmatch(r"/v1/checkout/sessions/([\w-]+)(/expire)?", path):
            if method == "POST" and match[2]:
                return "expire", lambda params: model.expire(match[1], params)
            if method == "GET" and not match[2]:
                return "retrieve", lambda params: model.retrieve(match[1], params)
        if (method, path) == ("GET", "/v1/webhook_endpoints"):
            return "endpoints", model.list_endpoints
        if (method, path) == ("POST", "/v1/refunds"):
            return "refund", model.back.create
        if (method, path) == ("GET", "/v1/refunds"):
            return "refunds", model.back.list
        if method == "GET" and (match := re.fullmatch(r"/v1/(refunds|disputes)/(\w+)", path)):
            read = model.back.retrieve if match[1] == "refunds" else model.back.dispute
            return match[1][:-1] + "_read", lambda params: read(match[2], params)
        raise Refusal(404, f"Unrecognized request URL ({method}: {path}). (Or this fake does not model it.)")

    def fault(self, name):
        with self.server.lock:
            for fault in self.server.faults:
                if fault["on"] in (name, "any") and fault["times"] > 0:
                    fault["times"] -= 1
                    return fault["fault"], fault.get("seconds", 1)
        return None, 0

    def api(self, method, path, query, body):
        self.check_caller()
        name, act = self.route(method, path)
        name = "expand" if name == "retrieve" and "expand" in query else name
        key = self.headers.get("Idempotency-Key") if method == "POST" else None
        with self.server.lock:
            self.server.requests.append({"on": name, "key": key})
        fault, seconds = self.fault(name)
        if fault == "hang":
            time.sleep(seconds)
        if fault in ("drop", "hang"):
            raise Dropped
        if fault == "502":
            return 502, "<html><h1>502 Bad Gateway</h1></html>"
        if fault in ("401", "403"):
            raise Refusal(int(fault), "This key may not do that.")
        if fault == "paid_first":
            self.server.model.act(path.split("/")[4], "pay")
        if fault == "429":
            raise Refusal(429, "Request rate limit exceeded.", code="rate_limit", kind="invalid_request_error")
        if fault == "500":
            raise Refusal(500, "An unknown error occurred.", kind="api_error")
        if method == "POST":
            kind = self.headers.get("Content-Type", "").partition(";")[0].strip()
            if body and kind != "application/x-www-form-urlencoded":
                raise Refusal(400, "The body must be form-encoded.")
            if query:
                raise Refusal(400, "This fake takes the parameters of a POST from its body only.")
        elif body:
            raise Refusal(400, "A GET has no body here.")
        params = parse_form(body if method == "POST" else query)
        slow = seconds if fault == "slow" else 0
        saved = Refusal(500, "An unknown error occurred.", kind="api_error") if fault == "500_saved" else None
        status, answer = self.once(key, (path, params), lambda: self.carry_out(act, params, slow, saved))
        if fault == "drop_after":
            raise Dropped
        return status, answer

    def check_caller(self):
        given = self.headers.get("Authorization", "")
        if given != f"Bearer {self.server.key}":
            said = "Invalid API Key provided." if given else "You did not provide an API key."
            raise Refusal(401, said)
        version = self.headers.get("Stripe-Version")
        if version != VERSION:
            raise Refusal(400, f"Invalid Stripe API version: {version} (this fake speaks {VERSION})")

    @staticmethod
    def carry_out(act, params, slow, saved):
        time.sleep(slow)
        if saved:
            return saved.status, saved.body
        return 200, act(params)

    def once(self, key, asked, carry_out):
        """The same key with the same parameters is carried out once. Errors in parameters do not use it up."""
        if key is None:
            return carry_out()
        if not 1 <= len(key) <= 255:
            raise Refusal(400, "An idempotency key has 1 to 255 characters.", kind="idempotency_error")
        now = self.server.model.now()
        with self.server.lock:
            known = self.server.keys.get(key)
            if known and now - known["at"] > 86_400:
                known = None
            if known and known["asked"] != asked:
                raise Refusal(400, "Keys for idempotent requests can only be used with the same parameters they were "
                              f"first used with. Try using a key other than '{key}' if you meant to execute a "
                              "different request.", kind="idempotency_error")
            if known and known["answer"] is None:
                raise Refusal(409, "There is currently another in-progress request using this Idempotent Key.",
                              code="idempotency_key_in_use", kind="idempotency_error")
            if known:
                self.extra = {"Idempotent-Replayed": "true"}
                return known["answer"]
            self.server.keys[key] = {"at": now, "asked": asked, "answer": None}
        try:
            answer = carry_out()
        except BaseException:
            with self.server.lock:
                del self.server.keys[key]
            raise
        with self.server.lock:
            self.server.keys[key]["answer"] = answer
        return answer

    # The control API: what a test tells the buyer, her bank and the faults to do.

    def control(self, method, what, body):
        server = self.server
        if (method, what) == ("GET", "state"):
            with server.model.lock, server.lock, server.hooks.lock:
                return {"sessions": [kept["session"] for kept in server.model.sessions.values()],
                        "events": len(server.model.events), "requests": list(server.requests),
                        "refunds": list(server.model.back.refunds.values()),
                        "disputes": list(server.model.back.disputes.values()),
                        "deliveries": list(server.hooks.log)}
        if method == "POST" and what.startswith("back/"):
            return server.model.back.act(what[len("back/") :], body)
        if method == "POST" and (match := re.fullmatch(r"sessions/(\w+)/(\w+)", what)) and match[2] in VERBS:
            return server.model.act(match[1], match[2])
        if (method, what) == ("POST", "faults"):
            for list_name, names in (("api", API_FAULTS), ("hooks", FAULTS)):
                for fault in body.get(list_name, []):
                    if fault.get("fault") not in names or not isinstance(fault.get("times"), int):
                        raise Refusal(400, f"no such fault: {fault}")
                    fault.setdefault("on", "any")
                    if fault["on"] not in QUESTIONS:
                        raise Refusal(400, f"no such question: {fault}")
            if body.keys() - {"api", "hooks"}:
                raise Refusal(400, f"api and hooks, not {list(body)}")
            with server.lock, server.hooks.lock:
                server.faults = body.get("api", server.faults)
                server.hooks.plan = body.get("hooks", server.hooks.plan)
            return {}
        if (method, what) == ("POST", "endpoints"):
            server.model.endpoints = body["data"]
            return {}
        if (method, what) == ("POST", "clock") and isinstance(body.get("forward_seconds"), (int, float)):
            server.model.offset += body["forward_seconds"]
            server.model.sweep()
            return {"now": server.model.now()}
        if (method, what) == ("POST", "webhook") and isinstance(body.get("secrets"), list):
            server.hooks.url, server.hooks.secrets = body.get("url"), body["secrets"]
            return {}
        if (method, what) == ("POST", "flush"):
            server.hooks.flush()
            return {}
        raise Refusal(400, f"no such control: {method} {what}")

    # The page on which a person pays.

    def page(self, method, sid, verb):
        try:
            if method == "POST":
                if verb not in VERBS - {"lapse"}:
                    raise Refusal(400, f"no such button: {verb}")
                session = self.server.model.act(sid, verb)
                if session["status"] == "complete":
                    there = session["success_url"].replace("{CHECKOUT_SESSION_ID}", sid)
                    return self.answer(303, b"", "text/plain", Location=there)
                return self.answer(303, b"", "text/plain", Location=f"/c/pay/{sid}")
            kept = self.server.model.kept(sid)
        except Refusal as refusal:
            said = html.escape(refusal.body["error"]["message"])
            return self.answer(refusal.status, f"<!doctype html><title>Pay</title><p>{said}</p>".encode(), "text/html")
        session = kept["session"]
        price = html.escape(f"{session['amount_total']} {session['currency'].upper()} (smallest units)")
        parts = [f"<h1>{html.escape(', '.join(kept['names']))}</h1><p>{price}</p><p>{session['status']}</p>"]
        if kept["declined"]:
            parts.append('<p role="alert">Your card was declined.</p>')
        if session["status"] == "open":
            labels = {"pay": "Pay", "decline": "Pay with a card that is declined", "debit": "Pay by bank debit"}
            parts += [f'<form method="post" action="/c/pay/{sid}/{verb}"><button>{label}</button></form>'
                      for verb, label in labels.items()]
            if session["cancel_url"]:
                parts.append(f'<a href="{html.escape(session["cancel_url"])}">Back</a>')
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Pay (fake)</title>'
        self.answer(200, (head + "".join(parts)).encode(), "text/html; charset=utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--public", help="the address under which buyers reach it")
    parser.add_argument("--key", default="sk_test_fake", help="the secret key it takes")
    parser.add_argument("--webhook", help="where events are sent")
    parser.add_argument("--secret", action="append", default=[], help="signs webhooks; twice while rolling")
    parser.add_argument("--chaos", type=int, help="a seed: webhooks are lost, doubled, delayed, forged by chance")
    parser.add_argument("--no-events", action="store_true", help="a server without List Events")
    options = parser.parse_args()
    if options.webhook and not options.secret:
        parser.error("--webhook needs --secret")
    server = Server(options)
    print(server.server_address[1], flush=True)

    def sweep():
        while True:
            time.sleep(0.5)
            server.model.sweep()

    threading.Thread(target=sweep, daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
