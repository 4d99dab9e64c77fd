"""Volumes: as much is sent as is usual, or somebody has acknowledged that it is not.

For each channel and each offer, the contacts of the night are compared with the median of the last committed nights.
`volumes` in `deployment.yaml` says how many nights, how far off, and from how many contacts on. Four cases are not
judged: too few nights; an offer out of its dates; an offer that too few of those nights have sent; and nights on which
another dated rule, limit, cap or exception of the channel or offer was in force. A date with a known reason is listed
in `volumes.acknowledged`, in the file or by `--set deployment.volumes.acknowledged=[2026-11-27]`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.history import sent_by_night
from expectations.audit.recount import is_in_force

Key = tuple[str, str]
"""`channel` or `offer`, and which."""
DATED = ("limits", "rules", "contact_policy", "combinations")
SCOPES = {"offer": {"id", "offer", "offer_id"}, "channel": {"channel"}}


def volumes_are_as_usual(evidence: Evidence) -> Iterator[Breach]:
    """Contacts of each channel and each offer lie near the median of the last nights under the same policy.

    Nothing is said of what is not comparable: of an offer or a channel that too few of those nights have sent, of an
    offer out of its dates, and of nights on which other dated parts of the policy were in force that speak of it.

    Reads: decisions, earlier sets, policy, deployment.yaml.
    """
    settings = evidence.volumes
    if evidence.as_of.isoformat() in {str(day) for day in settings["acknowledged"]}:
        return
    earlier = [(day, rows) for day, rows in sent_by_night(evidence) if day < evidence.as_of]
    nights = [(day, _counts(rows)) for day, rows in earlier[-int(settings["nights"]) :]]
    tonight = _counts(evidence.offered)
    for key in sorted({key for _, counts in nights for key in counts} | tonight.keys()):
        before = [counts[key] for day, counts in nights if counts[key] and _is_comparable(evidence, key, day)]
        if len(before) >= int(settings["min_nights"]) and _may_be_sent(evidence, key):
            usual, now = median(before), tonight[key]
            if _is_unusual(now, usual, settings):
                yield Breach(
                    "volumes", f"{' '.join(key)}: {now} contacts, and {usual:g} are usual", abs(now - int(usual))
                )


def _counts(rows: Sequence[Mapping[str, Any]]) -> Counter[Key]:
    return Counter(key for row in rows for key in (("channel", row["channel"]), ("offer", row["offer_id"])))


def _is_unusual(now: int, usual: float, settings: Mapping[str, Any]) -> bool:
    factor = float(settings["max_factor"])
    return max(now, usual) >= int(settings["min_contacts"]) and not usual / factor <= now <= usual * factor


def _may_be_sent(evidence: Evidence, key: Key) -> bool:
    """Whether it exists on the date; that an offer is sent that does not is another check's to say."""
    what, name = key
    if what == "channel":
        return any(str(channel["id"]) == name for channel in evidence.channels)
    offer = evidence.offer_of.get(name)
    return offer is not None and str(offer["valid_from"]) <= evidence.as_of.isoformat() <= str(offer["valid_to"])


def _is_comparable(evidence: Evidence, key: Key, day: date) -> bool:
    """Whether the same dated parts of the policy that speak of the channel, or of the offer, were in force."""
    parts = [part for name in DATED for part in evidence.policy.get(name) or () if _speaks(part, key, evidence)]
    return all(is_in_force(part, day) == is_in_force(part, evidence.as_of) for part in parts)


def _speaks(part: Mapping[str, Any], key: Key, evidence: Evidence) -> bool:
    """Whether a part of the policy has dates, and its scope does not leave the channel, or the offer, out."""
    if not any(part.get(name) for name in ("valid_from", "valid_to", "exceptions")):
        return False
    what, item_name = key
    scope = _scope(part)
    facts = {"offer": {"id": item_name, **evidence.offer_of.get(item_name, {})}, "channel": {"channel": item_name}}[
        what
    ]
    facts |= dict.fromkeys(SCOPES[what], item_name)
    return all(str(facts[name]) in {str(value) for value in values} for name, values in scope.items() if name in facts)


def _scope(part: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """What it is limited to: `where` of a limit, `offers` and `channels` of rules, `objectives` of caps."""
    offers, channels, objectives = (part.get(name) for name in ("offers", "channels", "objectives"))
    scope = dict(part.get("where") or {}) | (dict(offers) if isinstance(offers, Mapping) else {"id": offers})
    scope |= {"channel": channels or scope.get("channel"), "objective": objectives or scope.get("objective")}
    return {name: values for name, values in scope.items() if values}
