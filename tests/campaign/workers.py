"""Processes that may die: each input is tried in one, and what became of it is told."""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from common import Outcome

MEMORY = 6 << 30  # bytes of address space a worker may take
MOST = 1000  # MB that one small file may take
PATIENCE = 30.0  # seconds for one input


def tried(
    work: Callable[[Any], Any], tasks: Iterable, count: int = 2
) -> Iterator[tuple[Any, Outcome]]:
    """Each task with its outcome, as they come; `work` is importable by name."""
    waiting = deque(tasks)
    workers = [_Worker(work) for _ in range(min(count, len(waiting)))]
    try:
        while waiting or any(worker.task is not None for worker in workers):
            for worker in workers:
                if worker.task is None and waiting:
                    worker.begin(waiting.popleft())
            busy = {w.pipe: w for w in workers if w.task is not None}
            wait(busy, timeout=0.5)
            for worker in busy.values():
                outcome = worker.outcome()
                if outcome:
                    yield worker.task, outcome
                    worker.task = None
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work, self.task = work, None
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(self.work, other))
        self.process.daemon = True
        self.process.start()
        other.close()
        self.pipe.recv()  # its imports are done: they count against no input

    def begin(self, task: Any) -> None:
        self.task, self.started = task, time.monotonic()
        self.pipe.send(task)

    def outcome(self) -> Outcome | None:
        try:
            if self.pipe.poll():
                return self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            found = Outcome("crash", f"exit status {self.process.exitcode}")
            self._start()
            return found
        if time.monotonic() - self.started > PATIENCE:
            self.end()
            self._start()
            return Outcome("hang", f"no end after {PATIENCE:.0f} s")
        return None

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(work: Callable[[Any], Any], pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    pipe.send("ready")
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        before = _peak()
        found = _one(work, task)
        took = _peak() - before
        pipe.send(Outcome("memory", f"{took} MB") if took > MOST else found)


def _peak() -> int:
    """The most memory, in MB, that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _one(work: Callable[[Any], Any], task: Any) -> Outcome:
    from emolib import EmolibError

    try:
        return Outcome("value", work(task))
    except EmolibError as error:
        return Outcome("refused", str(error))
    except MemoryError:
        return Outcome("memory", traceback.format_exc(limit=-2))
    except Exception:
        return Outcome("raw", traceback.format_exc(limit=-3))
