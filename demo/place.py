"""Where one demo lives: a folder and four ports in a row, and the settings that follow from them."""

import fcntl
import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "demo"
PORT = 8000
LAST_PORT = 65535 - 3
# Everyone who is seeded signs in with this; it opens nothing but a demo.
PASSWORD = "pink-legal-tape"  # noqa: S105
STRIPE_KEY = "sk_test_demo_development"
STRIPE_ACCOUNT = "demo"  # the stand-in reads it from the key
WEBHOOK_SECRET = "whsec_development_of_the_demo"  # noqa: S105
_MARK = "amicus-demo"
_SEEDED = "seeded"
_OURS = ("AMICUS_", "STRIPE_", "FLASK_", "GRANIAN_")


class Unusable(Exception):
    """The demo cannot start here; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """A demo's folder, made by `taken`, and the first of its four ports."""

    folder: Path = FOLDER
    port: int = PORT

    @property
    def portal(self) -> str:
        # By name, because passkeys need one.
        return f"http://localhost:{self.port}"

    @property
    def side_page(self) -> str:
        return f"http://localhost:{self.side_port}"

    @property
    def stand_in(self) -> str:
        # By address, so that the way back from the card page is truly cross-site, as with Stripe.
        return f"http://127.0.0.1:{self.stand_in_port}"

    @property
    def side_port(self) -> int:
        return self.port + 1

    @property
    def stand_in_port(self) -> int:
        return self.port + 2

    @property
    def mail_port(self) -> int:
        return self.port + 3

    @property
    def database(self) -> Path:
        return self.folder / "amicus.sqlite3"

    @property
    def stand_in_file(self) -> Path:
        return self.folder / "stripe.sqlite3"

    @property
    def mail_file(self) -> Path:
        return self.folder / "mail.sqlite3"

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def environment(self) -> dict[str, str]:
        """The environment of every process: the caller's, without the settings of some other portal, and ours."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        inherited.pop("DATABASE_URL", None)
        return inherited | {
            "AMICUS_ENV": "development",
            "AMICUS_BASE_URL": self.portal,
            "AMICUS_SECRET_KEY": "development-key-of-the-demo-which-production-refuses",
            "AMICUS_DATA_DIR": str(self.folder),
            "AMICUS_CLOCK_FILE": str(self.clock_file),
            "AMICUS_LOG_FORMAT": "text",
            "AMICUS_MAIL_BACKEND": "smtp",
            "AMICUS_MAIL_HOST": "127.0.0.1",
            "AMICUS_MAIL_PORT": str(self.mail_port),
            "STRIPE_API_BASE": self.stand_in,
            "STRIPE_SECRET_KEY": STRIPE_KEY,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "FLASK_APP": "wsgi:app",
            "FLASK_SKIP_DOTENV": "1",
            "NO_COLOR": "1",
            "NO_PROXY": "localhost,127.0.0.1",
            "no_proxy": "localhost,127.0.0.1",
            "PYTHONUNBUFFERED": "1",
        }

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Make the folder and hold it while inside. Raises Unusable when it is somebody else's or in use."""
        mark = self.folder / _MARK
        if self.folder.exists() and not mark.exists() and any(self.folder.iterdir()):
            raise Unusable(f"{shown(self.folder)} holds other things than a demo. Name an empty folder.")
        self.folder.mkdir(parents=True, exist_ok=True)
        with mark.open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Unusable(
                    f"The demo in {shown(self.folder)} is running already. Stop it first (Ctrl-C where it runs)."
                ) from None
            yield

    def private_links(self) -> dict[str, str]:
        """Addresses of the private cases that were seeded, by title; none before."""
        try:
            found: dict[str, str] = json.loads(links_file(self.folder).read_text())
        except FileNotFoundError:
            return {}
        return found

    def is_seeded(self) -> bool:
        """Whether seeding came to its end here."""
        return (self.folder / _SEEDED).exists()

    def seeded_at(self) -> datetime | None:
        """When seeding came to its end here."""
        mark = self.folder / _SEEDED
        return datetime.fromtimestamp(mark.stat().st_mtime, UTC) if mark.exists() else None

    def mark_seeded(self) -> None:
        (self.folder / _SEEDED).touch()

    def empty(self) -> None:
        """Forget everything: our database and files, the mailbox, the clock and what the stand-in knows."""
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != _MARK:
                path.unlink()

    def check_ports(self) -> None:
        """Raise Unusable unless all four ports are free."""
        for port in range(self.port, self.port + 4):
            for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                _check_port(port, family, address)


def links_file(folder: Path) -> Path:
    """Where the links to private cases are kept. The portal itself knows only their hashes."""
    return folder / "private-links.json"


def _check_port(port: int, family: socket.AddressFamily, address: str) -> None:
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except PermissionError:
        raise Unusable(f"Port {port} needs more rights. Choose another one: make demo PORT=8100") from None
    except OSError as error:
        if family == socket.AF_INET6 and not _answers(port, family, address):
            return  # this machine has no IPv6
        raise Unusable(
            f"Port {port} is in use ({error.strerror}). Stop what uses it, or choose four others: make demo PORT=8100"
        ) from None


def _answers(port: int, family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family) as probe:
            return probe.connect_ex((address, port)) == 0
    except OSError:
        return False


def shown(path: Path) -> str:
    """`path` as one would type it."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
