"""Which nights are run: all in the full tier."""

import os

collect_ignore = [] if os.environ.get("ONEOFFER_TIER") == "full" else ["test_cdnow.py"]
