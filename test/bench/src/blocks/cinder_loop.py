"""The loop of cinder-backup's chunked drivers on a file: SHA-256 of every 32 KiB, and what differs from the last time packed by zlib into objects of a store.

usage: cinder_loop.py VOLUME STORE. The digests of the last time are STORE/sha256s; the bytes stored are printed.
"""
import hashlib
import json
import os
import sys
import zlib

CHUNK = 52428800
BLOCK = 32768

volume, store = sys.argv[1:]
known = os.path.join(store, "sha256s")
before = None
if os.path.exists(known):
    with open(known) as file:
        before = json.load(file)["sha256s"]
os.makedirs(store, exist_ok=True)
digests = []
stored = 0


def backup(segment):
    global stored
    packed = zlib.compress(segment)
    stored += len(packed)
    with open(os.path.join(store, "object"), "wb") as file:
        file.write(packed)


with open(volume, "rb") as source:
    while True:
        data = source.read(CHUNK)
        if data == b"":
            break
        shas = [hashlib.sha256(data[at:at + BLOCK]).hexdigest() for at in range(0, len(data), BLOCK)]
        first = len(digests)
        digests.extend(shas)
        if before is None:
            backup(data)
            continue
        start = -1
        for index, sha in enumerate(shas):
            if sha != before[first + index]:
                if start == -1:
                    start = index * BLOCK
            elif start != -1:
                backup(data[start:index * BLOCK])
                start = -1
        if start != -1:
            backup(data[start:])
with open(known, "w") as file:
    json.dump({"chunk_size": BLOCK, "sha256s": digests}, file, sort_keys=True, indent=2)
print(stored)
