"""Problems drawn as text."""

from tests.optimization.drawn_problems import limit, night, table

__all__ = ["limit", "night", "table"]
