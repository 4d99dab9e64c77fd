"""How often the customer was contacted before."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.features.declaration import feature
from models.histories import CONTACTS
from models.windowed import Rows


@feature(CONTACTS, unit="contacts", windows=(30, 90, 365), if_none=0)
def contacts(contacts: Rows) -> Column:
    """Contacts in the window."""
    return F.count(contacts.contacted_on)


@feature(CONTACTS, unit="days")
def days_since_last_contact(contacts: Rows) -> Column:
    """Whole days from the latest contact to the decision date; missing if there was none."""
    return F.datediff(contacts.as_of, F.max(contacts.contacted_on))
