"""Where something may be sent to: a URL of HTTP, and a secret only where nobody on the way can read it."""

from __future__ import annotations

from urllib.parse import urlsplit

from qmlops.errors import Mistake

_HERE = ("localhost", "127.0.0.1", "::1")


def host_of(url: str) -> str:
    """The host's name; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def unfit_url(url: str, with_secret: bool) -> str:
    """Why nothing can be sent there; empty where it can. The URL is not repeated, as it may hold a secret."""
    host = host_of(url)
    if not host or urlsplit(url).scheme not in ("http", "https"):
        return "it is no URL of http or https"
    if urlsplit(url).username is not None:
        return "it holds a user's name or password"
    if with_secret and urlsplit(url).scheme == "http" and host not in _HERE:
        return "the secret would travel to it unencrypted"
    return ""


def unfit_for_a_key(url: str) -> Mistake | None:
    """What is wrong with the field `url` of a backend, to which a key is sent."""
    if not unfit_url(url, with_secret=True):
        return None
    return Mistake("url", "a key may travel only by https.", "write https://HOST, or http://127.0.0.1:PORT")
