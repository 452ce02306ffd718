"""What may be done after the answer: a backend of Django's task interface that works in a thread of this process.

Not a queue in the database with a process of its own: that costs a small server 140 MB for some photos a year. What is
lost with a killed process must therefore be made up for by whoever needs it, or by the clock.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from django.db import connections
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.utils import get_random_id

logger = logging.getLogger(__name__)


class ThreadBackend(BaseTaskBackend):
    """One task after the other, so that readers keep the processor."""

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Have the task done soon and return at once; what it raises is logged."""
        self.validate_task(task)
        pool().submit(work, task, args, kwargs)
        return TaskResult(
            task=task,
            id=get_random_id(),
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=args,
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


@cache
def pool() -> ThreadPoolExecutor:
    """Return the thread of this process."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")


def work(task: Task, args: Any, kwargs: Any) -> None:
    """Do one task with connections of its own."""
    try:
        task.call(*args, **kwargs)
    except Exception:
        logger.exception("Eine Aufgabe ist gescheitert: %s", task.name)
    finally:
        connections.close_all()
