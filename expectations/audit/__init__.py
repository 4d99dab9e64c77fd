"""The auditor: reads published bytes and raw inputs, and says what is wrong with them.

It shares no code with what made them. A check is one function; all are run, none can be switched off.
"""

from expectations.audit.auditor import audit
from expectations.audit.evidence import Breach, Evidence, ModelFiles
from expectations.audit.feature_definitions import not_rederived
from expectations.audit.raw_tables import RawTable

__all__ = ["Breach", "Evidence", "ModelFiles", "RawTable", "audit", "not_rederived"]
