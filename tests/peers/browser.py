#!/usr/bin/env python3
"""Somebody with a browser, for the tests of what is shipped: keeps cookies, checks certificates, and fills in the forms that
it is shown. As a program it is a new user who sets the practice up by the written steps, and then a stranger at her door:

    browser.py setup --origin https://book.quietfield.example --code CODE [--at 127.0.0.1:443] [--ca FILE]
    browser.py look --origin ORIGIN [--at HOST:PORT] [--ca FILE]        the storefront and its package, seen by a stranger
    browser.py backup --origin ORIGIN --folder /mnt/usb/fiddlehead --save FILE    her kit, a place for backups, and one made now
    browser.py now --origin ORIGIN                 another backup, now
    browser.py desk --origin ORIGIN --words "…"    signs in as the owner; her first page has these words
    browser.py words --origin ORIGIN --words "…"   she says on her storefront, in one sentence, what she helps with
    browser.py seen --origin ORIGIN --words "…"    a stranger reads these words at her door
    browser.py go --origin ORIGIN                  after the data came back from a copy: let it go on
    browser.py trust --origin http://192.168.1.20 --at HOST:PORT --fingerprint HEX --save FILE    installs the authority

`--at` is where the name really leads, as a name server would say. It says what it saw, and fails with words.
"""
import argparse
import hashlib
import html.parser
import http.client
import re
import socket
import ssl
import sys
import urllib.parse


class Form:
    """A form of a page as it is before anybody typed."""

    def __init__(self, attributes):
        self.action = attributes.get("action") or ""
        self.method = (attributes.get("method") or "get").lower()
        self.kind = attributes.get("enctype") or ""
        self.fields = []  # (name, value) as they would be sent
        self.buttons = []


class Reader(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.forms, self.form, self.select, self.area = [], None, None, None
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        has = dict(pairs)
        if tag == "form":
            self.form = Form(has)
            self.forms.append(self.form)
        if self.form is None or "disabled" in has:
            return
        name, value = has.get("name"), has.get("value")
        if tag == "input" and name:
            kind = has.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in has:
                    self.form.fields.append((name, value or "on"))
            elif kind not in ("file", "submit", "image"):
                self.form.fields.append((name, value or ""))
        elif tag == "button" and name:
            self.form.buttons.append((name, value or ""))
        elif tag == "select" and name:
            self.select = [name, None]
        elif tag == "option" and self.select:
            if self.select[1] is None or "selected" in has:
                self.select[1] = value
        elif tag == "textarea" and name:
            self.area = [name, ""]

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select:
            self.form.fields.append((self.select[0], self.select[1] or ""))
            self.select = None
        elif tag == "textarea" and self.area:
            self.form.fields.append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None


class Page:
    def __init__(self, address, status, headers, body):
        self.address, self.status, self.headers, self.body = address, status, headers, body
        self.text = body.decode("utf-8", "replace")
        self.location = headers.get("location", "")

    def form(self, action=None):
        forms = Reader(self.text).forms
        found = [form for form in forms if action is None or re.fullmatch(action, form.action)]
        if not found:
            raise SystemExit(f"{self.address} ({self.status}): no form {action}, only {[f.action for f in forms]}:\n{self.text[:2000]}")
        return found[0]

    def must(self, status, words=""):
        if self.status != status or words not in self.text:
            plain = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.text))
            raise SystemExit(f"{self.address}: {self.status}, wanted {status} {words!r}: {plain[:1500]}")
        return self


