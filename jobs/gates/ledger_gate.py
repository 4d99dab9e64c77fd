"""The gate on our own history: a night begins only where the earlier sets that its caps reach are as they were."""

from collections.abc import Callable
from datetime import date

from conf.errors import SettingsError
from conf.policy import Holdout, Policy
from jobs.commit.commits import content_of, mark_of
from jobs.commit.ledger import Ledger, read_ledger
from jobs.commit.ledger_faults import faults, raise_if_broken
from jobs.core.draws import secret_fingerprint
from jobs.core.errors import LedgerBroken
from jobs.core.secrets import salt
from jobs.run_context import RunContext
from jobs.sources.earlier_sets import copy_of, pin_ledger


def check_ledger(context: RunContext) -> None:
    """Check the ledger and the sets within the windows of the policy, and pin what the night will see of it.

    Raises:
        LedgerBroken: a set, a commit or the ledger is damaged or gone, or the date itself was declared lost.
        SettingsError: the holdout's secret is not the one that earlier sets were drawn with.
    """
    deployment, as_of = context.settings.deployment, context.as_of
    copy = copy_of(deployment.lake, deployment.output)
    ledger = read_ledger(deployment.output)
    raise_if_broken(list(faults(ledger, copy, within_windows(context.settings.policy, as_of))), deployment.output)
    if as_of in ledger.lost:
        raise LedgerBroken(f"{as_of} was declared lost in {deployment.output}: it cannot be decided a second time")
    pin_ledger(context, ledger)
    if context.settings.policy.holdout:
        check_secret(context.settings.policy.holdout, ledger, as_of)


def within_windows(policy: Policy, as_of: date) -> Callable[[date], bool]:
    """Whether a date lies so near that caps, combinations and limits of the policy look at it."""
    if any(combination.never_together for combination in policy.combinations):
        return lambda _: True
    spans = [rule.days for rule in policy.contact_policy] + [rule.not_within_days for rule in policy.combinations]
    spans += [limit.reach_days for limit in policy.limits]
    reach = max((span for span in spans if span), default=0)
    return lambda day: abs((day - as_of).days) <= reach


def check_secret(holdout: Holdout, ledger: Ledger, as_of: date) -> None:
    """The customers who are never contacted stay the same, as long as their secret does.

    Raises:
        SettingsError: it is another one than that of the nearest set, and policy.yaml declares no rotation between.
    """
    is_after = holdout.rotated_on is not None and as_of >= holdout.rotated_on
    for commit in sorted(ledger.newest(), key=lambda commit: abs((commit.as_of - as_of).days)):
        drawn_with = content_of(mark_of(commit)).get("holdout")
        was_after = holdout.rotated_on is not None and commit.as_of >= holdout.rotated_on
        if drawn_with is None or was_after != is_after:
            continue
        if drawn_with != secret_fingerprint(salt(holdout.salt)):
            raise SettingsError(
                f"the environment variable {holdout.salt.removeprefix('env:')} does not hold the secret that the set "
                f"of {commit.as_of} was drawn with; another one would contact who was to be left alone. Set it back; "
                "if it was changed on purpose, say `rotated_on` in the holdout of policy.yaml"
            )
        return
