#!/usr/bin/env python3
"""An SFTP server for tests that lets one user in by password: by the method of that name, or only as the answer to a question, as some
servers have it. Serves a folder as the root. Prints its port, then the fingerprint of its key; it ends when its standard input does.

    sftp_server.py --folder DIR --user NAME --password WORDS [--by password|question]
"""

import argparse
import asyncio
import logging
import sys

import asyncssh

parser = argparse.ArgumentParser()
parser.add_argument("--folder", required=True)
parser.add_argument("--user", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--by", choices=["password", "question"], default="password")
args = parser.parse_args()


class Door(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True

    def public_key_auth_supported(self):
        return False

    def password_auth_supported(self):
        return args.by == "password"

    def validate_password(self, username, password):
        return (username, password) == (args.user, args.password)

    def kbdint_auth_supported(self):
        return args.by == "question"

    def get_kbdint_challenge(self, username, lang, submethods):
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username, responses):
        return (username, list(responses)) == (args.user, [args.password])


async def serve():
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=Door,
        server_host_keys=[key],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=args.folder.encode()),
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    print(key.get_fingerprint(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


logging.disable(logging.CRITICAL)
asyncio.run(serve())
