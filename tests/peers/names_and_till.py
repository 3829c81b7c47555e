"""A name server and a till for tests/packaging: answers every A question for NAME with 127.0.0.1, and every HTTP request with an
empty list. Writes a line for each to standard output: `asked NAME` and `called METHOD PATH HOST`.

    names_and_till.py NAME PORT        (the name server is at 127.0.0.1:53: run it in a network of its own)
"""

import http.server
import socket
import struct
import sys
import threading

NAME, PORT = sys.argv[1], int(sys.argv[2])


def question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode("ascii"))
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack("!H", packet[at + 1 : at + 3])[0], packet[12 : at + 5]


def answer_names():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    while True:
        packet, asker = server.recvfrom(512)
        name, kind, asked = question(packet)
        print("asked", name, flush=True)
        known = name.lower() == NAME
        answers = b""
        if known and kind == 1:
            answers = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1])
        flags = 0x8180 if known else 0x8183
        server.sendto(packet[:2] + struct.pack("!HHHHH", flags, 1, 1 if answers else 0, 0, 0) + asked + answers, asker)


class Till(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("called", self.command, self.path, self.headers["Host"], flush=True)
        body = b'{"object":"list","data":[],"has_more":false,"url":"/v1/events"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


threading.Thread(target=answer_names, daemon=True).start()
http.server.HTTPServer(("127.0.0.1", PORT), Till).serve_forever()
