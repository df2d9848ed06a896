"""The stock of made-up names, places and words that a seed draws from.

Nothing here belongs to anyone: mail goes to example.com and its sisters, and every phone
number lies in a range that its country's regulator keeps free for drama. The accented and
non-Latin names are common ones, there because a sync that breaks them breaks for most of
the world.
"""

from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _listed(text: str) -> tuple[str, ...]:
    """Entries that hold blanks, parted by semicolons over as many lines as they need."""
    return tuple(" ".join(text.split()).split(";"))


FIRST_NAMES = _words(
    """
    Aaron Abigail Adam Alice Amelia Andrew Anita Arthur Beatrice Benjamin Carla Carmen Charles
    Clara Daniel Deborah Diego Edith Edward Eleanor Elena Emily Erik Eva Felix Frances Frank
    George Grace Hannah Harriet Helen Henry Ida Irene Isaac James Jane Jasper Joan Judith Karen
    Laura Leo Lewis Louise Lucy Marcus Margaret Maria Martha Martin Maya Miriam Nadia Nathan
    Nora Oliver Omar Oscar Patrick Paula Peter Priya Rachel Ravi Rebecca Robert Rosa Ruth Samuel
    Sarah Simon Sophie Stella Susan Theo Thomas Tobias Vera Victor Walter William Yusuf
    """
)
LAST_NAMES = _words(
    """
    Adams Ahmed Alvarez Anderson Bailey Baker Banerjee Barnes Bauer Bell Bennett Brooks Campbell
    Carter Chen Clarke Collins Cooper Cox Davies Diaz Dixon Edwards Ellis Evans Fischer Fisher
    Foster Fox Garcia Gibson Graham Grant Gray Green Gupta Hall Hamilton Harris Hughes Hunt
    Ibrahim Jackson James Johnson Jones Kaur Kelly Khan King Knight Lee Lewis Lopez Marshall
    Martin Mason Miller Mitchell Morgan Morris Murphy Murray Nguyen Okafor Palmer Parker Patel
    Pereira Phillips Powell Price Reed Reid Richards Roberts Robinson Rogers Rossi Russell Scott
    Shah Shaw Silva Simpson Smith Stevens Stewart Taylor Thompson Turner Walker Ward Watson Weber
    White Wilson Wood Wright Young
    """
)
ACCENTED = (
    ("Zoë", "Müller"),
    ("Łukasz", "Żółkiewski"),
    ("Siân", "Ó Briain"),
    ("José", "Núñez"),
    ("Chloé", "Lefèvre"),
    ("Søren", "Ørsted"),
    ("İpek", "Yıldız"),  # noqa: RUF001  the dotless i is a letter of its own
    ("Þóra", "Jónsdóttir"),
    ("Ngọc", "Nguyễn"),
    ("Žofia", "Dvořáková"),
    ("Conor", "O'Brien"),
    ("Maeve", "O'Connor"),
    ("Anne-Sophie", "D'Amico"),
)
NON_LATIN = (
    ("秀英", "王"),
    ("عائشة", "الحسن"),
    ("Αθηνά", "Παπαδοπούλου"),
    ("Наталия", "Иванова"),
    ("太郎", "佐藤"),
    ("민준", "김"),
    ("प्रिया", "शर्मा"),
    ("נועה", "כהן"),
    ("สมชาย", "ใจดี"),
)
TITLES = _listed(
    """
    Account Executive;Buyer;Chief Executive Officer;Chief Financial Officer;Controller;Director of
    Marketing;Engineer;Facilities Lead;Head of Operations;Head of People;IT Administrator;Office
    Manager;Operations Analyst;Partner;Plant Manager;Procurement Lead;Product Manager;Purchasing
    Agent;Regional Sales Director;Research Scientist;Sales Operations;Security Officer;VP
    Engineering;VP Sales
    """
)
STREETS = _listed(
    """
    Acacia Avenue;Brick Lane;Canal Street;Cedar Road;Church Street;Elm Street;Foundry Row;Harbour
    Parade;High Street;Market Square;Mill Lane;Orchard Way;Park Road;Quay Street;Station
    Approach;Willow Close
    """
)
COMPANY_FIRST = _words(
    """
    Alder Amber Anchor Aspen Beacon Birch Bluebell Bramble Brightwater Cedar Clover Cobalt Copper
    Coral Crescent Driftwood Ember Fern Flint Foxglove Glacier Granite Harbor Hawthorn Hazel
    Heron Indigo Ironwood Juniper Kestrel Lantern Larch Linden Marigold Meadow Mosaic Nettle
    Northwind Oakfield Orchid Osprey Pebble Pinecone Quarry Rowan Saffron Sandpiper Silverbirch
    Sparrow Summit Tamarind Thistle Tidewater Umber Violet Waterfall Willow Yarrow
    """
)
COMPANY_SECOND = (
    ("Software", "COMPUTER_SOFTWARE"),
    ("Foods", None),
    ("Robotics", "ELECTRICAL_ELECTRONIC_MANUFACTURING"),
    ("Insurance", "INSURANCE"),
    ("Clinics", "HOSPITAL_HEALTH_CARE"),
    ("Biotech", "BIOTECHNOLOGY"),
    ("Outfitters", "APPAREL_FASHION"),
    ("Telecom", "TELECOMMUNICATIONS"),
    ("Builders", "CONSTRUCTION"),
    ("Chemicals", "CHEMICALS"),
    ("Accounting", "ACCOUNTING"),
    ("Stores", "RETAIL"),
    ("Airways", "AIRLINES_AVIATION"),
)
"""What a company does, and HubSpot's option for it: blank, or one with no partner, at times."""
COMPANY_SUFFIXES = ("Ltd", "Inc.", "GmbH", "LLC", "& Sons", "Group")


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to have an address, and how its phone numbers are written."""

    city: str
    state: str | None
    postal_code: str
    country: str
    phone_shapes: tuple[str, str, str]
    """The same number three ways; `{n}` is three digits."""


def _american(area: int) -> tuple[str, str, str]:
    return (f"+1 {area} 555 0{{n}}", f"({area}) 555-0{{n}}", f"{area}.555.0{{n}} x12")


_LONDON = ("+44 20 7946 0{n}", "(020) 7946 0{n}", "0207946-0{n} ext 3")
_NO_AREA = ("+44 1632 960{n}", "(01632) 960{n}", "01632-960{n} ext 3")
_BERLIN = ("+49 30 23125 {n}", "(030) 23125-{n}", "030/23125{n}")

PLACES = (
    Place("London", None, "EC1A 1BB", "United Kingdom", _LONDON),
    Place("Leeds", "West Yorkshire", "LS1 4AP", "United Kingdom", _NO_AREA),
    Place("New York", "New York", "10001", "United States", _american(212)),
    Place("San Francisco", "California", "94105", "United States", _american(415)),
    Place("Chicago", "Illinois", "60601", "United States", _american(312)),
    Place("Boston", "Massachusetts", "02108", "United States", _american(617)),
    Place("Berlin", None, "10115", "Germany", _BERLIN),
    Place("Zürich", "ZH", "8001", "Switzerland", _NO_AREA),
    Place("Łódź", None, "90-001", "Poland", _NO_AREA),
    Place("São Paulo", "SP", "01310-100", "Brazil", _NO_AREA),
    Place("Αθήνα", None, "105 57", "Greece", _NO_AREA),
    Place("東京", None, "100-0001", "Japan", _NO_AREA),
)


def phone(place: Place, line: int, shape: int = 0) -> str:
    """Line `line` of the place's free range, spelled in one of three shapes."""
    reserved = line % 100 + 100 if place.country == "United States" else line % 1000
    return place.phone_shapes[shape % 3].format(n=f"{reserved:03d}")
