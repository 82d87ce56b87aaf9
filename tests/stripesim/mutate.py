"""Do the tests have teeth? Plants nine faults in engine.py, one at a time; test_engine.py must fail at each.

    python tests/stripesim/mutate.py [WORD IN A FAULT'S NAME]

Works on a copy in a temporary folder. Not part of the test suite, as it takes a minute.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FAULTS = {
    "a new PaymentIntent for each attempt": [
        ('if not p["pi"]:', "if True:"),
        ('f"pledge:{pid}:pi"', "os.urandom(8).hex()"),
        (" and pi is null", ""),
    ],
    "a random idempotency key": [('{"idempotency_key": a["idem"]}', '{"idempotency_key": os.urandom(8).hex()}')],
    "an entry posted without its unique key": [("(key, txn, kind", "(key + os.urandom(4).hex(), None, kind")],
    "Stripe is not asked first about an unknown outcome": [
        ("if a:  # 2a", "if False:  # 2a"),
    ],
    "a failure counts whoever reports it": [
        ("and error and attempt:", "and error:"),
        ("n, code = attempt,", 'n, code = p["attempts"],'),
    ],
    "an attempt sent again with the pledge's present card": [
        ('"payment_method": a["pm"]', '"payment_method": p["pm"]')
    ],
    "a lease never runs out": [("and lease_until<? order", "and lease_until=0 and ?>0 order")],
    "an event that comes twice is not expected": [
        ("received,body) values(?,?,?,?) on conflict do nothing", "received,body) values(?,?,?,?)"),
    ],
    "pro-rata shares only rounded down": [("share[k] += 1", "pass")],
}


def survives(source: str) -> bool:
    """Whether the tests pass with this engine."""
    with tempfile.TemporaryDirectory() as folder:
        tests = Path(folder) / "tests"
        for part in ("support", "stripesim"):
            shutil.copytree(ROOT / "tests" / part, tests / part, ignore=shutil.ignore_patterns("__pycache__"))
        (tests / "__init__.py").touch()
        (tests / "stripesim" / "engine.py").write_text(source)
        (Path(folder) / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\n")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "tests/stripesim/test_engine.py"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
            capture_output=True,
            text=True,
            timeout=300,
        )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    if bool(failed) != bool(done.returncode):
        sys.exit(f"The tests could not run:\n{done.stdout}{done.stderr}")
    if failed:
        print(f"  {failed[0][:150]}")
    return not failed


def main(wanted: str = "") -> int:
    source, survivors = (HERE / "engine.py").read_text(), 0
    if not survives(source):
        sys.exit("The tests fail without any fault.")
    for name, changes in FAULTS.items():
        if wanted not in name:
            continue
        mutant = source
        for old, new in changes:
            if mutant.count(old) != 1:
                sys.exit(f"{name}: {old!r} is there {mutant.count(old)} times")
            mutant = mutant.replace(old, new)
        alive = survives(mutant)
        survivors += alive
        print(f"{'SURVIVED' if alive else 'killed'}: {name}", flush=True)
    print(f"{survivors} survived")
    return survivors


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
