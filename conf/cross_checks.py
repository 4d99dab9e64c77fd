"""What must agree between the settings files of one deployment."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from conf.contact_policy import ContactRule, FromAttribute
from conf.errors import nearest
from conf.policy import SEGMENT, OfferScope
from conf.settings import Settings
from conf.yaml_file import Location


def cross_check(settings: Settings) -> list[str]:
    """One `file:line` sentence for every name that another file does not know."""
    return [
        *_folders(settings),
        *_duplicates("offers", [offer.id for offer in settings.offers], settings),
        *_duplicates("channels", _channel_ids(settings), settings),
        *_offers(settings),
        *_objectives(settings),
        *_offer_channels(settings),
        *_policy(settings),
        *_experiments(settings),
        *_models(settings),
    ]


def _folders(settings: Settings) -> Iterator[str]:
    """The lake may be deleted and computed again; what was published is the memory of whom the company contacted."""
    lake, output = (Path(os.path.realpath(folder)) for folder in (settings.deployment.lake, settings.deployment.output))
    if lake == output or lake in output.parents or output in lake.parents:
        at = _at(settings, "deployment", ("output",))
        yield f"{at}: output: lake and output are two folders, and neither lies in the other"


def _duplicates(file: str, ids: list[str], settings: Settings) -> Iterator[str]:
    for position, item in enumerate(ids):
        if item in ids[:position]:
            yield f"{_at(settings, file, (position,))}: the id {item!r} is used twice"


def _offers(settings: Settings) -> Iterator[str]:
    for position, offer in enumerate(settings.offers):
        at = _at(settings, "offers", (position,))
        yield from _unknown(at, "channel", offer.channels, _channel_ids(settings))
        is_declared = offer.objective in settings.policy.objectives
        if (
            is_declared
            and offer.objective not in settings.policy.value
            and offer.id not in settings.policy.value_of_offer
        ):
            yield f"{at}: objective {offer.objective!r} has no value formula in policy.yaml"


def _objectives(settings: Settings) -> Iterator[str]:
    """Every name of an objective, wherever it is written, is one that the policy declares."""
    policy, rules, caps = settings.policy, settings.policy.rules, settings.policy.contact_policy
    places: list[tuple[str, Location, Iterable[str] | None]] = [
        *(("offers", (place,), (offer.objective,)) for place, offer in enumerate(settings.offers)),
        *(("policy", (key, name), (name,)) for key in ("value", "cost") for name in getattr(policy, key)),
        *(
            ("policy", ("rules", place, "offers", "objective"), rule.offers.objective)
            for place, rule in enumerate(rules)
        ),
        *(("policy", ("contact_policy", place, "objectives"), cap.objectives) for place, cap in enumerate(caps)),
        ("policy", ("control", "offers", "objective"), policy.control.offers.objective if policy.control else None),
    ]
    for name, model in settings.models.models.items():
        named = model.propensity_for.objective if model.propensity_for else None
        places.append(("models", ("models", name, "propensity_for", "objective"), named))
    for file, location, names in places:
        yield from _unknown(_at(settings, file, location), "objective", names or (), policy.objectives)


def _offer_channels(settings: Settings) -> Iterator[str]:
    """Each row is of an offer and one of its channels, and no two are of the same."""
    channels_of = {offer.id: offer.channels for offer in settings.offers}
    seen: set[tuple[str, str]] = set()
    for position, row in enumerate(settings.offer_channels):
        at = _at(settings, "offer_channels", (position,))
        yield from _unknown(at, "offer", [row.offer], channels_of)
        if row.offer in channels_of:
            yield from _unknown(at, f"channel of {row.offer!r} in offers.csv", [row.channel], channels_of[row.offer])
        if (row.offer, row.channel) in seen:
            yield f"{at}: {row.offer!r} and {row.channel!r} have two rows; put their numbers into one"
        seen.add((row.offer, row.channel))


def _policy(settings: Settings) -> Iterator[str]:
    offer_ids, channel_ids = [offer.id for offer in settings.offers], _channel_ids(settings)
    categories = {offer.category for offer in settings.offers if offer.category}
    scopes: list[tuple[Location, OfferScope]] = [
        (("rules", position), rule.offers) for position, rule in enumerate(settings.policy.rules)
    ]
    if settings.policy.control:
        scopes.append((("control",), settings.policy.control.offers))
    for place, scope in scopes:
        named = (("id", "offer", scope.id, offer_ids), ("category", "category of an offer", scope.category, categories))
        for key, what, names, valid in named:
            yield from _unknown(_at(settings, "policy", (*place, "offers", key)), what, names or (), valid)
    for position, rule in enumerate(settings.policy.rules):
        at = _at(settings, "policy", ("rules", position, "channels"))
        yield from _unknown(at, "channel", rule.channels or (), channel_ids)
    for position, contact_rule in enumerate(settings.policy.contact_policy):
        at = _at(settings, "policy", ("contact_policy", position))
        yield from _unknown(at, "channel", contact_rule.channels or (), channel_ids)
        yield from _exempt(at, contact_rule.offers or (), settings)
        yield from _attribute(position, contact_rule, settings)
    for position, combination in enumerate(settings.policy.combinations):
        at = _at(settings, "policy", ("combinations", position))
        yield from _unknown(at, "offer", combination.named, offer_ids)
        yield from _exempt(at, combination.named, settings)
    for key in ("value_of_offer", "cost_of_offer"):
        for name in getattr(settings.policy, key):
            yield from _unknown(_at(settings, "policy", (key, name)), "offer", (name,), offer_ids)
    yield from _segments(settings)
    yield from _limits(settings)


def _segments(settings: Settings) -> Iterator[str]:
    for place, names in settings.policy.with_segments.items():
        yield from _unknown(_at(settings, "policy", place), SEGMENT, names, settings.policy.segments)


def _limits(settings: Settings) -> Iterator[str]:
    """Values that no candidate can have, of the columns whose values the settings know."""
    offer_ids = [offer.id for offer in settings.offers]
    columns = {"offer": offer_ids, "offer_id": offer_ids, "channel": _channel_ids(settings)}
    columns["objective"] = list(settings.policy.objectives)
    if settings.policy.segments:
        columns[SEGMENT] = list(settings.policy.segments)
    for position, limit in enumerate(settings.policy.limits):
        for key, where in (("where", limit.where), ("share_of", limit.share_of or {})):
            for column in sorted(set(where) & set(columns)):
                at = _at(settings, "policy", ("limits", position, key, column))
                yield from _unknown(at, column, map(str, where[column]), columns[column])


def _attribute(position: int, rule: ContactRule, settings: Settings) -> Iterator[str]:
    """A maximum that an attribute says needs a number that sources.yaml declares."""
    if not isinstance(rule.max_contacts, FromAttribute):
        return
    at = _at(settings, "policy", ("contact_policy", position, "max_contacts", "attribute"))
    kinds = settings.sources.customers.attributes
    numbers = [name for name, kind in kinds.items() if kind == "number"]
    if kinds.get(rule.max_contacts.attribute) == "text":
        yield f"{at}: the attribute {rule.max_contacts.attribute!r} is a text in sources.yaml; a number is wanted"
    elif not numbers:
        yield f"{at}: sources.yaml declares no attribute of customers that is a number"
    else:
        yield from _unknown(at, "attribute of customers", [rule.max_contacts.attribute], numbers)


def _exempt(at: str, names: Iterable[str], settings: Settings) -> Iterator[str]:
    """A rule that names what no rule may count or block says two things at once."""
    exempt = {offer.id for offer in settings.offers if offer.exempt}
    for name in names:
        if name in exempt:
            yield f"{at}: the offer {name!r} is exempt in offers.csv, so no cap, pause or combination can be about it"


def _experiments(settings: Settings) -> Iterator[str]:
    """What chance decides is drawn among candidates in memory, and what must be sent is counted there."""
    for name in ("control", "exploration"):
        if getattr(settings.policy, name) is not None and settings.deployment.optimizer.engine == "spark":
            at = _at(settings, "policy", (name,))
            yield f"{at}: {name} needs the candidates in memory; choose another optimizer.engine than spark"
    for position, limit in enumerate(settings.policy.limits):
        if limit.name == "must_send" and any(offer.must_send for offer in settings.offers):
            at = _at(settings, "policy", ("limits", position, "name"))
            yield f"{at}: must_send is what the plan calls its demand for offers that must be sent; take another name"
    for position, offer in enumerate(settings.offers):
        if offer.must_send and settings.deployment.optimizer.engine == "spark":
            at = _at(settings, "offers", (position,))
            yield f"{at}: must_send needs the candidates in memory; choose another optimizer.engine than spark"


def _models(settings: Settings) -> Iterator[str]:
    offer_ids = [offer.id for offer in settings.offers]
    for name, model in settings.models.models.items():
        if model.propensity_for:
            at = _at(settings, "models", ("models", name, "propensity_for"))
            yield from _unknown(at, "offer", model.propensity_for.offers or (), offer_ids)
    attributes = settings.sources.customers.attributes
    for name, fallback in settings.models.with_groups.items():
        at = _at(settings, "models", ("models", name, "when_unknown"))
        if settings.sources.transactions is None:
            yield f"{at}: when_unknown is about customers without purchases, and sources.yaml has no transactions"
        yield from _unknown(at, "attribute of customers", fallback.by, attributes)
        numbers = [attribute for attribute in fallback.by if attributes.get(attribute) == "number"]
        yield from (f"{at}: {attribute!r} is a number; customers are grouped by texts" for attribute in numbers)


def _channel_ids(settings: Settings) -> list[str]:
    return [channel.id for channel in settings.channels]


def _unknown(at: str, what: str, names: Iterable[str], valid: Iterable[str]) -> Iterator[str]:
    valid = sorted(valid)
    for name in names:
        if name not in valid:
            known = f"Known: {', '.join(valid)}" if valid else "There is none"
            yield f"{at}: no {what} {name!r}{nearest(name, valid)} {known}"


def _at(settings: Settings, file: str, location: Location) -> str:
    path, line = settings.where(file, location)
    return f"{path}:{line}"
