"""What the programs of models have in common that LightGBM may end: each answer is out before the next one begins.

It is imported before LightGBM.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

# LightGBM looks for these when it is imported, and does without: they are most of its two seconds.
for _absent in ("pandas", "sklearn", "matplotlib", "graphviz", "dask"):
    sys.modules[_absent] = None  # type: ignore[assignment]


def answer_each(answer: Callable[[Any], object]) -> None:
    """Answer each item of the JSON list on the input by a line of JSON."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold a model and help nobody
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as lines:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # LightGBM writes its warnings where our lines belong
        for item in json.load(sys.stdin):
            print(json.dumps(answer(item)), file=lines, flush=True)
