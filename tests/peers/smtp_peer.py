#!/usr/bin/env python3
"""A mail server for tests: takes mail over STARTTLS or TLS with AUTH, keeps it, and fails in the ways asked for.

Every accepted mail is kept as DIR/NNN.eml, read again with Python's own email package, and told about in one line
of JSON on standard output, as are the port (first) and every fault that was played. It ends when its standard
input does, so that it cannot outlive the test that started it.
"""

import argparse
import asyncio
import email
import email.policy
import json
import logging
import pathlib
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

FAULTS = {
    "421-hello": "greet and then refuse: 421 to EHLO",
    "no-starttls": "do not offer STARTTLS",
    "inject-starttls": "append an answer of our own, in plain text, to the one to STARTTLS",
    "454-auth": "AUTH does not work just now",
    "550-sender": "refuse MAIL FROM",
    "451-rcpt": "RCPT: try again later",
    "550-rcpt": "RCPT: there is no such person",
    "554-relay": "RCPT: this account may not relay",
    "silence-at-data": "no answer to DATA",
    "drop-at-data": "close instead of answering DATA",
    "drop-in-body": "close after the first lines of the mail",
    "451-data": "the whole mail, then: try again later",
    "550-data": "the whole mail, then: refused",
    "silence-after-dot": "keep the mail and never answer",
    "drop-before-acceptance": "read the whole mail, keep nothing, close",
    "drop-after-acceptance": "keep the mail, close without an answer",
    "slow-verdict": "keep the mail, answer after a second",
}


def say(**event):
    print(json.dumps(event), flush=True)


class Faults:
    """The faults still to be played; the first goes first."""

    def __init__(self, names):
        self.left = list(names)

    def take(self, *names):
        """The next fault, if it is one of these."""
        if self.left and self.left[0] in names:
            fault = self.left.pop(0)
            say(event="fault", fault=fault)
            return fault
        return None


def read_again(raw):
    """What a mail program would see in the mail."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(message.walk())

    def of_type(kind):
        return [part for part in parts if part.get_content_type() == kind]

    def content(part):
        data = part.get_content()
        return data if isinstance(data, str) else data.decode()

    def person(name):
        return [[a.display_name, a.addr_spec] for a in message[name].addresses] if message[name] else []

    return {
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "header_names": [name for name, _ in message.items()],
        "from": person("From"),
        "to": person("To"),
        "reply_to": person("Reply-To"),
        "date": message["Date"].datetime.isoformat(),
        "structure": [part.get_content_type() for part in parts],
        "text": [content(part) for part in of_type("text/plain")],
        "html": [content(part) for part in of_type("text/html")],
        "calendar": [[part.get_param("method"), content(part)] for part in of_type("text/calendar")],
        "files": [
            [part.get_filename(), part.get_content_type(), content(part)]
            for part in parts
            if part.get_content_disposition() == "attachment"
        ],
        "defects": [str(d) for part in parts for d in part.defects]
        + [f"{name}: {d}" for name, value in message.items() for d in value.defects],
        "longest_line": max(len(line) for line in raw.split(b"\r\n")),
        "ascii": raw.isascii(),
    }


class Handler:
    def __init__(self, folder, faults):
        self.folder, self.faults, self.count = folder, faults, 0

    def keep(self, envelope):
        self.count += 1
        path = self.folder / f"{self.count:03}.eml"
        path.write_bytes(envelope.original_content)
        say(
            event="accepted",
            file=str(path),
            mail_from=envelope.mail_from,
            rcpt_to=envelope.rcpt_tos,
            mail=read_again(envelope.original_content),
        )

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.faults.take("550-sender"):
            return "550 5.7.1 you may not write as this sender"
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        match self.faults.take("451-rcpt", "550-rcpt", "554-relay"):
            case "451-rcpt":
                return "451 4.7.1 greylisted, come back later"
            case "550-rcpt":
                return "550 5.1.1 no such person here"
            case "554-relay":
                return "554 5.7.1 Relay access denied"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        fault = self.faults.take(
            "451-data", "550-data", "silence-after-dot", "drop-before-acceptance", "drop-after-acceptance", "slow-verdict"
        )
        match fault:
            case "451-data":
                return "451 4.3.0 the disk is full, come back later"
            case "550-data":
                return "550 5.7.1 this looks like spam"
            case "drop-before-acceptance":
                return await server.hang_up()
        self.keep(envelope)
        match fault:
            case "silence-after-dot":
                await asyncio.sleep(3600)
            case "drop-after-acceptance":
                return await server.hang_up()
            case "slow-verdict":
                await asyncio.sleep(1)
        return "250 2.0.0 kept"


class Server(SMTP):
    faults = None

    async def hang_up(self):
        self.transport.abort()
        await asyncio.sleep(3600)

    async def smtp_EHLO(self, hostname):
        if self.faults.take("421-hello"):
            await self.push("421 4.3.2 closing for the night")
            return await self.hang_up()
        if self._tls_protocol is None and self.faults.take("no-starttls"):
            self.tls_context = None
        await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg):
        if self.faults.take("inject-starttls"):
            # In one write, as somebody on the way would do it, and without a word of TLS after it.
            self.transport.write(b"220 go ahead\r\n250-injected\r\n250 AUTH PLAIN\r\n")
            return await asyncio.sleep(3600)
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg):
        if self.faults.take("454-auth"):
            return await self.push("454 4.7.0 cannot look up passwords just now")
        await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg):
        match self.faults.take("silence-at-data", "drop-at-data", "drop-in-body"):
            case "silence-at-data":
                await asyncio.sleep(3600)
            case "drop-at-data":
                return await self.hang_up()
            case "drop-in-body":
                await self.push("354 go on")
                await self._reader.readuntil(b"\r\n")
                return await self.hang_up()
        await super().smtp_DATA(arg)


async def serve(args):
    folder = pathlib.Path(args.dir)
    folder.mkdir(parents=True, exist_ok=True)
    faults = Faults(args.fault)
    tls = None
    if args.security != "none":
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(args.cert, args.key)

    def authenticate(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (args.user.encode(), args.password.encode())
        say(event="auth", mechanism=mechanism, right=right)
        return AuthResult(success=right, handled=right)

    handler = Handler(folder, faults)

    def connection():
        server = Server(
            handler,
            hostname="peer.example",
            tls_context=tls if args.security == "starttls" else None,
            require_starttls=args.security == "starttls" and "no-starttls" not in args.fault,
            auth_required=bool(args.user),
            auth_require_tls=args.security == "starttls",
            auth_exclude_mechanism=[m for m in ("PLAIN", "LOGIN") if args.only_auth and m != args.only_auth],
            authenticator=authenticate,
        )
        server.faults = faults
        say(event="connected")
        return server

    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        connection, "127.0.0.1", args.port, ssl=tls if args.security == "tls" else None
    )
    say(event="listening", port=listener.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


def main():
    # It warns of AUTH without TLS, and traces every broken handshake; both are asked for here.
    warnings.simplefilter("ignore")
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", required=True, help="folder for accepted mails")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--security", choices=["starttls", "tls", "none"], default="starttls")
    parser.add_argument("--cert", help="PEM, for starttls and tls")
    parser.add_argument("--key", help="PEM, for starttls and tls")
    parser.add_argument("--user", default="", help="without one, there is no AUTH")
    parser.add_argument("--password", default="")
    parser.add_argument("--only-auth", choices=["PLAIN", "LOGIN"])
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        choices=sorted(FAULTS),
        help="played once, in the order given; repeat it to play it again",
    )
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
