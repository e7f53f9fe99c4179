"""The stock of the demonstration: what is bought, the lots it came in, and which one is in hand.

Names and makers are invented; the numbers begin with the digits kept for use inside a company.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from clinic.demo.house import House
from clinic.demo.lives import DAY
from patients import gs1
from patients.models import Article, Lot
from patients.models.stock import lot_key
from protocols.models import Product

IN_HOUSE = "200000050"  # GS1 keeps 200 to 299 for numbers that leave no company
FIRST_BEFORE, AT_LEAST = 30, 120  # days: lots are there before the first visit, and some longer
OVERLAP = 10  # days a lot is still in use once the next one came
LEFTOVER = 0.15  # how often the older of two open lots is taken
RECALLED_AGO, RECALLED_LOT_FROM = 2, 60  # days
EXPIRED_AGO, SOON = (12, 40), (9, 24)  # days: on the shelf past their date, or close to it

Status = Product.RegulatoryStatus


@dataclass(frozen=True)
class Sort:
    """An article. A new lot comes every `weeks`, and is good for `months`."""

    product: str
    name: str
    maker: str
    status: str
    mark: str  # what its lot numbers begin with
    weeks: int = 8
    months: int = 20
    qualification: str = "physician"
    has_ha: bool = False


SHELF = (
    Sort(
        "non-cross-linked-ha", "Aquélune 18", "Laboratoires Aurélune", "device", "AQ",
        weeks=5, months=18, has_ha=True,
    ),
    Sort(
        "non-cross-linked-ha", "Bruyèrelle Hydra", "Bruyèrelle", "device", "BH",
        weeks=7, months=24, has_ha=True,
    ),
    Sort("skin-polycomponent", "Complexe Clarvoie 30", "Clarvoie", "device", "CC30-", weeks=6),
    Sort("skin-polycomponent", "Ondemarne Éclat", "Ondemarne Santé", "unknown", "OE", months=14),
    Sort("amino-nucleic-complex", "Nucléane", "Bruyèrelle", "device", "NU", weeks=7),
    Sort("pain-medicine", "Lidocaïne 1 % Aurélune", "Laboratoires Aurélune", "amm", "L", weeks=6),
    Sort("pain-medicine", "Piroxicam 20 mg/ml Ondemarne", "Ondemarne Santé", "amm", "PX "),
    Sort("pain-medicine", "Thiocolchicoside 2 mg/ml Ondemarne", "Ondemarne Santé", "amm", "TH "),
    Sort("pain-medicine", "Vitamine B12 1 mg/ml Clarvoie", "Clarvoie", "amm", "VB", weeks=10),
    Sort("hair-complex", "Dexpanthénol 250 mg/ml Clarvoie", "Clarvoie", "amm", "DP"),
    Sort("hair-complex", "Biotine 5 mg/ml Ondemarne", "Ondemarne Santé", "amm", "BI ", months=15),
    Sort("prp", "Tube Séparelle PRP", "Bruyèrelle", "device", "SP-", weeks=9, months=16),
    Sort("superficial-peel", "Peel doux glycolique 30 %", "Clarvoie", "cosmetic", "PG", weeks=11),
)  # fmt: skip
NO_LONGER_BOUGHT = Sort(
    "skin-polycomponent", "Opaline M5", "Laboratoires Aurélune", "unknown", "OP"
)
RECALLED = "Complexe Clarvoie 30"
SHELF_WARMERS = ("Ondemarne Éclat", "Piroxicam 20 mg/ml Ondemarne")
CLOSE_TO_THE_DATE = ("Bruyèrelle Hydra", "Biotine 5 mg/ml Ondemarne")


@dataclass
class Stock:
    """The lots by class of product, each class by article."""

    by_class: dict[str, list[list[Lot]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, product: str, article: int, on: dt.date, rng: Random) -> Lot | None:
        """The lot in hand of one of the articles of this class; None where there was none."""
        articles = self.by_class[product]
        usable = [lot for lot in articles[article % len(articles)] if is_good(lot, on)]
        if not usable:
            return None
        latest = max(usable, key=lambda lot: (lot.received_on, lot.expires_on))
        return rng.choice(usable) if rng.random() < LEFTOVER else latest

    def variety(self, product: str) -> int:
        return len(self.by_class[product])


def is_good(lot: Lot, on: dt.date) -> bool:
    """Whether it may be put into a patient on that day."""
    return (
        lot.received_on <= on <= lot.expires_on
        and (lot.finished_on is None or on <= lot.finished_on)
        and (lot.recalled_at is None or on < lot.recalled_at.date())
    )


def fill(rng: Random, built: House, *, first: dt.date, now: dt.datetime) -> Stock:
    """Write articles and lots, from before the first visit until today."""
    products = {product.code: product for product in Product.objects.all()}
    sorts = (*SHELF, NO_LONGER_BOUGHT)
    articles = [article(sort, products, number) for number, sort in enumerate(sorts)]
    Article.objects.bulk_create(articles)
    today, stock, every = now.date(), Stock(), []
    since = min(first - FIRST_BEFORE * DAY, today - AT_LEAST * DAY)
    for sort, bought in zip(sorts, articles, strict=True):
        lots = list(deliveries(rng, sort, bought, since, today))
        if sort.name == RECALLED:
            recall(lots, built, now)
        every += lots
        if bought.is_active:
            stock.by_class[sort.product].append(lots)
    Lot.objects.bulk_create(every)
    return stock


def article(sort: Sort, products: dict[str, Product], number: int) -> Article:
    return Article(
        product=products[sort.product],
        name=sort.name,
        maker=sort.maker,
        regulatory_status=Status(sort.status),
        performer_qualification=sort.qualification,
        barcode=gtin(number),
        contains_ha=sort.has_ha,
        is_active=sort is not NO_LONGER_BOUGHT,
    )


def gtin(number: int) -> str:
    """Fourteen digits with the one that checks the others."""
    digits = f"0{IN_HOUSE}{number * 7 % 1000:03}"
    return next(full for end in "0123456789" if gs1.is_gtin(full := f"{digits}{end}"))


def deliveries(
    rng: Random, sort: Sort, bought: Article, first: dt.date, today: dt.date
) -> Iterator[Lot]:
    """One lot after the other; of each, the one before is used up soon after."""
    days: list[dt.date] = []
    on = first
    while on < today - 4 * DAY:
        days.append(on)
        on += (7 * sort.weeks + rng.randint(-6, 6)) * DAY
    if not bought.is_active:
        days = days[:1]
    for place, received_on in enumerate(days):
        after = days[place + 1] if place + 1 < len(days) else None
        lot = one_lot(rng, sort, bought, received_on)
        if after and after + OVERLAP * DAY < today:
            lot.finished_on = after + rng.randint(2, OVERLAP) * DAY
        elif not bought.is_active:
            lot.finished_on = received_on + 60 * DAY
        yield lot
    yield from odd_ones(rng, sort, bought, today)


def one_lot(rng: Random, sort: Sort, bought: Article, received_on: dt.date) -> Lot:
    number = f"{sort.mark}{received_on:%y}{rng.randint(0, 9999):04}{rng.choice('ABCDEFGH')}"
    until = received_on + int(sort.months * 30.4 + rng.randint(-40, 40)) * DAY
    return lot_of(bought, number, received_on, end_of_month(until))


def lot_of(bought: Article, number: str, received_on: dt.date, expires_on: dt.date) -> Lot:
    return Lot(
        article=bought,
        number=number,
        number_key=lot_key(number),
        received_on=received_on,
        expires_on=expires_on,
    )


def odd_ones(rng: Random, sort: Sort, bought: Article, today: dt.date) -> Iterator[Lot]:
    """Bought with a short date: gone past it on the shelf, or about to."""
    for names, places in ((SHELF_WARMERS, EXPIRED_AGO), (CLOSE_TO_THE_DATE, SOON)):
        if sort.name not in names:
            continue
        days = places[names.index(sort.name)]
        expires_on = today + (days if names is CLOSE_TO_THE_DATE else -days) * DAY
        number = f"{sort.mark}{expires_on:%y}{rng.randint(0, 9999):04}X"
        yield lot_of(bought, number, today - (120 + days) * DAY, expires_on)


def recall(lots: Sequence[Lot], built: House, now: dt.datetime) -> None:
    """The maker calls one back that was used until then; the one after it stays in use."""
    before = [lot for lot in lots if lot.received_on <= now.date() - RECALLED_LOT_FROM * DAY]
    lot = before[-1]
    lot.finished_on = None
    lot.recalled_at = now - RECALLED_AGO * DAY
    lot.recalled_by = built.users["manager@demo.test"]
    lot.recall_note = "Avis du fabricant : défaut d’étanchéité de flacons"


def end_of_month(on: dt.date) -> dt.date:
    return (on.replace(day=1) + 32 * DAY).replace(day=1) - DAY
