"""The auditor: reads published bytes and raw inputs, and says what is wrong with them.

It shares no code with what made them. A check is one function; all are run, none can be switched off.
"""

from optimization.audit.auditor import audit
from optimization.audit.evidence import Breach, Evidence, ModelFiles
from optimization.audit.feature_definitions import not_rederived
from optimization.audit.raw_tables import RawTable

__all__ = ["Breach", "Evidence", "ModelFiles", "RawTable", "audit", "not_rederived"]
