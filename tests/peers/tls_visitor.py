#!/usr/bin/env python3
"""A visitor who checks certificates: asks an https address over and over on fresh connections and on one that is kept open,
and says for each answer what was answered and which certificate was shown.

    tls_visitor.py --port P --name NAME --ca FILE [--for SECONDS] [--until-serials N]

Prints one JSON object at the end: {"answers": N, "failed": [words], "serials": [in order of appearance], "kept": N}.
"""
import argparse
import http.client
import json
import socket
import ssl
import time


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--port", type=int, required=True)
    args.add_argument("--name", required=True)
    args.add_argument("--ca", required=True)
    args.add_argument("--path", default="/healthz")
    args.add_argument("--for", dest="seconds", type=float, default=0)
    args.add_argument("--until-serials", type=int, default=1)
    args = args.parse_args()

    context = ssl.create_default_context(cafile=args.ca)
    answers, failed, serials, kept = 0, [], [], 0

    class Connection(http.client.HTTPSConnection):
        def connect(self):
            raw = socket.create_connection(("127.0.0.1", args.port), timeout=20)
            self.sock = context.wrap_socket(raw, server_hostname=args.name)

    def ask(connection):
        connection.request("GET", args.path, headers={"Host": f"{args.name}:{args.port}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise OSError(f"status {answer.status}")

    stays = Connection(args.name, args.port)
    end = time.monotonic() + args.seconds
    while True:
        try:
            fresh = Connection(args.name, args.port)
            ask(fresh)
            serial = fresh.sock.getpeercert()["serialNumber"] if fresh.sock else None
            if serial is None:
                raise OSError("the answer closed the connection")
            fresh.close()
            if serial not in serials:
                serials.append(serial)
            answers += 1
            ask(stays)
            kept += 1
        except OSError as why:
            failed.append(repr(why))
            stays = Connection(args.name, args.port)
        if len(serials) >= args.until_serials or time.monotonic() > end:
            break
        time.sleep(0.02)
    print(json.dumps({"answers": answers, "failed": failed[:5], "serials": serials, "kept": kept}))


if __name__ == "__main__":
    main()
