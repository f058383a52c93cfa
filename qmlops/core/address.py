"""Where something may be sent to: a URL of HTTP, and a secret only where nobody on the way can read it."""

from __future__ import annotations

from urllib.parse import urlsplit

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
