"""What ends a command without being a bug of ours: a machine that lacks something, a process killed, memory, a disk."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen, TimeoutExpired
from traceback import walk_tb

from conf.errors import SettingsError
from conf.exit_codes import ExitCode, exit_code
from jobs.core.disk import disk_error
from jobs.core.error_text import chain
from jobs.core.errors import DiskFailed, MachineLacks, SparkDied
from jobs.core.machine import examine

LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object")
HEAP = ("OutOfMemoryError", "Java heap space", "GC overhead limit")
WORKER = ("Python worker exited unexpectedly", "Python worker failed to connect back", "PYTHON_WORKER_EXITED")
AGAIN = "run the command again, with more memory for this machine or fewer programs beside it"
SECONDS = 2.0
"""How long a Java process whose connection broke may take to end."""


@contextmanager
def deaths_named() -> Iterator[None]:
    """Raise an ordinary death as what it is; every other error as it was.

    Raises:
        MachineLacks, SparkDied, DiskFailed: what ended the work.
    """
    try:
        yield
    except Exception as error:
        death = ordinary_death(error)
        if death is None:
            raise
        raise death from error


def ordinary_death(error: Exception) -> MachineLacks | SparkDied | DiskFailed | None:
    """What was behind an error, in a sentence with its own exit code; None: the error itself says it, or is a bug."""
    if isinstance(error, SettingsError | MachineLacks | SparkDied | DiskFailed):
        return None
    links = list(chain(error, with_suppressed=True))
    texts = [_text(link) for link in links]
    if any("JAVA_GATEWAY_EXITED" in text for text in texts):
        code = next((code for link in links if (code := _code_of_start(link)) is not None), 0)
        return SparkDied(f"{_killed(code)}; {AGAIN}") if code < 0 else MachineLacks(_why_java_did_not_start())
    ended = _java_ended(is_expected=any("py4j" in type(link).__module__ or _is_broken(link) for link in links))
    if ended is not None:
        return SparkDied(
            f"{ended}; run the command again, with more memory for this machine or fewer programs beside it"
        )
    if exit_code(error) not in (ExitCode.BUG, ExitCode.NO_ANSWER, ExitCode.INPUT):
        return None
    return _disk(error) or _memory(links, texts) or _library(texts)


def _is_broken(error: BaseException) -> bool:
    return isinstance(error, ConnectionError | EOFError)


def _text(error: BaseException) -> str:
    """The error's own words; those of Spark's errors need a Java process that still answers."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


def _why_java_did_not_start() -> str:
    java = next(finding for finding in examine() if finding.what.startswith("Java"))
    if not java.is_there:
        return (
            f"Spark needs {java.what}, and there is {java.found}: {java.mend}; `oneoffer doctor` looks for all it needs"
        )
    return (
        "Java could not start: this process may not take the memory that Spark asks for (ulimit -v, a container's "
        "limit), or spark.settings of deployment.yaml have an option that Java does not know; its own words are above"
    )


def _java_ended(*, is_expected: bool) -> str | None:
    """How the Java process of this process's Spark session ended; None: there is none, or it runs."""
    pyspark = sys.modules.get("pyspark")
    gateway = pyspark.SparkContext._gateway if pyspark else None
    process = getattr(gateway, "proc", None)
    if process is None:
        return None
    try:
        code = process.wait(timeout=SECONDS if is_expected else 0.0)
    except TimeoutExpired:
        return None
    return f"Spark's Java process ended by itself with code {code}" if code >= 0 else _killed(code)


def _killed(code: int) -> str:
    return f"Spark's Java process was killed by signal {-code}, by hand or by the system for want of memory"


def _code_of_start(error: BaseException) -> int | None:
    """How a Java process ended that pyspark started and lost: it keeps it in a variable alone."""
    for frame, _ in walk_tb(error.__traceback__):
        process = frame.f_locals.get("proc")
        if isinstance(process, Popen):
            return process.poll()
    return None


def _disk(error: Exception) -> DiskFailed | None:
    sentence = disk_error(error)
    return (
        DiskFailed(f"a disk failed ({sentence}); make room or mend it, then run the command again")
        if sentence
        else None
    )


def _memory(links: list[BaseException], texts: list[str]) -> MachineLacks | SparkDied | None:
    if any(words in text for text in texts for words in HEAP):
        return MachineLacks("Spark's memory is used up; raise spark.settings: spark.driver.memory in deployment.yaml")
    if any(words in text for text in texts for words in WORKER):
        return SparkDied(
            "a Python worker of Spark was killed, perhaps by the system for want of memory; run again, with "
            "fewer cores in spark.master or more memory"
        )
    if any(isinstance(link, MemoryError) for link in links):
        return MachineLacks("this process may not take more memory (ulimit -v, a container's limit); give it more")
    if any("can't start new thread" in text for text in texts):
        return MachineLacks("this process may not start another thread (ulimit -u, a container's limit); allow more")
    return None


def _library(texts: list[str]) -> MachineLacks | None:
    """A library of the system is missing, or one of Python's refused its settings."""
    for text in texts:
        match = LIBRARY.search(text)
        if match:
            lacks = [finding for finding in examine() if not finding.is_there and match[1] in finding.what]
            mend = lacks[0].mend if lacks else "install what brings it"
            return MachineLacks(f"the system lacks {match[1]}: {mend}; `oneoffer doctor` looks for all it needs")
        if text.startswith("LightGBMError: "):
            return MachineLacks(
                f"LightGBM refuses: {text.removeprefix('LightGBMError: ')}; see settings in models.yaml"
            )
    return None
