"""Features, labels, estimators, their figures and their life in MLflow.

The way through, as jobs use it (Spark frames in and out; the only file I/O is MLflow's, through `tracking`):

    sources = Sources(customers, attributes, transactions, contacts, responses, arms)   # models.sources

    # every night
    features = feature_table(sources, [as_of])                                          # models.feature_table
    champions = [champion(registry, name) for name in models]                           # models.tracking
    scores = score(features, champions)                                                 # models.scoring

    # training: sources must hold nothing dated on or after as_of
    table = training_table(sources, models, as_of)                                      # models.training_table
    trained = train(name, models[name], table, seed=seed)                               # models.training
    registry = open_registry(deployment, tracking_uri, artifacts)                       # models.tracking
    version = version_from(registry, name, inputs) or log_training(registry, trained, inputs=inputs, stamp=stamp)
    validate(registry, name, version, settings=models[name], table=lambda _: table.rows, seed=seed, stamp=stamp)
    promote(registry, name, version, asked_by(models[name]), stamp)                     # NotPromoted: a gate failed

    # afterwards: sources must reach to as_of plus the labels' horizon_days
    checked = check_forecasts(scores, contracts, sources, as_of, seed=seed)             # models.forecast_check
"""
