"""Do the tests of the charge path have teeth? Plants faults in our own code, one at a time; a test must fail at each.

    python -m tests.faults.mutate [WORD IN A FAULT'S NAME]

Works on a copy in a temporary folder. Not part of the test suite, as it takes some minutes; `make faults` runs it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("app", "tests", "stripesim", "demo", "migrations", "config.py", "wsgi.py", "pyproject.toml")
KILLS = "tests/faults/test_kills.py"


@dataclass(frozen=True)
class Fault:
    """Changes of one file, and the tests (a path, and words for `-k`) that must notice."""

    file: str
    changes: tuple[tuple[str, str], ...]
    tests: str
    words: str = ""
    database: str = "sqlite"


FAULTS = {
    "a new intent for each try": Fault(
        "pledges/collection.py",
        (
            ("    if known is not None:\n        return\n    assert customer", "    assert customer"),
            ('key=f"pledge:{pledge_id}:pi"', "key=None"),
            ("    if pledge.intent_id is None:\n        pledge.intent_id", "    if True:\n        pledge.intent_id"),
        ),
        "tests/pledges/test_collection.py",
        "without_an_answer",
    ),
    "the provider is not asked about an unknown outcome": Fault(
        "pledges/collection.py",
        (("if not attempt.is_new and not _is_unsent", "if False and not _is_unsent"),),
        "tests/pledges/test_collection.py",
        "asked_before",
    ),
    "a failure counts whoever reports it": Fault(
        "pledges/collection.py",
        (
            ('"requires_payment_method" and attempt_n is not None and intent', '"requires_payment_method" and intent'),
            ("_decline(pledge, attempt_n, AUTH", "_decline(pledge, attempt_n or len(pledge.attempts), AUTH"),
        ),
        "tests/pledges/test_collection.py",
        "old_failure",
    ),
    "the state is committed before the books": Fault(
        "pledges/collection.py",
        (
            (
                '    ledger.post(\n        f"charge:{payment.charge}"',
                "    totals.change(pledge, state=PledgeState.COLLECTED)\n    db.session.commit()\n"
                '    ledger.post(\n        f"charge:{payment.charge}"',
            ),
        ),
        KILLS,
        "charge_killed_at_any_line_is_made_once",
    ),
    "a charge booked under a new key each time": Fault(
        "pledges/collection.py",
        (('f"charge:{payment.charge}",', 'f"charge:{payment.charge}:{clock.real_now()}",'),),
        "tests/pledges/test_collection.py",
        "whoever_reports",
    ),
    "a lease never runs out": Fault(
        "pledges/collection.py",
        (("or_(Pledge.leased_until.is_(None), Pledge.leased_until < real)", "Pledge.leased_until.is_(None)"),),
        KILLS,
        "charge_killed_at_any_line_is_made_once",
    ),
    "the brake is not looked at": Fault(
        "pledges/collection.py",
        (
            (
                "    if brake.is_on():\n        db.session.rollback()\n        return None",
                "    if False:\n        return None",
            ),
        ),
        "tests/pledges/test_collection.py",
        "refused_key or brake_on",
    ),
    "the brake is undone with the transaction": Fault(
        "pledges/collection.py",
        (('refuses our key: {error}")\n        db.session.commit()', 'refuses our key: {error}")'),),
        "tests/pledges/test_collection.py",
        "refused_key",
    ),
    "a hard decline is tried again": Fault(
        "pledges/collection.py",
        (("hard = never or code in HARD", "hard = False"),),
        "tests/pledges/test_collection.py",
        "hard_decline",
    ),
    "a bank's page for the old card decides about the new one": Fault(
        "pledges/service.py",
        (('            if attempt.state == "action":', "            if False:"),),
        "tests/pledges/test_collection.py",
        "bank_that_says_no_to_the_old",
    ),
    "a sleeper begins another try": Fault(
        "pledges/collection.py",
        (
            (
                '    """\n    pledge = service.locked(pledge_id)\n    if pledge.state != PledgeState.CHARGING:',
                '    """\n    pledge = service.locked(pledge_id)\n    if False:',
            ),
        ),
        "tests/pledges/test_collection.py",
        "slept or sleeper",
    ),
    "the pledge is locked before its case": Fault(
        "pledges/service.py",
        (
            (
                '    """\n    case = db.session.scalars(\n',
                '    """\n    locked(pledge_id)\n    case = db.session.scalars(\n',
            ),
        ),
        "tests/pledges/test_service.py",
        "same_moment_do_not_wait",
        "postgresql",
    ),
    "a completed page is folded in again": Fault(
        "pledges/service.py",
        (("if page.is_open and _fold_card", "if _fold_card"),),
        "tests/pledges/test_service.py",
        "have_read_the_same_page",
    ),
    "a minute after the deadline still counts": Fault(
        "pledges/service.py",
        (("completed_at <= case.deadline_at", "completed_at <= case.deadline_at + timedelta(minutes=1)"),),
        "tests/pledges/test_closing.py",
        "second_after",
    ),
    "the browser decides after the deadline": Fault(
        "pledges/service.py",
        (("    if completed_at is not None:\n        return False\n    late", "    return False\n    late"),),
        "tests/pledges/test_closing.py",
        "browser_cannot",
    ),
    "a penny below the target is enough": Fault(
        "pledges/closing.py",
        (
            (
                "    if sum_pledged(case_id, case.target.currency) < case.target:",
                "    if sum_pledged(case_id, case.target.currency) + Money(1, case.target.currency) < case.target:",
            ),
        ),
        "tests/pledges/test_closing.py",
        "penny_below",
    ),
    "released cards are kept": Fault(
        "pledges/closing.py",
        (('    defer_many("pledges.detach_card"', '    False and defer_many("pledges.detach_card"'),),
        "tests/pledges/test_closing.py",
        "charges_nobody",
    ),
    "a roll-up commits halfway": Fault(
        "pledges/totals.py",
        (
            (
                "    sums: dict[int, dict[str, int]] = {}\n",
                "    db.session.commit()\n    sums: dict[int, dict[str, int]] = {}\n",
            ),
        ),
        "tests/pledges/test_totals.py",
        "dies",
    ),
    "an event that comes twice is not expected": Fault(
        "pledges/webhooks.py",
        (('        .on_conflict_do_nothing(index_elements=["event_id"])\n', ""),),
        "tests/pledges/test_webhooks.py",
        "again or once",
    ),
    "a signature from the future is good": Fault(
        "payments/stripe_gateway.py",
        (("if signed_at > time.time() + EVENT_AGE_SECONDS:", "if False:"),),
        "tests/pledges/test_webhooks.py",
        "future",
    ),
    "the reconciler books nothing": Fault(
        "pledges/reconcile.py",
        (('if line.category == "charge":', "if False:"),),
        "tests/pledges/test_reconcile.py",
        "nobody_reported",
    ),
}


