"""A key goes nowhere where it could be read on the way."""

from __future__ import annotations

import pytest

from qmlops.core.address import unfit_for_a_key
from qmlops.errors import ConfigError
from qmlops.parts.backend.ibm.cloud import Ibm
from qmlops.parts.backend.ionq.cloud import Ionq


@pytest.mark.parametrize("url", ["https://api.ionq.co", "http://127.0.0.1:80", "http://localhost", "http://[::1]:8000"])
def test_a_key_travels_by_https_or_within_this_machine(url: str) -> None:
    assert unfit_for_a_key(url) is None


@pytest.mark.parametrize(
    "url", ["http://api.ionq.co", "ftp://127.0.0.1", "api.ionq.co", "", "https://a:b@c.de", "http://[::1"]
)
@pytest.mark.parametrize("backend", [Ibm, Ionq])
def test_a_backend_refuses_every_other_address(backend: type[Ibm | Ionq], url: str) -> None:
    with pytest.raises(ConfigError, match=r"only by https"):
        backend(url=url)