class Browser:
    """One connection that is kept, and what a browser keeps beside it."""

    def __init__(self, origin, at=None, ca=None, patience=30):
        self.origin = urllib.parse.urlsplit(origin)
        self.secure = self.origin.scheme == "https"
        port = self.origin.port or (443 if self.secure else 80)
        self.to = at or (self.origin.hostname, port)
        self.context = ssl.create_default_context(cafile=ca) if self.secure else None
        self.patience, self.cookies, self.connection, self.forwarded = patience, {}, None, None

    def connect(self):
        raw = socket.create_connection(self.to, timeout=self.patience)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = http.client.HTTPConnection(self.origin.hostname)
        self.connection.sock = self.context.wrap_socket(raw, server_hostname=self.origin.hostname) if self.secure else raw

    def ask(self, method, path, body=None, kind="application/x-www-form-urlencoded"):
        path = urllib.parse.urlsplit(path)._replace(scheme="", netloc="", fragment="").geturl() or "/"
        headers = {"Host": self.origin.netloc, "Sec-Fetch-Site": "same-origin"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.forwarded:
            headers["X-Forwarded-For"] = self.forwarded
        if body is not None:
            headers["Content-Type"] = kind
            headers["Origin"] = f"{self.origin.scheme}://{self.origin.netloc}"
        for again in (False, True):
            fresh = self.connection is None or self.connection.sock is None
            if fresh:
                self.connect()
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                data = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError, BrokenPipeError):
                self.connection = None
                if again or fresh:
                    raise
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            if re.search(r"max-age=0", line, re.I):
                self.cookies.pop(name.strip(), None)
            else:
                self.cookies[name.strip()] = value.strip()
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Page(path, answer.status, named, data)

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, fields):
        return self.ask("POST", path, urllib.parse.urlencode(fields))

    def send(self, page, typed, action=None):
        """Sends a form of a page with something typed into it. A list as a value sends the name so often."""
        form = page.form(action)
        fields = [(name, value) for name, value in form.fields if name not in typed]
        for name, value in typed.items():
            fields += [(name, one) for one in (value if isinstance(value, list) else [value])]
        to = form.action or page.address
        if form.method == "get":
            return self.get(f"{to}?{urllib.parse.urlencode(fields)}")
        if form.kind == "multipart/form-data":
            line = "a-line-that-stands-in-no-field"
            parts = "".join(f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields)
            return self.ask("POST", to, (parts + f"--{line}--\r\n").encode(), f"multipart/form-data; boundary={line}")
        return self.post(to, fields)


PASSWORD = "seven quiet ferns"


def setup(browser, code):
    """Goes through the wizard, the recovery kit included; ends at the desk."""
    page = browser.get("/setup").must(200)
    browser.send(page, {"code": "AAAA-AAAA"}).must(422, "That is not the code")
    page = browser.send(page, {"code": code}).must(303)
    first = browser.get(page.location).must(200, "Step 1 of 5")
    typed = {"practice": "Quiet Field", "name": "Ines Varga", "email": "ines@quietfield.example", "password": PASSWORD,
             "tagline": "Together we widen it again.", "tz": "America/New_York"}
    page = browser.send(first, typed, "/setup/1|").must(303)
    second = browser.get(page.location).must(200, "Step 2 of 5")
    typed = {"name": "6-Session Program", "sessions": "6", "length": "50", "days": "90", "price": "540"}
    page = browser.send(second, typed, "/setup/2|").must(303)
    third = browser.get(page.location).must(200, "Step 3 of 5")
    page = browser.send(third, {}, "/setup/3|").must(303)
    fourth = browser.get(page.location).must(200, "ready")
    page = browser.send(fourth, {"at-practice": "yes"}, "/setup/4|").must(303)
    kit = browser.get(page.location).must(200, "Step 5 of 5")
    key = dict(kit.form("/setup/5|").fields)["key"]
    page = browser.send(kit, {"ending": key[-6:]}, "/setup/5|").must(303)
    browser.get(page.location).must(200, "Your storefront is open")
    print("set up, from the code to the desk")


def look(browser):
    """A stranger at the door."""
    page = browser.get("/")
    while page.status in (301, 302, 303, 307, 308):
        page = browser.get(page.location)
    page.must(200, "Ines Varga")
    browser.get("/ines-varga").must(200, "6-Session Program")
    browser.get("/ines-varga/6-session-program/checkout").must(200, "540")
    style = re.search(r'href="(/[^"]+\.css[^"]*)"', page.text)
    browser.get(style.group(1)).must(200)
    print(f"the storefront is served at {browser.origin.geturl()}" + (f", by {issuer(browser)}" if browser.secure else ""))


