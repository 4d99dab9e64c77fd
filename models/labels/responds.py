"""Response: a customer who is contacted answers the offer."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from conf.models import Label
from models.histories import ANSWERED_CONTACTS
from models.labels.declaration import label_kind
from models.windowed import Rows


@label_kind(
    ANSWERED_CONTACTS,
    answer="probability",
    naive={
        "past_responses_365d": lambda _label: {"responses_365d": 1},
        "latest_response": lambda _label: {"days_since_last_response": -1},
        "spend_90d": lambda _label: {"spend_90d": 1},
    },
)
def responds(ahead: Rows, label: Label) -> Column:
    """1 if a contact within `contact_days` of the cut-off is answered within the window; missing if not contacted."""
    contact = ahead.last(label.contact_days)
    is_answered = F.datediff(contact.first_responded_on, contact.contacted_on) < label.window_days
    answer = F.when(contact.contacted_on.isNotNull(), F.coalesce(is_answered, F.lit(False)).cast("double"))
    return F.max(answer)
