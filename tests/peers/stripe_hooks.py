"""How the Stripe-speaking fake delivers webhooks: signed, retried, and as badly as it is told to."""

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request

FAULTS = {"lose", "double", "delay", "reorder", "forge", "stale"}
RETRIES = [0.25, 0.5, 1, 2, 4, 8, 16]


class Hooks:
    """Delivers events to one address. `plan` is a list of faults, each for its next `times` events."""

    def __init__(self, url, secrets, chaos, now):
        self.lock = threading.Lock()
        self.url, self.secrets, self.now = url, secrets, now
        self.chaos = random.Random(chaos) if chaos is not None else None
        self.plan, self.held, self.log = [], [], []

    def heard(self, event):
        """Something happened: deliver it, as the plan or chance has it."""
        with self.lock:
            if not self.url:
                return
            fault = self._next_fault()
            name = fault["fault"] if fault else None
            if name == "lose":
                self.log.append({"event": event["id"], "result": "lost"})
                return
            if name == "reorder":
                self.held.append(event)
                if fault["times"]:
                    return
                batch, self.held = self.held[::-1], []
            else:
                batch = [event] * (2 if name == "double" else 1)
        pause = fault.get("seconds", 1) if name == "delay" else 0
        if name == "reorder":
            threading.Thread(target=self._in_turn, args=(batch,), daemon=True).start()
            return
        if name in ("forge", "stale"):
            self._start(event, 0, name)
        for one in batch:
            self._start(one, pause, None)

    def _next_fault(self):
        for fault in self.plan:
            if fault["times"] > 0:
                fault["times"] -= 1
                return fault
        if self.chaos:
            name = self.chaos.choices(["lose", "double", "delay", "forge", "stale", None], [1, 2, 3, 2, 1, 5])[0]
            return {"fault": name, "times": 0, "seconds": self.chaos.uniform(0, 3)} if name else None
        return None

    def flush(self):
        """Delivers what is held back for another order."""
        with self.lock:
            batch, self.held = self.held[::-1], []
        self._in_turn(batch)

    def _in_turn(self, batch):
        for event in batch:
            self._deliver(event, 0, None)

    def _start(self, event, pause, twist):
        threading.Thread(target=self._deliver, args=(event, pause, twist), daemon=True).start()

    def sign(self, body, twist):
        at = int(self.now()) - (3_600 if twist == "stale" else 0)
        secrets = ["whsec_not_yours"] if twist == "forge" else self.secrets
        made = [hmac.new(s.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest() for s in secrets]
        return ",".join([f"t={at}"] + [f"v1={one}" for one in made] + ["v0=" + "0" * 64])

    def _deliver(self, event, pause, twist):
        time.sleep(pause)
        body = json.dumps(event, indent=2).encode()
        for wait in [*RETRIES, None]:
            headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0",
                       "Stripe-Signature": self.sign(body, twist)}
            try:
                request = urllib.request.Request(self.url, body, headers)
                with urllib.request.urlopen(request, timeout=10) as answer:
                    result = answer.status
            except urllib.error.HTTPError as error:
                result = error.code
            except OSError as error:
                result = type(error).__name__
            with self.lock:
                self.log.append({"event": event["id"], "type": event["type"], "twist": twist, "result": result})
            # What is forged is not tried again: nobody stands behind it.
            if twist or wait is None or (isinstance(result, int) and result < 300):
                return
            time.sleep(wait)
