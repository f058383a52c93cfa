"""AWS's public price list of Braket, read as Braket's own tracker reads it."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Mapping, Sequence

from qmlops.core.target import Price
from qmlops.errors import Unavailable

URL = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonBraket/current/index.csv"
_HEAD = 5
"""Lines of a price list before the names of its columns."""
_PLAIN = {"Accept-Encoding": "identity"}

Offer = Mapping[str, str]


def offers(seconds: float) -> list[Offer]:
    """All entries of the list. BRAKET_PRICE_OFFERS_URL names another one. Raises Unavailable."""
    import requests
    from urllib3.exceptions import HTTPError

    end, body = time.monotonic() + seconds, bytearray()
    try:
        with requests.get(
            os.environ.get("BRAKET_PRICE_OFFERS_URL", URL), timeout=seconds, stream=True, headers=_PLAIN
        ) as answer:
            answer.raise_for_status()
            while piece := answer.raw.read1(65536):
                body += piece
                if time.monotonic() > end:
                    raise requests.ReadTimeout
    except (requests.RequestException, HTTPError) as error:
        raise Unavailable(f"AWS gave no price list ({type(error).__name__}).") from None
    whole = int(answer.headers.get("Content-Length") or 0) <= len(body)
    read = csv.DictReader(body.decode("utf-8", errors="replace").splitlines()[_HEAD:])
    if not whole or not {"DeviceName", "PricePerUnit"} <= {*(read.fieldnames or ())}:
        raise Unavailable("AWS's price list cannot be read.")
    return list(read)


def price_of(listed: Sequence[Offer], arn: str, region: str) -> Price | None:
    """The price of a machine's tasks and shots on demand; None where the list has not exactly one of each."""
    name = arn.rpartition("/")[2]
    named = [
        offer
        for offer in listed
        if offer.get("Region Code") == region and str(offer.get("DeviceName")).lower() == name.lower()
    ]
    found = {}
    for family in ("Quantum Task", "Quantum Task-Shot"):
        alike = [offer for offer in named if offer.get("Product Family") == family and offer.get("Currency") == "USD"]
        if len(alike) != 1:
            return None
        found[family] = alike[0]
    task, shot = found["Quantum Task"], found["Quantum Task-Shot"]
    date = str(task.get("EffectiveDate") or "")
    return Price("USD", date, "AWS's price list", float(task["PricePerUnit"]), float(shot["PricePerUnit"]))