def survives(name: str, fault: Fault | None) -> bool:
    """Whether the tests pass with the fault planted; None plants nothing and runs them all."""
    with tempfile.TemporaryDirectory() as folder:
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder)
        if fault is not None:
            plant(name, fault, Path(folder) / "app" / fault.file)
        chosen = [fault] if fault else list(FAULTS.values())
        return all(passes(one, folder) for one in chosen)


def plant(name: str, fault: Fault, file: Path) -> None:
    source = file.read_text()
    for old, new in fault.changes:
        if source.count(old) != 1:
            sys.exit(f"{name}: {old!r} is there {source.count(old)} times")
        source = source.replace(old, new)
    file.write_text(source)


def passes(fault: Fault, folder: str) -> bool:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--timeout", "120"),
            *(fault.tests, "-k", fault.words, "--database", fault.database),
        ],
        cwd=folder,
        env=os.environ | {"FAULT_RUNS": "10", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR tests"))]
    if done.returncode not in (0, 1) or bool(failed) != bool(done.returncode):
        sys.exit(f"The tests could not run:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    if failed:
        print(f"  {failed[0][:150]}")
    return not failed


def main(wanted: str = "") -> int:
    if not wanted and not survives("nothing", None):
        sys.exit("The tests fail without any fault.")
    survivors = 0
    for name, fault in FAULTS.items():
        if wanted not in name:
            continue
        alive = survives(name, fault)
        survivors += alive
        print(f"{'SURVIVED' if alive else 'killed'}: {name}", flush=True)
    print(f"{survivors} survived")
    return survivors


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