def sign_in(browser):
    page = browser.get("/desk/sign-in").must(200)
    page = browser.send(page, {"email": "ines@quietfield.example", "password": PASSWORD}, "/desk/sign-in|")
    while page.status == 303:
        page = browser.get(page.location)
    return page.must(200)


def say(browser, words):
    sign_in(browser)
    page = browser.get("/desk/settings").must(200)
    browser.send(page, {"tagline": words}, "/desk/settings/storefront").must(303)


def let_go(browser):
    page = sign_in(browser).must(200, "/desk/hold")
    page = browser.get("/desk/hold").must(200, "They are as they were")
    browser.send(page, {"late": "aside"}, "/desk/hold").must(303)
    browser.get("/desk/hold").must(200, "Nothing is held")
    print("at the desk she lets it go on")


def back_up_now(browser):
    page = browser.get("/desk/backups").must(200)
    browser.send(page, {}, "/desk/backups/[^/]*/now").must(303)


def backup(browser, folder, save):
    """The kit on paper, confirmed; a place; a backup, proved there."""
    sign_in(browser)
    page = browser.get("/desk/backups/kit").must(200)
    key = dict(page.form("/desk/backups/kit|").fields)["key"]
    page = browser.send(page, {"ending": key[-6:]}, "/desk/backups/kit|").must(303)
    page = browser.get("/desk/backups/new/folder").must(200)
    page = browser.send(page, {"name": "USB disk", "folder": folder}, "/desk/backups/new/folder|").must(303)
    back_up_now(browser)
    with open(save, "w", encoding="ascii") as file:
        file.write(key + "\n")
    print("the kit is on paper, and a backup was asked for")


def issuer(browser):
    names = dict(pair[0] for pair in browser.connection.sock.getpeercert()["issuer"])
    return names.get("commonName", names)


def trust(browser, fingerprint, save):
    """Installs the practice's own authority, if it is the one that the log named."""
    page = browser.get("/trust").must(200)
    links = re.findall(r'href="(/trust/[^"]*)"', page.text)
    body = browser.get(links[0]).must(200).body
    der = ssl.PEM_cert_to_DER_cert(body.decode()) if body.startswith(b"-----") else body
    seen = hashlib.sha256(der).hexdigest()
    if seen != re.sub(r"[^0-9a-f]", "", fingerprint.lower()):
        raise SystemExit(f"the authority's fingerprint is {seen}, and the log says {fingerprint}")
    with open(save, "w", encoding="ascii") as file:
        file.write(ssl.DER_cert_to_PEM_cert(der))
    print(f"the authority is the one that the log named: {seen[:16]}…")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("what", choices=["setup", "look", "backup", "desk", "words", "seen", "go", "now", "trust"])
    for name in ("--origin", "--at", "--ca", "--code", "--fingerprint", "--save", "--folder", "--words"):
        args.add_argument(name)
    args = args.parse_args()
    at = None
    if args.at:
        host, _, port = args.at.rpartition(":")
        at = (host, int(port))
    browser = Browser(args.origin, at, args.ca)
    if args.what == "setup":
        setup(browser, args.code)
    elif args.what == "look":
        look(browser)
    elif args.what == "backup":
        backup(browser, args.folder, args.save)
    elif args.what == "words":
        say(browser, args.words)
    elif args.what == "seen":
        browser.get("/ines-varga").must(200, args.words)
        print(f"a stranger reads: {args.words}")
    elif args.what == "now":
        sign_in(browser)
        back_up_now(browser)
        print("a backup was asked for")
    elif args.what == "go":
        let_go(browser)
    elif args.what == "desk":
        sign_in(browser).must(200, args.words)
        print(f"at the desk it says: {args.words}")
    else:
        trust(browser, args.fingerprint, args.save)


if __name__ == "__main__":
    sys.exit(main())
