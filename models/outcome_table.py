"""Sources -> what happened to each customer after each cut-off: the labels."""

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.models import Label
from models.errors import CannotTrain
from models.feature_table import KEYS
from models.labels.declaration import LabelKind, all_label_kinds
from models.rows import Rows
from models.sources import Sources


def outcome_table(sources: Sources, labels: Mapping[str, Label], as_ofs: Sequence[date]) -> DataFrame:
    """The outcome of each label for each customer from each date on.

    Args:
        sources: the history, which must reach to the last date plus the label's `horizon_days`.
        labels: name -> label; the answer is the column `label_<name>`.
        as_ofs: the cut-offs; their own day belongs to the label window.

    Returns:
        as_of, customer_id, and per label a double (money in units of the currency) or the categories bought
        (array of text); missing where the label is not about the customer. A label of two arms adds `arm_<name>`:
        1 for treatment, 0 for control.

    Raises:
        CannotTrain: a label needs a table that the deployment does not have.
    """
    kinds = all_label_kinds()
    dates = F.explode(F.array(*[F.lit(one) for one in sorted(set(as_ofs))]))
    table = sources.customers.select(dates.alias("as_of"), "customer_id")
    for history in sorted({kinds[label.kind].history.name for label in labels.values()}):
        group = {name: one for name, one in labels.items() if kinds[one.kind].history.name == history}
        table = table.join(_aggregated(sources, group, as_ofs), KEYS, "left")
    answers = [_answer(f"label_{name}", kinds[labels[name].kind]).alias(f"label_{name}") for name in sorted(labels)]
    arms = [F.col(f"arm_{name}").cast("double") for name in sorted(labels) if kinds[labels[name].kind].arm]
    return table.select(*KEYS, *answers, *arms)


def _aggregated(sources: Sources, labels: Mapping[str, Label], as_ofs: Sequence[date]) -> DataFrame:
    kinds = {name: all_label_kinds()[label.kind] for name, label in labels.items()}
    history = next(iter(kinds.values())).history
    if not history.is_in(sources):
        raise CannotTrain(f"model {next(iter(labels))!r}: its label needs {history.source}; the deployment has none")
    ahead = Rows(history, None, is_ahead=True)
    columns = [kinds[name].outcome(ahead, label).alias(f"label_{name}") for name, label in labels.items()]
    arms = [(name, kind.arm) for name, kind in kinds.items()]
    columns += [arm(ahead, labels[name]).alias(f"arm_{name}") for name, arm in arms if arm]
    return history.after(sources, as_ofs).groupBy(*KEYS).agg(*columns)


def _answer(column: str, kind: LabelKind) -> Column:
    if kind.answer == "categories":
        return F.coalesce(F.col(column), F.array().cast("array<string>"))
    answer = F.col(column).cast("double")
    return answer if kind.if_none is None else F.coalesce(answer, F.lit(float(kind.if_none)))
