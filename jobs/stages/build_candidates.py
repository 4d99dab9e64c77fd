"""Scores × options × policy -> candidates, and every reason against the rest."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from conf.expressions.to_spark import kinds_of
from expectations.gate import check
from expectations.tables import table
from jobs.candidates.exclusions import exclusions, is_faulty, layout_of
from jobs.candidates.formulas import read_formulas
from jobs.candidates.judgement import faults, in_currency, priced
from jobs.candidates.layout import write_layout
from jobs.candidates.option_sets import width
from jobs.candidates.options import option_frame, options_on
from jobs.candidates.people import open_people
from jobs.candidates.screening import screened, screens
from jobs.candidates.set_columns import meets, word_columns
from jobs.run_context import RunContext

CANDIDATE = [
    "customer_id",
    "household_id",
    "offer_id",
    "channel",
    "objective",
    "category",
    "value",
    "cost",
    "propensity",
]


def run(context: RunContext) -> None:
    """Judge every open customer with every option of the date; objectors and the holdout never get this far.

    What needs nothing of an option but which it is, is asked once of each customer. Only the options that this leaves
    open become rows, to be priced and judged by the rules that read an option's own figures.
    """
    lake, as_of, settings = context.lake, context.as_of, context.settings
    features = lake.read(context.spark, "features", as_of)
    formulas = read_formulas(settings, kinds_of(features.drop("customer_id").schema), as_of)
    options = options_on(settings, as_of)
    people = in_currency(open_people(context, options), settings)
    screening = screens(people, settings, formulas, options, as_of)
    people = screened(people, screening, len(options)).cache()
    pairs = priced(open_pairs(people, option_frame(context.spark, settings, options)), settings, formulas)
    judging = faults(people, formulas, options)
    candidates = pairs.where(~is_faulty(judging)).select(*CANDIDATE)
    lake.write(candidates, "candidates", as_of, gate=lambda rows: check(rows, table("candidates")).raise_if_stopped())
    layout = layout_of(options, screening, judging)
    lake.write(exclusions(people, pairs, screening, judging, layout), "exclusions", as_of)
    write_layout(layout, lake, as_of)
    people.unpersist()


def open_pairs(people: DataFrame, options: DataFrame) -> DataFrame:
    """People × options, without the pairs that screening has barred."""
    size = width(options.count())
    is_barred = meets(word_columns("barred", size), word_columns("bits", size))
    return people.drop("screened").join(F.broadcast(options), ~is_barred)
