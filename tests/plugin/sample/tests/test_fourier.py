"""The encoder keeps the contract of encoders, at every number of octaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from qmlops_fourier.fourier import Fourier

from qmlops.testing.contracts import encoder


@pytest.mark.parametrize("frequencies", [1, 2, 8])
@pytest.mark.parametrize("promise", encoder.CONTRACT, ids=lambda promise: promise.__name__)
def test_the_contract(promise: Callable[[Fourier], None], frequencies: int) -> None:
    promise(Fourier(frequencies))
