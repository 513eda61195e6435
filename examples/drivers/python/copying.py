"""Copies of files that go on while requests are answered: a call answers in-progress and the copy goes on by itself."""

import os
import threading
import time

CHUNK = 64 * 1024


def part_of(path):
    """Where a copy is until it is whole. Its name says whose it is, so that it is found after a kill."""
    return path.with_name(path.name + ".part")


def remove(path):
    path.unlink(missing_ok=True)
    part_of(path).unlink(missing_ok=True)


class Copy:
    def __init__(self, source, target, bytes_per_second):
        self.target = target
        self.calls = set()
        self.moved = self._told = 0
        self.error = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(source, bytes_per_second), daemon=True)
        self._thread.start()

    def running(self):
        return self._thread.is_alive()

    def stop(self):
        """Returns when nothing of it goes on any more."""
        self._stop.set()
        self._thread.join()

    def moved_since(self):
        more = self.moved - self._told
        self._told += more
        return more

    def _run(self, source, bytes_per_second):
        try:
            with open(source, "rb") as reader, open(part_of(self.target), "wb") as writer:
                while chunk := reader.read(CHUNK):
                    if self._stop.is_set():
                        return
                    writer.write(chunk)
                    self.moved += len(chunk)
                    if bytes_per_second:
                        time.sleep(len(chunk) / bytes_per_second)
                os.fsync(writer.fileno())
            # The name is given last: what bears it is whole.
            part_of(self.target).rename(self.target)
        except OSError as broken:
            self.error = broken


class Copies:
    """All copies of this process, by what they make."""

    def __init__(self):
        self._copies = {}

    def ensure(self, source, target, request):
        """(whole, bytes moved since the last look). Begins the copy where none is running: after a kill it begins anew."""
        copy = self._copies.get(target)
        if target.exists():
            self._copies.pop(target, None)
            return True, copy.moved_since() if copy else 0
        if copy is None or not copy.running():
            if copy and copy.error:
                self._copies.pop(target)
                raise copy.error
            copy = self._copies[target] = Copy(source, target, request.get("bytesPerSecond"))
        copy.calls.add(request["call"])
        return False, copy.moved_since()

    def end(self, target):
        copy = self._copies.pop(target, None)
        if copy:
            copy.stop()

    def cancel(self, call):
        for target in [target for target, copy in self._copies.items() if call in copy.calls]:
            self.end(target)
