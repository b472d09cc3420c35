"""Addresses as people write them, pure: one line taken apart, and two ways to write one place made the same."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from app.stores.values import Address

STATE = re.compile(
    r"A[KLRSZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOPST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]"
    r"|W[AIVY]"
)
SHORTENED = (
    "street st, str st, avenue ave, av ave, boulevard blvd, boul blvd, road rd, drive dr, lane ln, court ct, place pl,"
    " square sq, terrace ter, highway hwy, parkway pkwy, circle cir, trail trl, saint st, fort ft, mount mt, north n,"
    " south s, east e, west w, northeast ne, northwest nw, southeast se, southwest sw, first 1st, second 2nd, third"
    " 3rd, fourth 4th, fifth 5th, sixth 6th, seventh 7th, eighth 8th, ninth 9th, tenth 10th"
)
SHORT = dict(pair.split() for pair in SHORTENED.split(","))
UNIT = re.compile(
    r"(?:^|[\s,])((?:apt|apartment|unit|suite|ste|floor|fl|room|rm|no)\b\.?\s*#?\s*[\w-]{1,10}|#\s*[\w-]{1,10})",
    re.IGNORECASE,
)
ZIP_AT_END = re.compile(r"(?:^|[\s,])([0-9]{5})(?:[\s-]?[0-9]{4})?$")
COUNTRY = re.compile(r"[\s,]+(?:usa|u\.s\.a\.?|us|united states(?: of america)?)$", re.IGNORECASE)
PHONE = re.compile(r"(?:\+?1)?([0-9]{10})", re.ASCII)
MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """The parts of an address line; what it does not say is empty."""

    street: str
    unit: str
    city: str
    state: str
    zip: str


def read_line(text: str) -> Line:
    """Take an address line apart: `12 Elm St Apt 3, Chicago, IL 60610-1234, USA`. Guesses, and never fails."""
    rest = COUNTRY.sub("", " ".join(text[:MOST_CHARACTERS].split()).strip(" ,"))
    found = ZIP_AT_END.search(rest)
    code = found[1] if found else ""
    rest = (rest[: found.start()] if found else rest).strip(" ,")
    head, _, last = rest.rpartition(" ")
    said = last.strip(",.").upper()
    state = said if STATE.fullmatch(said) and (code or "," in rest) else ""
    rest = (head if state else rest).strip(" ,")
    unit = UNIT.search(rest)
    if unit and unit.start() > 0:
        rest = f"{rest[: unit.start()].rstrip(' ,')}{rest[unit.end() :]}"
    street, _, city = (part.strip(" ,") for part in rest.partition(","))
    flat = unit[1].strip() if unit and unit.start() > 0 else ""
    return Line(street, flat, city.rpartition(",")[2].strip(), state, code)


def zip_of(text: str) -> str:
    """A ZIP code as it is kept: `60610-1234` and ` 60610 ` are 60610; anything else stays what it was."""
    plain = text.strip()
    found = re.fullmatch(r"([0-9]{5})[\s-]?[0-9]{4}", plain, re.ASCII)
    return found[1] if found else plain


def phone_of(text: str) -> str | None:
    """A phone number as it is kept, however it is written; empty for none, None for what is no number."""
    found = PHONE.fullmatch(re.sub(r"[\s().-]", "", text))
    return f"+1{found[1]}" if found else None if text else ""


def key_of(address: Address) -> str:
    """One key for all ways to write an address: case, dots, accents, `Street` or `St.`, a flat do not count."""
    plain = unicodedata.normalize("NFKD", f"{UNIT.sub(' ', address.street)} {address.city} {zip_of(address.zip)}")
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)).lower())
    return hashlib.sha256(" ".join(SHORT.get(word, word) for word in words).encode()).hexdigest()
