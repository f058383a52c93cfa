"""`qmlops emulate`: a provider's API on this machine, computed by the local simulators."""

from __future__ import annotations

import argparse

PROVIDERS = ("ionq",)
_EXAMPLES = """examples:
  qmlops emulate ionq
  qmlops emulate ionq --port 8700 --qpu-noise 0

Any key is taken, nothing leaves this machine, and the prices are made up. Ctrl-C ends it."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops emulate",
        description="Stand in for a provider: its clients submit, wait for and collect jobs here.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("provider", choices=PROVIDERS, help="whose API: IonQ's in v0.3 and v0.4")
    built.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; 0, the default: a free one")
    built.add_argument("--seed", type=int, default=0, help="of all shots that are drawn (default: 0)")
    built.add_argument(
        "--qpu-noise", type=float, default=1.0, metavar="SCALE", help="of the machines' published errors (default: 1)"
    )
    return built


def main(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C. Raises RequestError where the port cannot be had."""
    from threading import Event

    from qmlops.config.place import devices
    from qmlops.errors import RequestError
    from qmlops.parts.backend.catalogue import targets_of
    from qmlops.serving.ionq import Ionq
    from qmlops.serving.web import Server

    if not 0 <= options.port <= 65535 or not 0 <= options.qpu_noise <= 10 or options.seed < 0:
        raise RequestError("A port lies between 0 and 65535, a scale of noise between 0 and 10, a seed is no negative.")
    machines = targets_of(devices("ionq"), simulators=("simulator",))
    provider = Ionq(machines, seed=options.seed, noise=options.qpu_noise)
    try:
        server = Server(provider.answer, options.port)
    except OSError as error:
        raise RequestError(f"Port {options.port} cannot be had: {error.strerror}.\nWrite --port 0.") from error
    try:
        print(f"IonQ's API stands at {server.url}\nTo use it:\n  export IONQ_API_KEY=emulated")
        print(f"  qmlops run +experiment=vqc backend=ionq backend.url={server.url}", flush=True)
        Event().wait()
    except KeyboardInterrupt:
        server.close()
        provider.close()
    return 0
