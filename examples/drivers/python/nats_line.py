"""The few verbs of the NATS client protocol that answering requests takes, on a plain socket.

So that the example needs nothing but Python. In production use the official client (nats-py): it speaks TLS, NKEYS and clusters.
"""

import json
import socket
import time
from urllib.parse import urlsplit


class NatsLine:
    """Answers requests, one after the other; connects again whenever the line breaks."""

    def __init__(self, url):
        self.url = urlsplit(url)

    def serve(self, subjects, queue, answer):
        """Calls `answer(subject, document)` for every request and sends back what it returns. Never returns."""
        while True:
            try:
                self._serve_once(subjects, queue, answer)
            except OSError as broken:
                print(f"NATS: {broken}; trying again", flush=True)
            time.sleep(0.25)

    def _serve_once(self, subjects, queue, answer):
        with socket.create_connection((self.url.hostname, self.url.port or 4222), timeout=10) as line:
            line.settimeout(None)
            reader = line.makefile("rb")
            reader.readline()  # INFO: what the server is.
            line.sendall(f"CONNECT {json.dumps(self._options())}\r\n".encode())
            for sid, subject in enumerate(subjects, 1):
                # In a queue group each request goes to one member, so a second process may stand by.
                line.sendall(f"SUB {subject} {queue} {sid}\r\n".encode())
            while head := reader.readline():
                self._take(line, reader, head.decode().split(), answer)
        raise OSError("the server closed the connection")

    def _options(self):
        options = {"verbose": False, "pedantic": False, "lang": "python", "version": "1", "protocol": 1, "name": "driver"}
        if self.url.username is not None:
            options |= {"user": self.url.username, "pass": self.url.password or ""}
        return options

    def _take(self, line, reader, head, answer):
        kind = head[0].upper() if head else ""
        if kind == "PING":
            line.sendall(b"PONG\r\n")
        elif kind == "-ERR":
            raise OSError(" ".join(head[1:]))
        elif kind == "MSG":  # MSG <subject> <sid> [reply-to] <bytes>
            body = reader.read(int(head[-1]) + 2)[:-2]
            if len(head) == 5:
                reply = json.dumps(answer(head[1], json.loads(body))).encode()
                line.sendall(f"PUB {head[3]} {len(reply)}\r\n".encode() + reply + b"\r\n")
