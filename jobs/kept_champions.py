"""Champions kept in the lake for a night on which MLflow does not answer: one file per model, replaced whole."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jobs.durable_files import make_folder, sync_folder, write_file
from jobs.scored_with import Pinned
from models.champion import champion_of
from models.errors import RegistryAway

FOLDER = "champions"


def keep(lake: Path, one: Pinned, now: datetime) -> None:
    """Keep a champion that MLflow has just confirmed; a reader sees the one before or this one, also after a crash."""
    contract = one.champion.contract
    kept = {
        "version": one.champion.version,
        "confirmed_at": now.isoformat(timespec="seconds"),
        "figures": list(one.figures),
        "contract": contract.model_dump_json(),
        "text": one.champion.text,
    }
    path = _path(lake, contract.model)
    make_folder(path.parent)
    draft = path.with_suffix(f".draft-{os.getpid()}")
    draft.unlink(missing_ok=True)
    write_file(draft, json.dumps(kept).encode())
    draft.replace(path)
    sync_folder(path.parent)


def recall(lake: Path, model: str, max_days: int, now: datetime) -> Pinned:
    """The champion that was kept.

    Raises:
        RegistryAway: none was, or it was confirmed too long ago, or its file is no longer whole.
        ModelUnusable: its file is whole and what it holds is damaged.
    """
    try:
        kept = json.loads(_path(lake, model).read_text("utf-8"))
        confirmed = datetime.fromisoformat(kept["confirmed_at"])
        parts = kept["version"], kept["text"], kept["contract"]
        figures = kept["figures"]
    except FileNotFoundError:
        raise RegistryAway(f"no champion of model {model!r} is kept in {lake / FOLDER}") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise RegistryAway(f"{_path(lake, model)} cannot be read") from None
    if now - confirmed > timedelta(days=max_days):
        raise RegistryAway(
            f"the champion of model {model!r} that is kept was last confirmed at {confirmed:%Y-%m-%d %H:%M} UTC, and "
            f"deployment.yaml allows {max_days} days (mlflow.kept_days)"
        )
    return Pinned(champion_of(model, *parts), figures, from_cache=True)


def utc_now() -> datetime:
    """The time by which the age of what is kept is told."""
    return datetime.now(UTC)


def _path(lake: Path, model: str) -> Path:
    return lake / FOLDER / f"{model}.json"
