"""What is logged beside a model: figures by segment, charts, and the source files it was measured on."""

import json
from dataclasses import asdict

from conf.settings import Settings
from jobs.fingerprint import source_facts
from jobs.model_charts import calibration_chart, gain_chart, qini_chart
from models.champion import Champion
from models.estimators.declaration import all_estimators
from models.rehearsal import rehearse
from models.segments import segments
from models.training import Trained
from models.training_table import TrainingTable


def attachments(settings: Settings, trained: Trained, table: TrainingTable) -> dict[str, str]:
    """File name -> text, of a model on its test cut-off."""
    contract = trained.contract
    model, day = contract.model, contract.trained.test
    test = rehearse(Champion(version=0, text=trained.text, contract=contract), table.rows, model, day)
    kind = all_estimators()[contract.estimator]
    parts = segments(test, table.rows, day, kind=kind, seed=contract.seed)
    ranked = {"qini.svg": qini_chart(test)} if kind.is_uplift else {"gain.svg": gain_chart(test)}
    return {
        "segments.json": json.dumps([asdict(one) for one in parts], indent=1),
        "sources.json": json.dumps(source_facts(settings), indent=1),
        "calibration.svg": calibration_chart(trained.deciles),
        **ranked,
    }
