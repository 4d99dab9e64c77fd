"""Problems drawn as text."""

from tests.optimization.drawn_problems import limit, night, random_night, table

__all__ = ["limit", "night", "random_night", "table"]
