"""How the customer answered past offers: coupons used, calls accepted."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import RESPONSES
from models.windowed import Rows


@feature(RESPONSES, unit="responses", windows=(30, 90, 365), if_none=0)
def responses(responses: Rows) -> Column:
    """Responses in the window."""
    return F.count(responses.responded_on)


@feature(RESPONSES, unit="days")
def days_since_last_response(responses: Rows) -> Column:
    """Whole days from the latest response to the decision date; missing if there was none."""
    return F.datediff(responses.as_of, F.max(responses.responded_on))


@feature(RESPONSES, unit="money", windows=(365,), if_none=0)
def response_amount(responses: Rows) -> Column:
    """Money that responses in the window were worth, where they say."""
    return F.sum(responses.amount)
