"""Events of OpenLineage: which tables every stage reads and writes. Imported where they are switched on alone."""
