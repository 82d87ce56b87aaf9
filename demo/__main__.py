"""`python -m demo` runs the demo; `python -m demo clock --days 30` moves its clock."""

import argparse
import sys
from pathlib import Path

from demo import clock, side_page
from demo.place import FOLDER, LAST_PORT, PORT, Place, shown
from demo.run import run


def main() -> int:
    chosen = _parser().parse_args()
    if not 1 <= chosen.port <= LAST_PORT:
        print(f"PORT must be a number from 1 to {LAST_PORT}.", file=sys.stderr)
        return 2
    place = Place(chosen.data.resolve(), chosen.port)
    if chosen.what == "clock":
        return _clock(place, chosen.days * 86400 + chosen.hours * 3600)
    if chosen.what == "side":
        side_page.serve(place)
        return 0
    return run(place, fresh=chosen.fresh)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description="The portal with everything around it.")
    parser.add_argument("--port", type=int, default=PORT, help="the portal's port; three more follow it (%(default)s)")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder for everything it keeps (var/demo)")
    parser.add_argument("--fresh", action="store_true", help="forget everything first")
    commands = parser.add_subparsers(dest="what", metavar="[clock | side]")
    clock_parser = commands.add_parser("clock", help="show the shared clock, or move it ahead")
    clock_parser.add_argument("--days", type=int, default=0)
    clock_parser.add_argument("--hours", type=int, default=0)
    commands.add_parser("side", help="the mail server and the side page alone")
    return parser


def _clock(place: Place, seconds: int) -> int:
    if not place.folder.is_dir():
        print(f"There is no demo in {shown(place.folder)} yet. Start it: make demo", file=sys.stderr)
        return 1
    try:
        moment = clock.move(place.clock_file, seconds) if seconds else clock.now(place.clock_file)
    except clock.BadMove as error:
        print(error, file=sys.stderr)
        return 1
    ahead = clock.ahead(place.clock_file)
    print(f"The demo's clock shows {moment:%A %-d %B %Y, %H:%M} UTC, {side_page.duration(ahead)} ahead of real time.")
    if not seconds:
        print("Move it: make demo-clock DAYS=30, or HOURS=1")
    return 0


if __name__ == "__main__":
    sys.exit(main())
