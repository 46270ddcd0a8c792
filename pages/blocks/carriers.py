"""Carriers and where each of them tells how far a parcel has come."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """`name` as people know it; `url` holds {number}, and {language}, {country} where the carrier asks for them."""

    name: str
    url: str
    number: str = "[0-9A-Z]{8,39}"

    def follow(self, number: str, language: str) -> str:
        """Where that parcel is followed; empty for what cannot be one of this carrier's numbers."""
        plain = re.sub(r"[\s.-]", "", number).upper()
        if not re.fullmatch(self.number, plain):
            return ""
        return self.url.format(number=plain, language=language, country="DE" if language == "de" else "US")


_DHL = Carrier("DHL", "https://www.dhl.de/{language}/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}")
_POST_AT = Carrier("Österreichische Post", "https://www.post.at/sv/sendungsdetails?snr={number}")
_POST_CH = Carrier("Schweizerische Post", "https://service.post.ch/ekp-web/ui/entry/search/{number}?lang={language}")
CARRIERS: dict[str, Carrier] = {
    "dhl": _DHL,
    "deutschepost": _DHL,
    "dpd": Carrier("DPD", "https://tracking.dpd.de/status/{language}_{country}/parcel/{number}", "[0-9]{10,15}[A-Z]?"),
    "gls": Carrier("GLS", "https://gls-group.com/track/{number}"),
    "hermes": Carrier("Hermes", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{number}"),
    "ups": Carrier("UPS", "https://www.ups.com/track?loc={language}_{country}&tracknum={number}"),
    "fedex": Carrier("FedEx", "https://www.fedex.com/fedextrack/?trknbr={number}", "[0-9]{12,22}"),
    "postat": _POST_AT,
    "österreichischepost": _POST_AT,
    "postch": _POST_CH,
    "schweizerischepost": _POST_CH,
    "swisspost": _POST_CH,
}
SURNAMES = ("paket", "parcel", "express", "group", "germany", "deutschland", "austria")


def known(name: str) -> Carrier | None:
    """The carrier of that name, however it is written: “DHL Paket”, “post.at”, “Hermes Germany”."""
    plain = re.sub(r"[^a-zäöü]", "", name.lower())
    for surname in SURNAMES:
        plain = plain.removesuffix(surname)
    return CARRIERS.get(plain)
