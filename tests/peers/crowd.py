#!/usr/bin/env python3
"""A crowd at the storefronts of tests/packaging-memory's practice: clients who buy, pay at the till (stripe_fake.py) and book, each on one
connection that is kept, and practitioners who sign in over and over, each with a password that has to be hashed.

    crowd.py practice FOLDER                     writes practice.toml with noise as pictures, for `fiddlehead setup --from`
    crowd.py write --port P --megabytes N        the owner writes so many megabytes of notes about forty clients
    crowd.py come --port P --till T --clients N --for SECONDS [--sign-ins N]

Prints one JSON object at the end: what was bought, booked and signed in, what was refused, and what failed, in words.
"""
import argparse
import collections
import json
import os
import random
import re
import struct
import sys
import threading
import time
import urllib.request
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import PASSWORD, Browser, sign_in  # noqa: E402

# Each has two pictures that cannot be packed: 46 MB together. The rest are notes.
PRACTITIONERS = 150


def noise(width, height):
    """A PNG of chance."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + os.urandom(width * 3) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


def practice(folder):
    for name, size in (("portrait.png", (1000, 1200)), ("cover.png", (1600, 620))):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(noise(*size))
    days = "\n".join(f'{day} = ["00:00-24:00"]' for day in
                     ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    lines = ['[practice]\nname = "Quiet Field"\nemail = "hello@quietfield.example"\ncurrency = "USD"\nzone = "America/New_York"\n']
    for n in range(PRACTITIONERS):
        email = "ines@quietfield.example" if n == 0 else f"p{n}@quietfield.example"
        # One of ten has a password: it takes its time to be hashed.
        password = f'password = "{PASSWORD}"' if n % 10 == 0 else ""
        lines.append(f'''
[[practitioner]]
name = "Practitioner {n}"
slug = "p{n}"
email = "{email}"
role = "{"owner" if n == 0 else "practitioner"}"
{password}
[practitioner.storefront]
portrait = "portrait.png"
cover = "cover.png"
[practitioner.hours]
{days}
notice_hours = 1
[[practitioner.package]]
name = "Six sessions"
slug = "six"
sessions = 6
length = 50
price = "540"
days = 90
format = "phone"
''')
    with open(os.path.join(folder, "practice.toml"), "w", encoding="utf-8") as file:
        file.write("".join(lines))


def write(port, megabytes):
    """Notes of 15 KB each, which are sealed and so cannot be packed."""
    chance = random.Random(1)

    def some(clients):
        browser = Browser(f"http://127.0.0.1:{port}")
        sign_in(browser)
        for n in clients:
            page = browser.get("/desk/clients/new").must(200)
            made = browser.send(page, {"name": f"Client {n}", "email": f"client{n}@example.org"}, "/desk/clients/new").must(303)
            client = re.match(r"/desk/clients/[^/?]+", made.location).group(0)
            for _ in range(megabytes * 1_000_000 // 15_000 // 40):
                page = browser.get(f"{client}/notes").must(200)
                text = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(4_990))
                browser.send(page, {"text": text, "shared": "no"}, f"{client}/notes").must(303)

    threads = [threading.Thread(target=some, args=(range(n, 40, 4),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Crowd:
    def __init__(self, args):
        self.port, self.till, self.end = args.port, args.till, time.monotonic() + args.seconds
        self.counts, self.failed, self.lock = collections.Counter(), collections.Counter(), threading.Lock()
        self.slowest = collections.defaultdict(float)

    def count(self, what, since=None):
        with self.lock:
            self.counts[what] += 1
            if since is not None:
                self.slowest[what] = max(self.slowest[what], time.monotonic() - since)

    def browser(self, n):
        browser = Browser(f"http://127.0.0.1:{self.port}", patience=60)
        # Each from a place of her own, or the limits that hold one visitor back would hold all.
        browser.forwarded = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        return browser

    def client(self, n):
        chance, turn = random.Random(n), 0
        browser = self.browser(n + 1)
        while time.monotonic() < self.end:
            turn += 1
            browser.cookies.clear()
            # Another person, in another place: nobody may order so often from one.
            browser.forwarded = f"11.{turn & 255}.{n >> 8 & 255}.{n & 255}"
            self.buy_and_book(browser, chance, f"n{n}t{turn}")

    def buy_and_book(self, browser, chance, who):
        door = f"/p{chance.randrange(PRACTITIONERS)}"
        browser.get(door).must(200)
        page = browser.get(f"{door}/six/checkout").must(200)
        began = time.monotonic()
        typed = {"name": f"Nora {who}", "email": f"{who}@example.org", "pay": "online", "agree": "yes", "tz": "America/New_York"}
        sent = browser.send(page, typed, f"{door}/six/checkout|").must(303)
        session = re.search(r"(cs_\w+)", sent.location).group(1)
        ask = urllib.request.Request(f"http://127.0.0.1:{self.till}/_control/sessions/{session}/pay", b"{}", method="POST")
        urllib.request.urlopen(ask, timeout=60).read()
        bought = "/bought/" + dict(page.form(f"{door}/six/checkout|").fields)["id"]
        for _ in range(600):
            landed = browser.get(f"{bought}?checkout={session}")
            if "When shall we begin?" in landed.text:
                break
            if time.monotonic() > self.end:
                return
            time.sleep(0.1)
        else:
            landed.must(200, "When shall we begin?")
        self.count("bought", began)
        lot = re.search(r"/me/book/([0-9a-zA-Z-]+)", landed.text).group(1)
        for _ in range(6):
            if time.monotonic() > self.end:
                return
            self.book(browser, chance, lot)

    def book(self, browser, chance, lot):
        times = browser.get(f"/me/book/{lot}").must(200)
        slots = re.findall(r'name="slot" value="([^"]+)"', times.text)
        if not slots:
            return self.count("no time was free")
        began = time.monotonic()
        page = browser.get(f"/me/book/{lot}/confirm?slot={chance.choice(slots)}")
        if page.status != 200:
            return self.count(f"refused: confirm {page.status}")
        answer = browser.send(page, {}, "/me/bookings")
        if answer.status != 303:
            return self.count(f"refused: booking {answer.status}")
        self.count("booked", began)
        browser.get(answer.location).must(200)

    def practitioner(self, n):
        turn = 0
        while time.monotonic() < self.end:
            turn += 1
            # A fresh place each time: nobody may try so often from one.
            browser = self.browser(1 << 20 | n << 12 | turn)
            who = 10 * (1 + n % (PRACTITIONERS // 10 - 1))
            page = browser.get("/desk/sign-in").must(200)
            began = time.monotonic()
            answer = browser.send(page, {"email": f"p{who}@quietfield.example", "password": PASSWORD}, "/desk/sign-in|")
            self.count("signed in" if answer.status == 303 else f"sign-in: {answer.status}", began)
            if answer.status == 303:
                browser.get("/desk").must(200)

    def come(self, clients, sign_ins):
        def guarded(work, n):
            while time.monotonic() < self.end:
                try:
                    work(n)
                except (OSError, SystemExit, AttributeError, KeyError) as why:
                    with self.lock:
                        self.failed[f"{type(why).__name__}: {str(why)[:160]}"] += 1
                    time.sleep(0.2)

        threads = [threading.Thread(target=guarded, args=(self.client, n), daemon=True) for n in range(clients)]
        threads += [threading.Thread(target=guarded, args=(self.practitioner, n), daemon=True) for n in range(sign_ins)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.1, self.end + 60 - time.monotonic()))
        seconds = {what: round(most, 2) for what, most in self.slowest.items()}
        print(json.dumps({"counts": self.counts, "slowest": seconds, "failed": dict(self.failed.most_common(8))}))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("what", choices=["practice", "write", "come"])
    args.add_argument("folder", nargs="?")
    args.add_argument("--port", type=int)
    args.add_argument("--till", type=int)
    args.add_argument("--clients", type=int, default=256)
    args.add_argument("--sign-ins", type=int, default=4)
    args.add_argument("--megabytes", type=int, default=60)
    args.add_argument("--for", dest="seconds", type=float, default=60)
    args = args.parse_args()
    if args.what == "practice":
        practice(args.folder)
    elif args.what == "write":
        write(args.port, args.megabytes)
    else:
        Crowd(args).come(args.clients, args.sign_ins)


if __name__ == "__main__":
    main()
