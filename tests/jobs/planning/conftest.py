"""Problems drawn as text."""

from tests.optimization.drawn_problems import limit, night, oracle, random_night, table

__all__ = ["limit", "night", "oracle", "random_night", "table"]
