"""What may vary in the worlds of the shop: ids, numbers, carts, and what lies about them."""

from hypothesis import strategies as st

from cartlib.lab.contents import command

# Ids with capitals, accents, blanks, digits, signs; some are the beginning of others.
IDS = ["mug", "pen", "lamp", "Mug", "tea", "tea-pot", "Zoë's cup", "10", "9", "m", "MUG:red", "a b"]
IDS += ["m*g", "None"]
QUANTITIES = [1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 25, 99, 100, 101, 250, 1000, 12345]
ids, quantities = st.sampled_from(IDS), st.sampled_from(QUANTITIES)
scores = st.sampled_from([0, *QUANTITIES])  # a line of 0 is a line, too
# What can lie about the guest's cart, and is no business of most tasks.
SURROUNDINGS = [
    "EXPIRE cart:{guest} 600",
    "SET cart:{guest}:session 1800 EX 1800",
    "ZADD cart:{guest}:deadlines 1900000000.5 mug 1800000000.75 pen 1700000000 tea 1850000000 Mug",
    "ZADD cart:{guest}:saved 3 mug 1 Mug",
    "HSET product:mug name 'Coffee mug' price 9.50 category Kitchen",
    command("SADD", "products", *IDS),
    "HSET stock:{guest} mug 5 lamp 0 pen 12 Mug 3 tea 40",
]
surroundings = st.lists(st.sampled_from(SURROUNDINGS), unique=True, max_size=3)


def lines(numbers=quantities, *, least=0, most=8, of=ids):
    """Return a strategy of {product id: number}, such as the lines of a cart."""
    return st.lists(st.tuples(of, numbers), min_size=least, max_size=most, unique_by=first).map(
        dict
    )


def crowd(size) -> dict[str, int]:
    """Return so many lines, no two with the same number, in another order than their names."""
    return {f"thing {n}": 7 * n % 1009 + 1 for n in range(size)}


def carts(numbers=scores):
    """Return a strategy of carts: mostly small ones, now and then one with many lines."""
    return st.one_of([lines(numbers)] * 4 + [st.sampled_from([13, 31, 120]).map(crowd)])


def first(pair):
    """Return the first of a pair."""
    return pair[0]


def zadd(key, scores) -> list[str]:
    """Return the line that writes a sorted set; none for an empty one."""
    pairs = [part for member, score in scores.items() for part in (score, member)]
    return [command("ZADD", key, *pairs)] if scores else []


def hset(key, fields) -> list[str]:
    """Return the line that writes a hash; none for an empty one."""
    return [command("HSET", key, *sum(fields.items(), ()))] if fields else []


def one_of(cart, *others):
    """Return a strategy of product ids: mostly lines of the cart, often its last, or others."""
    last = sorted(cart, key=cart.get)[-1:]
    share = 1 + len(cart) // 6
    return st.sampled_from([*cart, *last * 4 * share, *others * share])


def some_of(choices):
    """Return a strategy of sublists, as one draw: none of them, each alone, all at once."""
    return st.integers(0, 2 ** len(choices) - 1).map(
        lambda bits: [one for n, one in enumerate(choices) if bits >> n & 1]
    )


def now_and_then(case, worlds):
    """Return a strategy of these worlds, and in a few places of this large case."""
    rare = st.sampled_from([False] * 14 + [True])
    return rare.flatmap(lambda large: st.just(case) if large else worlds)


def seldom(draw, choices):
    """Return one of the lines, as somebody else's; in most worlds none."""
    return draw(st.sampled_from([()] * 8 + [(line,) for line in choices]))
