"""How often the customer was contacted through each channel.

The channels are those of channels.csv; here they are shown for `sms`. A `-` in a channel's id is `_` in the
name. They are built where the policy or a model's `features` names them.
"""

from collections.abc import Iterable, Sequence

from models.features.declaration import Feature, check_expression
from models.features.expressions import count
from models.histories import CONTACTS

WINDOWS = (7, 30, 90)
SHOWN: Sequence[str] = ("sms",)
"""The channel that the dictionary shows."""


def channel_features(channels: Iterable[str]) -> tuple[Feature, ...]:
    """The features of each channel, by name."""
    made = [_of_channel(channel, days) for channel in channels for days in WINDOWS]
    for feature in made:
        check_expression(feature)
    return tuple(sorted(made, key=lambda feature: feature.name))


def _of_channel(channel: str, days: int) -> Feature:
    return Feature(
        name=f"contacts_by_{channel.replace('-', '_')}_{days}d",
        family="channels",
        history=CONTACTS,
        value=count(where={"channel": [channel]}),
        unit="contacts",
        window_days=days,
        if_none=0,
        grain="customer",
        meaning=f"Contacts through the channel {channel} in the window.",
        worked=(f"7 ago: channel {channel}; 8 ago: channel {channel}; 8 ago: channel other -> 1, 2, 2",),
        by_default=False,
    )
