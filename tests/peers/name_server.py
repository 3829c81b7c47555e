#!/usr/bin/env python3
"""A name server for tests: answers by UDP and TCP what a zone file on standard input says (up to a line with a single dot), with CNAMEs
followed, NXDOMAIN for what is not there and, by RFC 8020, none for names that others stand under. Answers by UDP longer than 512 bytes are
cut short, so that the asker has to come by TCP. Says on standard output its port, then each question: `udp NAME TYPE`. It ends when its
standard input does.
"""

import sys

from dnslib import QTYPE, RCODE, RR
from dnslib.server import DNSHandler, DNSLogger, DNSServer

zone = ""
for line in sys.stdin:
    if line.strip() == ".":
        break
    zone += line
records = RR.fromZone(zone)


class Resolver:
    def resolve(self, request, handler):
        name, kind = request.q.qname, QTYPE[request.q.qtype]
        print(handler.protocol, name, kind, flush=True)
        reply = request.reply()
        # It looks for the answer itself, as servers do that programs ask.
        reply.header.ra = 1
        for _ in range(8):
            alias = [rr for rr in records if rr.rname == name and rr.rtype == QTYPE.CNAME]
            if not alias:
                break
            reply.add_answer(*alias)
            name = alias[0].rdata.label
        reply.add_answer(*[rr for rr in records if rr.rname == name and QTYPE[rr.rtype] == kind])
        if not any(rr.rname == name or rr.rname.matchSuffix(name) for rr in records):
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


class Short(DNSHandler):
    udplen = 512


logger = DNSLogger("-request,-reply,-truncated,-error,-recv,-send,-data")
tcp = udp = None
while udp is None:
    # The system knows a free port for one of the two; it may be taken for the other.
    tcp = DNSServer(Resolver(), address="127.0.0.1", port=0, tcp=True, handler=Short, logger=logger)
    port = tcp.server.server_address[1]
    try:
        udp = DNSServer(Resolver(), address="127.0.0.1", port=port, handler=Short, logger=logger)
    except OSError:
        tcp.server.server_close()
udp.start_thread()
tcp.start_thread()
print(port, flush=True)
sys.stdin.read()
