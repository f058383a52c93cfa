"""Secrets as references: a config says where a key stands, and it is fetched when it is needed.

`env:NAME` is a variable of the environment, `keyring:SERVICE/USER` an entry of the system's
keyring, `command:WORDS` the first line that a program prints. A secret is never stored, and no
message holds one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from importlib.util import find_spec

from qmlops.errors import CredentialError, Mistake

KINDS = ("env", "keyring", "command")
_SECONDS = 30.0
"""How long a command may take; a password manager may ask a person meanwhile."""


def unfit(path: str, written: str) -> Mistake | None:
    """A mistake where a field that names a secret holds anything but a reference; it is not repeated."""
    kind, _, rest = written.partition(":")
    if kind in KINDS and rest.strip():
        return None
    instead = "write env:NAME, keyring:SERVICE/USER or command:WORDS"
    return Mistake(path, "what is written is no reference, and keys do not belong in a config.", instead)


def absent(reference: str) -> str:
    """Why a secret cannot be had on this machine, as far as can be seen without fetching it; empty: it can."""
    kind, _, rest = reference.partition(":")
    if kind == "env" and not os.environ.get(rest):
        return f"{rest} is not set; set it in the environment"
    if kind == "keyring" and find_spec("keyring") is None:
        return "the keyring needs: pip install 'qmlops[secure]'"
    if kind == "command" and shutil.which(shlex.split(rest)[0]) is None:
        return f"there is no program {shlex.split(rest)[0]!r}"
    return ""


def fetch(reference: str, owner: str) -> str:
    """The secret behind a reference, without spaces around it, for `owner`, such as `backend=ionq`.

    Raises CredentialError.
    """
    mistake = unfit("key", reference)
    why = mistake.why if mistake is not None else absent(reference)
    if why:
        raise CredentialError(f"{owner} needs a key: {why}.\n{_REMEDY}")
    kind, _, rest = reference.partition(":")
    if kind == "env":
        found = os.environ[rest]
    else:
        found = _from_keyring(rest, owner) if kind == "keyring" else _printed(rest, owner)
    key = found.strip()
    # No request can carry another one, and nobody could tell that from a request that got lost.
    if not (key and key.isascii() and key.isprintable()):
        raise CredentialError(f"{owner} needs a key, and what is behind {kind}: holds characters that no key has.")
    return key


_REMEDY = "Keys are named by references: env:NAME, keyring:SERVICE/USER or command:WORDS."


def _from_keyring(entry: str, owner: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    service, _, user = entry.partition("/")
    try:
        found = keyring.get_password(service, user or service)
    except KeyringError as error:
        raise CredentialError(f"{owner} needs a key, and the keyring refuses: {type(error).__name__}.") from None
    if not found:
        told = f"Store it with: keyring set {shlex.quote(service)} {shlex.quote(user or service)}"
        raise CredentialError(f"{owner} needs a key, and the keyring has no {entry!r}.\n{told}")
    return str(found)


def _printed(words: str, owner: str) -> str:
    """The first line of a program's output; what it says to stderr may hold anything and is not shown."""
    try:
        done = subprocess.run(
            shlex.split(words), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
        return done.stdout.splitlines()[0].strip()
    except subprocess.CalledProcessError as error:
        why = f"it ended with code {error.returncode}"
    except subprocess.TimeoutExpired:
        why = f"it printed nothing within {_SECONDS:.0f} s"
    except OSError as error:
        why = f"it cannot be run: {error.strerror}"
    except (IndexError, UnicodeDecodeError):
        why = "it printed no line of text"
    program = shlex.split(words)[0]
    raise CredentialError(f"{owner} needs a key, and {program!r} gave none: {why}.\nTry the command in a shell.")
