"""The life of a model: training, validation, promotion."""
