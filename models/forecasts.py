"""A model and rows whose outcome is known -> forecasts beside outcomes."""

import lightgbm
import numpy as np

from models.calibration import FloatArray, calibrated
from models.contract import Contract
from models.evaluation import CATEGORY_RATE, Forecasts
from models.examples import Examples


def forecasts(booster: lightgbm.Booster, contract: Contract, rows: Examples) -> Forecasts:
    """The calibrated forecasts of the rows, and the naive ones."""
    return beside_naive(calibrated(np.asarray(booster.predict(rows.values)), contract.calibration), contract, rows)


def beside_naive(forecast: FloatArray, contract: Contract, rows: Examples) -> Forecasts:
    """Forecasts of the rows, however they were made, and the naive ones; one is the rate per category in training."""
    if rows.category is None:
        return Forecasts(forecast, rows.target, rows.naive, rows.customer)
    rate = np.asarray(contract.category_rates)[rows.category]
    category = np.asarray(contract.categories, dtype=object)[rows.category]
    return Forecasts(forecast, rows.outcome, {**rows.naive, CATEGORY_RATE: rate}, rows.customer, category)
