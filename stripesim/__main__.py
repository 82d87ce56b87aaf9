"""python -m stripesim [--port 8420] [--db FILE] [--clock-file FILE]"""

import argparse
import signal
import sys

from stripesim.server import API_VERSION, ROUTES, serve


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m stripesim", description="A stand-in for Stripe on 127.0.0.1.")
    options.add_argument("--port", type=int, default=8420, help="0 takes any free port (default: %(default)s)")
    options.add_argument("--db", metavar="FILE", help="keep everything in this SQLite file over restarts")
    options.add_argument("--clock-file", metavar="FILE", help="a text file: seconds that the clock is ahead")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = serve(chosen.port, chosen.db, chosen.clock_file)
    try:
        print(f"stripesim {API_VERSION}: {len(ROUTES)} operations on {server.app.url}", flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.app.close()


if __name__ == "__main__":
    main()
