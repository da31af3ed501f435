"""The shop as a few dicts: what each call has to return, to leave in the keys, and to publish."""

from decimal import Decimal

from cartlib import (
    EmptyCartError,
    InvalidQuantityError,
    InvalidSecondsError,
    InvalidStockError,
    ItemNotInCartError,
    OutOfStockError,
    ProductNotFoundError,
    keys,
)

CARTS = ["guest", "Zoë b"]
PRICES = {"mug": Decimal("9.50"), "Zoë's tea": Decimal("0.01"), "10": Decimal("1200.00")}
TEN_YEARS = 315_360_000  # seconds
NAP = 5000  # seconds that wait() lets pass


class Cart:
    """A cart, and the stock beside it. Its lines and deadlines end together with its session."""

    def __init__(self):
        self.lines, self.deadlines, self.stock = {}, {}, {}
        self.session = self.end = None


class Shop:
    """The model: each method says what the call of its name returns, or which error it raises."""

    def __init__(self):
        self.now, self.known, self.events = 0, set(), []
        self.carts = {name: Cart() for name in CARTS}

    def load_catalogue(self, path):
        self.known = set(PRICES)
        return len(PRICES)

    def get_product(self, product_id):
        if product_id not in self.known:
            return ProductNotFoundError
        return {"product_id": product_id, "name": product_id, "price": PRICES[product_id]}

    def list_products(self):
        return [self.get_product(item) | {"category": ""} for item in sorted(self.known)]

    def delete_product(self, product_id):
        there = product_id in self.known
        self.known.discard(product_id)
        return there

    def add_to_cart(self, product_id, quantity, cart):
        here = self.carts[cart]
        if not is_whole(quantity, 1_000_000):
            return InvalidQuantityError
        if product_id not in self.known:
            return ProductNotFoundError
        if product_id in self.expired(here):
            self.sweep(cart)
        here.lines[product_id] = here.lines.get(product_id, 0) + quantity
        here.deadlines.pop(product_id, None)
        if here.session:
            here.end = self.now + here.session
        self.tell(cart, "add", product_id, quantity)
        return here.lines[product_id]

    def remove_from_cart(self, product_id, quantity, cart):
        here = self.carts[cart]
        if quantity is not None and not is_whole(quantity, 1_000_000):
            return InvalidQuantityError
        self.tell(cart, "remove", product_id, quantity)
        held = here.lines.pop(product_id, 0)
        taken = held if quantity is None else min(held, quantity)
        if held > taken:
            here.lines[product_id] = held - taken
        return ItemNotInCartError if not held or product_id in self.expired(here) else taken

    def get_cart_items(self, cart):
        here = self.carts[cart]
        lines = self.visible(here)
        if self.expired(here):
            self.sweep(cart)
        return lines

    def table(self, cart):
        rows = []
        for item, quantity in self.get_cart_items(cart):
            price = PRICES[item] if item in self.known else None
            rows.append((item, quantity, item in self.known, price, price and price * quantity))
        return rows, sum(row[4] or 0 for row in rows)

    def clear_cart(self, cart):
        here = self.carts[cart]
        count = len(here.lines)
        here.lines, here.deadlines = {}, {}
        self.tell(cart, "clear")
        return count

    def expire_cart(self, seconds, cart):
        here = self.carts[cart]
        if seconds is not None and not is_whole(seconds, TEN_YEARS):
            return InvalidSecondsError
        here.session = seconds
        here.end = self.now + seconds if seconds else None
        self.tell(cart, "expire_cart")

    def expire_item(self, product_id, seconds, cart):
        here = self.carts[cart]
        if seconds is not None and not is_whole(seconds, TEN_YEARS):
            return InvalidSecondsError
        if product_id not in here.lines or product_id in self.expired(here):
            return ItemNotInCartError
        here.deadlines.pop(product_id, None)
        if seconds:
            here.deadlines[product_id] = self.now + seconds
        self.tell(cart, "expire_item", product_id)

    def time_left(self, cart):
        here = self.carts[cart]
        return self.left(here) if here.lines else None

    def times_left(self, cart):
        here = self.carts[cart]
        ends = sorted(here.deadlines.items(), key=lambda line: line[1])
        return [
            (item, end - self.now) for item, end in ends if item in here.lines and end > self.now
        ]

    def wait(self):
        self.now += NAP
        for here in self.carts.values():
            if here.session and here.end <= self.now:
                here.lines, here.deadlines, here.session = {}, {}, None

    def set_stock(self, stock, cart):
        if -1 in stock.values():
            return InvalidStockError
        self.carts[cart].stock.update(stock)

    def get_stock(self, cart):
        return dict(self.carts[cart].stock)

    def buy(self, cart):
        here = self.carts[cart]
        lines = self.visible(here)
        if not lines:
            return EmptyCartError
        if any(item not in self.known for item, _ in lines):
            return ProductNotFoundError
        if any(here.stock.get(item, 0) < quantity for item, quantity in lines):
            return OutOfStockError
        for item, quantity in lines:
            here.stock[item] -= quantity
        here.lines, here.deadlines = {}, {}
        self.tell(cart, "checkout")
        return lines, sum(PRICES[item] * quantity for item, quantity in lines)

    def expired(self, here):
        return [item for item, end in here.deadlines.items() if end <= self.now]

    def visible(self, here):
        lines = [line for line in here.lines.items() if line[0] not in self.expired(here)]
        return in_order(lines)

    def sweep(self, cart):
        here = self.carts[cart]
        for item in self.expired(here):
            here.lines.pop(item, None)
            del here.deadlines[item]
        self.tell(cart, "expire")

    def tell(self, cart, change, product_id=None, quantity=None):
        event = {"change": change, "product_id": product_id, "quantity": quantity}
        self.events.append((keys.events(cart), event))

    def left(self, here):
        return here.end - self.now if here.session else None

    def state(self):
        """Return what state() finds in a Redis."""
        found = {"products": set(self.known)}
        for cart, here in self.carts.items():
            ending = here.lines, here.deadlines, here.session
            found |= {
                f"{cart}: lines": in_order(here.lines.items()),
                f"{cart}: deadlines": {i: end - self.now for i, end in here.deadlines.items()},
                f"{cart}: session": here.session and str(here.session),
                f"{cart}: stock": {item: str(pieces) for item, pieces in here.stock.items()},
                f"{cart}: seconds left": [self.left(here) if there else None for there in ending],
            }
        return found


def is_whole(number, largest):
    return type(number) is int and 1 <= number <= largest


def in_order(lines):
    """Return the lines as a sorted set has them."""
    return sorted(lines, key=lambda line: (line[1], line[0].encode()))
