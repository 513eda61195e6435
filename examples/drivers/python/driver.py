#!/usr/bin/env python3
"""A Lifeboat driver in Python: carries disks between two "clouds" that are directories of files.

It stands for a storage array with two sites. To make a driver of your own of it, keep the shape and replace what touches files.
The documents are described in docs/reference/driver-protocol.md, the rules in docs/how-to/write-a-vendor-driver.md.

    LIFEBOAT_NATS_URL=nats://127.0.0.1:4222 ./driver.py --site alpha=/srv/alpha --site beta=/srv/beta
"""

import argparse
import hashlib
import os
import pathlib
import shutil
import time
from datetime import datetime, timezone

from copying import Copies, part_of, remove
from nats_line import NatsLine

AGAIN_MS = 20


def done(result, moved=0):
    return {"status": "done", "result": result, "bytes": moved}


def in_progress(memo, moved=0):
    return {"status": "in-progress", "memo": memo, "againMs": AGAIN_MS, "bytes": moved}


def failed(kind, code, message, mend=None):
    error = {"kind": "unavailable" if kind == "transient" else "external", "code": code, "message": message}
    return {"status": "failed", "kind": kind, "error": error | ({"mend": mend} if mend else {})}


def name_of(parts, purpose):
    """A name that follows from the mark: who makes it again finds it. Where your system takes metadata, put the mark there instead."""
    mark = "\n".join(f"{key}={value}" for key, value in sorted((parts | {"lifeboat_purpose": purpose}).items()))
    return f"lifeboat-{purpose}-{hashlib.sha256(mark.encode()).hexdigest()[:24]}"


def iso(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


class Driver:
    def __init__(self, name, sites):
        self.name = name
        self.sites = sites
        self.copies = Copies()

    def place(self, request, side, folder, name):
        site = request["sites"].get(side)
        if site is None:
            raise RuntimeError(f"{request['verb']} may not touch the {side}")
        place = self.sites[site["name"]] / folder
        place.mkdir(parents=True, exist_ok=True)
        return place / name

    def describe(self, _request):
        return {
            "api": 1,
            "name": self.name,
            "version": "1.0.0",
            "summary": "Copies disks that are files between directories; an example.",
            "can": {
                "consistency": "crash-per-disk",
                "carries": "bytes",
                "incremental": False,
                "unplanned": True,
                "rollback": "copies",
                "rights": "member",
                "leavesAtSource": [],
            },
            "offers": [],
        }

    def supports(self, request):
        disk = request["disk"]
        if disk["kind"] != "volume":
            return {"ok": False, "reason": "it carries volumes only"}
        if disk["encrypted"]:
            return {"ok": False, "reason": "the volume is encrypted"}
        if disk["status"] == "error":
            return {"ok": False, "reason": 'the volume is in status "error"'}
        return {"ok": True}

    def needs(self, request):
        if request["verb"] == "replicate":
            return {"source": {"volume:snapshots": 1}, "target": {"volume:replicas": 1}}
        return {"source": {}, "target": {"volume:volumes": 1}}

    def snapshot(self, request):
        disk = self.place(request, "source", "disks", request["point"]["disk"]["id"])
        snapshot = self.place(request, "source", "snapshots", name_of(request["marks"]["mark"], "snapshot"))
        if not snapshot.exists():
            # A directory has no snapshots: a copy made in one go stands for one. The file's time is that of its moment.
            requested = time.time()
            shutil.copyfile(disk, part_of(snapshot))
            os.utime(part_of(snapshot), (requested, requested))
            part_of(snapshot).rename(snapshot)
        requested = snapshot.stat().st_mtime
        return done({"requestedAt": iso(requested), "completedAt": iso(max(requested, time.time())), "snapshot": {"name": snapshot.name}})

    def transfer(self, request):
        snapshot = self.place(request, "source", "snapshots", request["input"]["snapshot"]["name"])
        replica = self.place(request, "target", "replicas", name_of(request["marks"]["mark"], "replica"))
        whole, moved = self.copies.ensure(snapshot, replica, request)
        if not whole:
            return in_progress({"replica": replica.name}, moved)
        remove(snapshot)
        return done({"replica": {"name": replica.name}, "bytes": replica.stat().st_size}, moved)

    def materialise(self, request):
        replica = self.place(request, "target", "replicas", request["input"]["name"])
        copy = self.place(request, "target", "copies", name_of(request["marks"]["mark"], "copy"))
        whole, moved = self.copies.ensure(replica, copy, request)
        return done({"kind": "volume", "volumeId": copy.name}, moved) if whole else in_progress({"copy": copy.name}, moved)

    def release(self, request):
        copy = self.place(request, "target", "copies", name_of(request["marks"]["mark"], "copy"))
        self.copies.end(copy)
        remove(copy)
        return done(None)

    def discard(self, request):
        mark = request["marks"]["mark"]
        replica = self.place(request, "target", "replicas", name_of(mark, "replica"))
        self.copies.end(replica)
        remove(replica)
        if "source" in request["sites"]:
            remove(self.place(request, "source", "snapshots", name_of(mark, "snapshot")))
        return done(None)

    def cancel(self, request):
        self.copies.cancel(request["call"])
        return {"ok": True}

    def answer(self, subject, request):
        verb = subject.rsplit(".", 1)[1]
        try:
            return getattr(self, verb)(request)
        except FileNotFoundError as missing:
            return failed("permanent", "file-missing", f"{missing.filename} is not there.", "Bring it back, or make a new point.")
        except OSError as broken:
            return failed("transient", "file-system-failed", str(broken))
        except Exception as mistake:
            return failed("permanent", "driver-mistake", f"{verb}: {mistake!r}")


VERBS = ["supports", "needs", "cancel", "snapshot", "transfer", "materialise", "release", "discard"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="directories")
    parser.add_argument("--site", action="append", required=True, metavar="NAME=FOLDER")
    given = parser.parse_args()
    sites = {name: pathlib.Path(folder) for name, folder in (site.split("=", 1) for site in given.site)}
    driver = Driver(given.name, sites)
    base = f"lifeboat.driver.{given.name}"
    subjects = [f"{base}.describe", *(f"{base}.v1.{verb}" for verb in VERBS)]
    NatsLine(os.environ.get("LIFEBOAT_NATS_URL", "nats://127.0.0.1:4222")).serve(subjects, base, driver.answer)


if __name__ == "__main__":
    main()
