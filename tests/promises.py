"""What the text of each lesson promises that a cell shows: {lesson: {part of the cell: output}}.

Where it depends on the Redis, it is a dict of "fakeredis", "server" and "cluster".
"""

from kernels import output_of

BUYING = (
    "WATCH ZRANGE ZRANGE HMGET HMGET HMGET MULTI HINCRBY HINCRBY ZREMRANGEBYRANK ZREMRANGEBYRANK "
    "SET "
)
ASKED_FOR_KEYS = (
    '> "COMMAND GETKEYS" ZUNIONSTORE cart:{demo}:saved 2 cart:{demo}:saved cart:{demo}\n'
    '1) "cart:{demo}:saved"\n2) "cart:{demo}:saved"\n3) "cart:{demo}"\n'
)


def _entry(quantity):
    """Return the fields of an entry of lesson 05, as redis-cli prints them."""
    fields = '   2) 1) "product_id"\n      2) "mug"\n      3) "quantity"\n'
    return f'{fields}      4) "{quantity}"\n'


def _product(name):
    """Return the fields of an entry of lesson 13, as redis-cli prints them for a group."""
    return f'         2) 1) "product"\n            2) "{name}"\n'


PROMISED = {
    "00_start_here": {
        "describe(client)": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "catalogue_table": "24 products",
        'add_to_cart(client, "mug", 1)': "3",
        "\nget_cart_items(client)": "[('lamp', 1), ('mug', 3)]",
        "cart_table(client)": "28.50",
        "removed =": {
            "fakeredis": "Removed: 3. Round trips: 1.",
            "server": "Removed: 3. Round trips: 1.",
            "cluster": "Removed: 3. Round trips: 2.",
        },
        "unicorn": "There is no product 'unicorn'",
        "print(get_cart_items(client))": "[('lamp', 1), ('kettle', 2)]\n",
        "with Trace(client)": '1) (nil)\n2) "3"\n3) (integer) 1\n',
        "progress()": "01 · Products are hashes: ",
        '"localhost", 1': "localhost:1 can't be reached",
    },
    "01_products_are_hashes": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "HSET product:demo name Tea": "(integer) 2",
        "HSET product:demo price 2.90": "(integer) 1",
        "p1.ask()": "HGET product:mug colour",
        "p2.ask()": "HSET product:mug price 8.00 stock 5",
        "p3.ask()": "HGET product:mug stock",
        "g1.ask()": "unicorn",
        "g2.ask()": "0.10 + 0.10 + 0.10",
        "g3.ask()": "Ann and Bob",
        "g4.ask()": "24 ids",
        "print(trace)": (
            "> HSET product:demo name Tea price 3.20\n(integer) 2\n"
            "> HSET product:demo stock 5\n(integer) 1"
        ),
        "0.10 + 0.10": "0.30000000000000004\n0.30\n'9.50'",
        'client.hgetall("product:demo")': (
            "'3.20'\n{'name': 'Tea', 'price': '3.20', 'stock': '5'}"
        ),
        'client.hgetall("product:unicorn")': "{}",
        "catalogue.get_product": (
            "{'product_id': 'mug', 'name': 'Coffee mug', 'price': Decimal('9.50')}\n"
            "There is no product 'unicorn'"
        ),
        "key_table(client": "Coffee mug",
        "decode_responses": "b'3.20' False {b'price': b'3.20'}\n3.20 True {'price': '3.20'}\n",
        "KEYS product:*": "(refused) KEYS looks at every key of the server",
        "SADD demo:ids": "(integer) 2\n(integer) 0\n",
        "smembers": "24",
        "table.head(4)": "Round trips: 2",
        'client.hgetall("products")': "WRONGTYPE",
    },
    "02_the_cart_is_a_sorted_set": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "g1.ask()": "unicorn",
        "g2.ask()": "kettle, lamp, poems",
        "g3.ask()": "Ann reads 2",
        "g4.ask()": "ZRANGE cart:{guest} 0 1",
        "g5.ask()": "2^53",
        "p1.ask()": "ZADD cart:{guest} 5 mug",
        "p2.ask()": "ZCARD cart:{guest}",
        "p3.ask()": "ZRANGE cart:{guest} 0 0 REV",
        "DEL cart:{guest}\nZADD cart:{guest} 3 mug": "(integer) 2",
        '"unicorn"': "3.0\nNone\n",
        "0 -1 WITHSCORES": (
            '(integer) 3\n1) "lamp"\n2) "kettle"\n'
            '1) "lamp"\n2) "1"\n3) "kettle"\n4) "2"\n5) "mug"\n6) "3"'
        ),
        "key_table(client": (
            "[('lamp', 1.0), ('kettle', 2.0), ('mug', 3.0)]\n"
            "   member  score\n0    lamp    1.0\n1  kettle    2.0\n2     mug    3.0"
        ),
        "ZSCORE cart:{guest} mug": ('(integer) 1\n(integer) 0\n"1"\n(integer) 0\n"3"\n"3"'),
        'client.zincrby("cart:{guest}", 2, "mug")': (
            '> ZINCRBY cart:{guest} 2 mug\n"2"\n> ZINCRBY cart:{guest} 1 mug\n"3"'
        ),
        "bob_sees + 1": "3.0",
        'zrem("cart:{guest}", "mug")': "[('mug', 0.0)]\n1\n[] 0\n",
        "1 poems": ('1) "kettle"\n2) "lamp"\n3) "poems"\n1) "poems"\n2) "lamp"\n3) "kettle"'),
        "desc=True": "[('mug', 3.0), ('kettle', 2.0)]\n> ZREVRANGE cart:{guest} 0 1 WITHSCORES\n",
        "9007199254740992 sand": (
            '"2.5"\n(error) ERR value is not an integer or out of range\n'
            '"9007199254740992"\n(integer) 9007199254740993'
        ),
        "cart.get_cart_items": "[('lamp', 1), ('mug', 3)]\n",
        "2.5)": "from 1 to 1,000,000, not 2.5",
        "cart_table(client)": "28.50",
        "HGETALL": (
            '1) "mug"\n2) "3"\n3) "lamp"\n4) "1"\n5) "kettle"\n6) "2"\n1) "mug"\n2) "kettle"'
        ),
        'client.hincrby("cart:{guest}"': "WRONGTYPE",
        "redis.ResponseError": "3.0\n",
    },
    "03_when_things_go_wrong": {
        "set-up": "\nPrivate server: redis://127.0.0.1:2",
        "panel = CartPanel(client)": "This control is asleep.",
        "p1.ask()": "ZINCRBY cart:{demo} -5 lamp",
        "-3 mug 2.5 lamp inf pen": "(integer) 3",
        'float("inf")': "  member  score\n0    mug   -3.0\n1   lamp    2.5\n3    pen    inf",
        '"3", True': "0 · A quantity is a whole number from 1 to 1,000,000, not 0. "
        "Give a number such as 1 or 2.\n-5 · ",
        "for bad in": "not True. Give a number such as 1 or 2.\nRound trips: 0",
        "p3.ask()": "ZINCRBY cart:{demo} 1 unicorn",
        "EXISTS product:unicorn": '\n"1"\n(integer) 0',
        'cart.add_to_cart(client, "unicorn", 1)': (
            "> EXISTS product:unicorn\n(integer) 0\n> GET cart:{guest}:session\n(nil)\n"
            "> ZSCORE cart:{guest}:deadlines unicorn\n(nil)\n> ZSCORE cart:{guest} unicorn\n(nil)\n"
            "Round trips: 1\n"
        ),
        "p2.ask()": "ZREM cart:{demo} mug",
        'cart.remove_from_cart(client, "mug")': (
            "ItemNotInCartError\nProduct 'mug' is not in the cart 'guest'."
        ),
        "SET cart:{demo} hello": "OK\n(error) WRONGTYPE Operation against a key holding",
        "redis.ResponseError": "WRONGTYPE Operation against a key holding the wrong kind of value\n"
        "The key cart:{demo} holds another type than it should: something else was",
        '("unicorn", 1), ("mug", 0)': "mug 1\nProductNotFoundError\nInvalidQuantityError\n",
        "add_to_crat": "Sorry, the mug is sold out.",
        "as doomed": "in the cart: 1\nRedis at 127.0.0.1:",
        "doomed.port": "Connection refused",
        "(lost)\n": "password.\noutcome unknown: False\n",
        "redis.TimeoutError": "No answer in time.\nin the cart: 1.0\n",
        "cart.add_to_cart(slow": "its outcome is unknown: look before you try again",
        "with Trace(slow)": "> ZSCORE cart:{guest} mug\n(no reply)\nin the cart: []\n",
        "Trace(slow)": "\noutcome unknown: True\n> EXISTS product:mug\n(error) Timeout",
        "plain.zincrby": "added 1, reply: 2.0\n",
        "ZREM cart:{demo} pen": '\n(integer) 1\n(integer) 1\n(integer) 0\n"1"\n"2"\n(integer) 1\n'
        "(integer) 0",
        "# Only now": '\n(nil)\n"1"\n"2"',
        "delete_product(shop": "The book is gone: True\n",
    },
    "04_carts_that_expire": {
        "TtlBar(client": "This control is asleep.",
        "TTL cart:{demo}\nZADD cart:{demo} 2 mug": (
            "\n(integer) -2\n(integer) 1\n(integer) -1\n(integer) 1\n(integer) 60"
        ),
        "p1.ask()": "EXPIRE cart:{demo} 60",
        'sleep(1.1)\nprint("left': "PERSIST: True\nleft alone: 0\nkept: 1 TTL -1",
        "p3.ask()": "ZINCRBY cart:{demo} 1 mug",
        "EXPIRE cart:{demo} 1800": '\n"2"\n(integer) 100\n(integer) 1\n(integer) 1800',
        "client.pipeline(": "> MULTI\nOK\n> ZINCRBY cart:{demo} 2 mug\nQUEUED\n"
        "> EXPIRE cart:{demo} 1800\nQUEUED\n> EXEC\n",
        "pipe.execute()": "New quantity: 2",
        '"session started:"': "session started: 1800\nlater: 100\nafter an add: 1800",
        "p2.ask()": "TTL cart:{demo}",
        "ZUNIONSTORE": '\n1) "mug"\n2) "2"\n(integer) -1',
        '"empty cart:"': "empty cart: -2\nsession: 600\nits TTL: 600\nafter an add: 600",
        'print("session:", client.exists': "session: 0\nafter an add: None [('lamp', 1)]\n",
        "p4.ask()": "ZRANGE cart:{demo}:deadlines -inf 150 BYSCORE",
        "-inf 200 BYSCORE": '(integer) 2\n1) "lamp"\n1) "lamp"\n2) "pen"',
        '"pen": now + 600': "['lamp']\n",
        "table.round()": "600",
        "round(left)": "{'lamp': 600}\n> EXISTS product:lamp",
        "print(trace)\nprint(expiry": "> ZREM cart:{guest}:deadlines lamp\nQUEUED\n",
        "print(expiry.item_ttls(client))": "\n{}\n",
        '"kit:"': "raw: [('lamp', 1.0), ('mug', 2.0)]\nkit: [('mug', 2)]\nraw: [('mug', 2.0)]",
        '"deadlines:"': "Product 'lamp' is not in the cart 'guest'.",
        "client.zcard(DEADLINES)": "deadlines: 0\n",
    },
    "05_live_carts": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "feed.screens(1, 2)": "This control is asleep.",
        '["type"])\n    print("reached:", client.publish(EVENTS, "two mugs"))': (
            "subscribe\nreached: 1\n"
            "{'type': 'message', 'pattern': None, 'channel': 'cart:{demo}:events', "
            "'data': 'two mugs'}\n"
        ),
        "p1.ask()": "PUBLISH cart:{demo}:events hello",
        "EXISTS cart:{demo}:events": "(integer) 0\n(integer) 0",
        "published = ": (
            'PUBLISH cart:{demo}:events \'{"change": "add", "product_id": "mug", "quantity": 2}\'\n'
            'PUBLISH cart:{demo}:events \'{"change": "remove", "product_id": "mug", '
            '"quantity": null}\'\n'
            "{'change': 'remove', 'product_id': 'mug', 'quantity': None}\n"
        ),
        "latecomer": "subscribe\na lamp\nNone\n",
        "await heard.get()": (
            "{'change': 'subscribe', 'product_id': None, 'quantity': None}\n"
            "{'change': 'add', 'product_id': 'mug', 'quantity': 2}\n"
        ),
        "feed.screens(3, 4)": "This control is asleep.",
        "g4.ask()": "99 and 0",
        "json.dumps(lie)": {"fakeredis": "1", "server": "1", "cluster": ""},
        '"read again:"': "added up:   5\nread again: [('mug', 7)]\n",
        "1-0 product_id mug quantity 2\nXADD cart:{demo}:history 2-0": (
            '"1-0"\n"2-0"\n1) 1) "1-0"\n   2) 1) "product_id"\n'
            '      2) "mug"\n      3) "quantity"\n      4) "2"\n'
            '2) 1) "2-0"\n   2) 1) "product_id"\n'
            '      2) "lamp"\n      3) "quantity"\n      4) "1"'
        ),
        'id="2-0")\nclient.xrange(HISTORY)': (
            "[('1-0', {'product_id': 'mug', 'quantity': '2'}),\n"
            " ('2-0', {'product_id': 'lamp', 'quantity': '1'})]"
        ),
        "MAXLEN 3 5-0 product_id mug quantity 5\nXRANGE": (
            '"5-0"\n1) 1) "3-0"\n' + _entry(3) + '2) 1) "4-0"\n' + _entry(4) + '3) 1) "5-0"\n'
        ),
        "maxlen=1000": "> XADD cart:{demo}:history MAXLEN ~ 1000 * product_id lamp quantity 1\n",
        "views.key_table(client, HISTORY)": "product_id: lamp, quantity: 1",
        "XREAD STREAMS cart:{demo}:history 2-0": (
            '"3-0"\n1) 1) "cart:{demo}:history"\n   2) 1) 1) "3-0"\n         2) 1) "product_id"\n'
            '            2) "pen"'
        ),
        "p2.ask()": "XLEN cart:{demo}:history",
        'in ["0", "2-0", "3-0"]': (
            "[['cart:{demo}:history', [('1-0', {'product_id': 'mug', 'quantity': '1'}), "
            "('2-0', {'product_id': 'lamp', 'quantity': '1'}), "
            "('3-0', {'product_id': 'pen', 'quantity': '1'})]]]\n"
            "[['cart:{demo}:history', [('3-0', {'product_id': 'pen', 'quantity': '1'})]]]\n[]\n"
            "[('3-0', {'product_id': 'pen', 'quantity': '1'})]\n"
        ),
        "XREAD BLOCK 500": '"1-0"\n(nil)',
        "XRANGE cart:{demo}:history 1-0 1-0": '2) "mug"\n            3) "quantity"\n'
        '            4) "5"\n(empty array)',
        '"cart:demo:events"': "reached: 0\nheard: None\n",
        'cart="{demo}")': "A cart's name is a text of 1 to 128 characters, without { and }",
        "start_server()": "The other notebook needs this number: ",
    },
    "06_races": {
        "p1.ask()": "HINCRBY stock:{demo} lamp -1",
        "# Bob reads, and writes 2 + 1": '\n"2"\n(integer) 0\n"3"',
        "for first, second": "in Redis: 3.0\nin Redis: 3.0\n",
        "wishes": "wishes: 1 cart: 0\nwishes: 0 cart: 1\n> MULTI\nOK\n> ZREM cart:{demo}:wishes "
        'mug\nQUEUED\n> ZINCRBY cart:{demo} 1 mug\nQUEUED\n> EXEC\n1) (integer) 1\n2) "1"\n',
        "HINCRBY stock:{demo} tea -1": "(integer) 2\n(integer) -1",
        "HINCRBY cart:{demo} mug 1": "1) (integer) 1\n2) (error) WRONGTYPE Operation against a key "
        'holding the wrong kind of value\n3) "2"\n"2"',
        "ZADD cart:{demo}\n": "(error) EXECABORT Transaction discarded because of previous errors."
        "\n(nil)",
        "p2.ask()": "WATCH stock:{demo}",
        "pipe.watch(DEMO)\n    ann_sees": "Ann: Watched variable changed.\n"
        '> WATCH cart:{demo}\nOK\n> ZSCORE cart:{demo} mug\n"1"\n> MULTI\nOK\n'
        "> ZADD cart:{demo} 2.0 mug\nQUEUED\n> EXEC\n(nil)\nin Redis: 2.0\n",
        "p3.ask()": "HINCRBY stock:{demo} lamp -1",
        "which it is already": "OK\n(integer) 0\nOK\nQUEUED\n(nil)",
        "for attempt in": "1 somebody came between\n2 done: 3\n3 gave up: 3 are enough\n",
        "ann.transaction(add_one, DEMO)": "returned: [0]\nseen: [1.0, 2.0]\nin Redis: 3.0\n",
        "add_up_to_3": "True\nFalse\n",
        "if bob_sees >= 1": "in stock: -1\n",
        "# somebody takes it out": "OK\n(integer) 1\n(integer) 1\nOK\nQUEUED\n(nil)",
        "pd.DataFrame": "way  expected  kept  retries  round_trips  lost\n",
        'table["lost"] =': "1      increment        40    40        0           40     0\n",
        "for way in races.WAYS": "3  watch_product        40    40        0          120     0",
        "bought = checkout.checkout(client)": "{'mug': 1, 'lamp': 0}\n[]\n"
        "{'lines': [('lamp', 1), ('mug', 2)], 'total': Decimal('64.00'), 'order_id': '",
        "print(trace.commands[0])": "'}\nWATCH cart:{guest} cart:{guest}:deadlines stock:{guest} "
        "cart:{guest}:order:",
        '" ".join(command.name': {
            "fakeredis": BUYING + "PUBLISH EXEC\nRound trips: 6\n",
            "server": BUYING + "PUBLISH EXEC\nRound trips: 6\n",
            "cluster": BUYING + "EXEC PUBLISH\nRound trips: 7\n",
        },
        "for customer in (ann, bob)": "[('lamp', 1)]\nThe cart 'guest' is empty. Add something to "
        "it, then check out.\n0\n",
        'settle_order(client, "0"': "[('lamp', 1)]\nNone\n",
        '"lamps:"': "The cart has 2 of 'mug', but the stock has 1. Nothing was bought: take some "
        "out of the cart, or wait for new ones.\nlamps: 5 [('lamp', 1), ('mug', 2)]\n",
        "key_slot(key": "cart:{guest} 5050\nstock:{guest} 5050\nproduct:mug 5654\n",
    },
    "07_fast_carts": {
        "set-up": "The delay is real",
        "    for product_id in client.zrange(DEMO, 0, -1):\n        client.hmget": "trips: 4\n",
        "replies = pipe.execute()": "['Thing 3', '3.50']]\nRound trips: 2\n",
        "(0, 20)": "delay 20 ms: ",
        "HMGET product:lamp": (
            '1) "lamp"\n2) "mug"\n1) "Desk lamp"\n2) "45.00"\n1) "Coffee mug"\n2) "9.50"'
        ),
        "\nSORT": ('1) "lamp"\n2) "Desk lamp"\n3) "45.00"\n4) "mug"\n5) "Coffee mug"\n6) "9.50"'),
        "lines, found =": "[('Thing 1', '1.50'), ('Thing 2', '2.50'), ('Thing 3', '3.50')]\n"
        "Round trips: 1\n",
        "table = views.cart_table(": "Round trips: 1\n",
        "network.delay = 0\ntrips.fill_cart": "line by line           11 ",
        "table = trips.measure(client, trips.VIEWS)": "SORT in MULTI            1 ",
        '"return 1 + 1"': "(integer) 2",
        "KEYS[1], ARGV[1], ARGV[2]}": '1) "cart:{demo}"\n2) "mug"\n3) "2"',
        "p1.ask()": 'EVAL "return 3.99" 0',
        "one_more": "'2'\nNone\n[('demo:1', 2.0)]\n",
        "p2.ask()": "1 product:unicorn",
        "p3.ask()": 'EVAL "return ARGV[1] == 2" 0 2',
        "register_script": "first second\n1 EVALSHA (error) No matching script.",
        "command.reply_text": '\n3 EVALSHA "first"\n4 EVALSHA "second"\n',
        "trips.ADDS": "WATCH            3 ",
        "slots.slot_of(": "product:mug  5654\ncart:{guest} 5050\n",
        "broken": "WRONGTYPE",
        "zscore": "2.0\n",
    },
    "08_growing_up": {
        "describe(client)": "cluster: A cluster of ",
        "def shop(client)": (
            "fakeredis: 9.50 3 1 [('mug', 2)], 5 round trips\n"
            "server: 9.50 3 1 [('mug', 2)], 5 round trips\n"
            "cluster: 9.50 3 1 [('mug', 2)], 7 round trips"
        ),
        'attrs["total"]': "total: 19.00",
        "cluster_keyslot": "calculated: 2326\ncluster:    2326",
        '"cart:{eve}", "product:mug"': (
            "0            cart:{ann}   2326     1\n1  cart:{ann}:deadlines   2326     1\n"
            "2            cart:{bob}   8955     2\n3            cart:{cat}   1075     1\n"
            "4            cart:{eve}  11879     3"
        ),
        "for line in": "> ZCARD cart:{ann}\n:1",
        'sendall(f"{line}': "> ZCARD cart:{bob}\n-MOVED 8955 127.0.0.1:",
        "p1.ask()": "ZCARD cart:ann",
        '"cart:ann:deadlines"': "6590     2\n1    cart:ann:deadlines  13058     3",
        "ZUNION 2 cart:{ann} cart:{cat}": (
            "(error) CROSSSLOT Keys in request don't hash to the same slot\n"
            "(error) CROSSSLOT Keys in request don't hash to the same slot"
        ),
        "MULTI\nZINCRBY": "OK\nQUEUED\nQUEUED\n(error) CROSSSLOT Keys in request don't hash to the "
        'same slot\n"2"',
        '"transaction": False': (
            "server {} ['MULTI', 'ZCARD', 'ZCARD', 'EXEC']\n"
            "server {'transaction': False} ['ZCARD', 'ZCARD']\n"
            "server {'transaction': True} ['MULTI', 'ZCARD', 'ZCARD', 'EXEC']\n"
            "cluster {} ['ZCARD', 'ZCARD']\n"
            "cluster {'transaction': False} ['ZCARD', 'ZCARD']\n"
            "cluster CrossSlotTransactionError\ncluster {'transaction': True} []\n"
        ),
        'merge_carts(client, "guest"': "cluster · NotImplementedError",
        "zunion([": (
            "fakeredis [('mug', 3.0), ('pen', 3.0)]\nserver [('mug', 3.0), ('pen', 3.0)]\n"
            "cluster · RedisClusterException · ZUNION"
        ),
        "p2.ask()": "ZUNIONSTORE cart:{ann}:saved 2 cart:{ann}:saved cart:{ann}",
        "zunionstore(": (
            "server\n> ZUNIONSTORE cart:{demo}:saved 2 cart:{demo}:saved cart:{demo}\n"
            "(integer) 3\n[('lamp', 1.0), ('mug', 3.0), ('pen', 3.0)]\n"
            f"cluster\n{ASKED_FOR_KEYS * 2}"
            "> ZUNIONSTORE cart:{demo}:saved 2 cart:{demo}:saved cart:{demo}\n(integer) 3\n"
        ),
        "count_by_node": "calculated: [212, 192, 196]\ncounted:    [212, 192, 196]",
        "start_cluster() as three": "at once, ann: [('mug', 1)]\nat once, bob: Redis at 127.0.0.1:",
        "for when, state": "Check that the server runs, and its host, port and password.\n"
        "at once, eve: [('mug', 1)]\nlater, ann: Redis at 127.0.0.1:",
        "three.nodes[1].stop()": "refuses every command with a key, because a part of the cluster "
        "is down. Check that the server runs, and its host, port and password.\nlater, bob: Redis",
        "three.wait_until": "Connection refused.). Check that the server runs, and its host, port "
        "and password.\nlater, eve: Redis at 127.0.0.1:",
        "rdb_changes_since_last_save": "not saved: 1\nafter a crash: [('mug', 2)]\n",
        "INFO server": "fakeredis: unknown command 'info'",
        "SORT cart:{demo}": "server: GET option of SORT denied in Cluster",
        "MULTI; ZCARD": "redis-py: All keys involved in a cluster",
        "CLUSTER SLOTS": "server: This instance has cluster support",
        'cart="}"': "without { and }",
        '["cart:{}}"': "0            cart:{}}  10606     2\n1  cart:{}}:deadlines  15138     3",
    },
    "09_capstone": {
        "set-up": "24 products",
        'parts["pay"](client)': "The cart has 1 of 'lamp', but the stock has 0. Nothing was bought",
        'cart="demo")["mug"]': "[('lamp', 1), ('mug', 1)] 1\n",
        "*[command.name": {
            "fakeredis": "OutOfStockError\nWATCH ZRANGE ZRANGE HMGET HMGET MULTI EXEC\n",
            "server": "OutOfStockError\nWATCH ZRANGE ZRANGE HMGET HMGET MULTI EXEC\n",
            "cluster": " MULTI EXEC\n",
        },
        "views.cart_table(client, cart=": "Desk lamp",
        "scard": "> SCARD products\n(integer) 24\n> SISMEMBER products mug\n(integer) 1\n"
        '> HGET product:mug name\n"Coffee mug"',
        "EXPIRE cart:{demo} 600": 'QUEUED\n1) "2"\n2) (integer) 1\n(integer) ',
        "HINCRBY stock": '1) "5"\nOK\nQUEUED\nQUEUED\n1) (integer) 3\n2) (integer) 1',
        '"kit:"': {
            "fakeredis": "kit: {'search': 2, 'pay': 6, 'add': 2}\nyours: {'search': 'not yet',",
            "server": "kit: {'search': 2, 'pay': 6, 'add': 2}\nyours: {'search': 'not yet',",
            "cluster": "kit: {'search': 2, 'pay': 7, 'add': 3}\nyours: {'search': 'not yet',",
        },
        "progress()": "09 · Capstone: ",
    },
    "10_counters_and_keys_that_act_once": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "StringPlayground(client": "This control is asleep.",
        "p1.ask()": "GET demo:views",
        "SET demo:views 2.5": (
            '\n(integer) 1\n(integer) 11\n"11"\nOK\n'
            "(error) ERR value is not an integer or out of range"
        ),
        "slots.slot_table": (
            "0    shop:views:mug   1102     1\n1   shop:views:lamp  15883     3\n"
            "2  shop:views:poems   9164     2"
        ),
        "counters.get_views(client": (
            "{'mug': 3, 'lamp': 1, 'pencil': 0}\nRound trips: 1\n  value\n0     3"
        ),
        "own.memory_usage(": "24 products: ",
        "slots.count_by_node(": "[8, 8, 8]\n[1, 0, 0]\n",
        'print("made")': "made\nAnn · round trips: 4\nBob · round trips: 1\nBook of poems: 9.99\n",
        "p2.ask()": "TTL demo:page",
        "def make_poems()": (
            "Book of poems: 9.99\nBook of poems: 9.99\nforgotten: True\nBook of poems: 7.50\n"
        ),
        "g1.ask()": "How often is a page made?",
        "p3.ask()": "SET demo:done bob EX 60 NX",
        "SET demo:done bob EX 60 NX": 'OK\n(nil)\n"ann"',
        "g2.ask()": "INCR and EXPIRE 60",
        "# It replied 1": "\n(integer) 1\n(integer) -1\n(integer) 2\n(integer) -1",
        "EXPIRE demo:limit 30": (
            "\nOK\n(integer) 1\n(integer) 1\n(nil)\n(integer) 2\n(integer) 30"
        ),
        "counters.check_rate(client": (
            "2\n1\n0\n'ann' has made the 3 requests that are allowed. Wait 60 s, and try again. "
            "Nothing was done.\n> MULTI\nOK\n> SET shop:limit:ann 0 NX EX 60\nQUEUED\n"
            "> INCRBY shop:limit:ann 1\nQUEUED\n> PTTL shop:limit:ann\nQUEUED\n> EXEC\n"
            "1) (nil)\n2) (integer) 4\n3) (integer) "
        ),
        "cart.add_to_cart(client": "look before you try again. Check that the server runs, and its "
        "host, port and password.\nsent again: 4\n",
        "g3.ask()": "How many mugs are in the cart then?",
        "def note_then_add": "(the program stops)\nwas done before\nin the cart: None\n",
        "def add_then_note": "(the program stops)\nadded\nin the cart: 4.0\n",
        "ZINCRBY cart:{demo} 2 mug\nEXEC\nMULTI": (
            '1) OK\n2) "2"\nOK\nQUEUED\nQUEUED\n1) (nil)\n2) "4"'
        ),
        'print("the cart has"': "The outcome is unknown. Send it again with the same id: it is "
        "done once. Check that the server runs, and its host, port and password.\n"
        "the cart has 2\nthe cart has 2\n[('mug', 2)]\n",
        'key_table(client, "cart:{guest}:request:r17")': (
            '> WATCH cart:{guest}:request:r17\nOK\n> GET cart:{guest}:request:r17\n"2 mug"\n'
            '> ZSCORE cart:{guest} mug\n"2"\n> UNWATCH\nOK\n   value\n0  2 mug'
        ),
        'add_once(client, "lamp"': (
            "The request id 'r17' was used before, for 2 of 'mug'. Nothing was added: give each "
            "request an id of its own.\nlamps: None\n"
        ),
    },
    "11_lists_and_queues": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "ListPlayground(client": "This control is asleep.",
        "LRANGE demo:list -2 -1": '(integer) 3\n1) "lamp"\n2) "mug"\n3) "pen"\n1) "mug"\n2) "pen"\n'
        "(integer) 3",
        "p1.ask()": "LRANGE demo:list 0 1",
        "LINDEX demo:list 9": '(integer) 4\n1) "tea"\n2) "lamp"\n"tea"\n(nil)',
        "LTRIM cart:{demo}:viewed 0 1": '(integer) 1\n(integer) 3\n1) "pen"\n2) "lamp"\n3) "mug"\n'
        'OK\n1) "pen"\n2) "lamp"',
        "recent.note_viewed": (
            "['MULTI', 'LREM', 'LPUSH', 'LTRIM', 'EXEC'] round trips: 1\n"
            "    element\n0   thing 5\n1  thing 11\n2  thing 10\n3   thing 9\n4   thing 8\n"
            "5   thing 7\n6   thing 6\n7   thing 4\n8   thing 3\n9   thing 2"
        ),
        "memory_usage": "20,000 demo:list    29",
        "p2.ask()": "RPOP demo:{queue}",
        "LPUSH demo:{queue} o3\nRPOP": '(integer) 3\n"o1"\n"o2"\n1) "o3"',
        "g1.ask()": "Ann has taken an order by `RPOP`",
        "ann_works()": "Ann's computer died. She had o1 in hand.\nin the queue: ['o2']\n",
        "p3.ask()": "LRANGE demo:{queue}:work:ann 0 -1",
        "LREM demo:{queue}:work:ann 1 o1": (
            '"o1"\n"o2"\n1) "o3"\n1) "o2"\n2) "o1"\n(integer) 1\n1) "o2"'
        ),
        'queue.finish_order(client, "ann", order))': (
            "1 waits\n{'id': 'o1', 'mug': 2} [{'id': 'o1', 'mug': 2}]\ndone: True\n"
            'LPUSH shop:{queue} \'{"id":"o1","mug":2}\'\n'
            "LMOVE shop:{queue} shop:{queue}:work:ann RIGHT LEFT\n"
            "LRANGE shop:{queue}:work:ann 0 -1\n"
            'LREM shop:{queue}:work:ann 1 \'{"id":"o1","mug":2}\'\n'
        ),
        '"given back")': (
            "3 given back\n['LLEN', 'MULTI', 'LMOVE', 'LMOVE', 'LMOVE', 'EXEC'] round trips: 2\n"
            "[{'id': 'o1'}, {'id': 'o2'}, {'id': 'o3'}, {'id': 'o4'}]\n"
        ),
        "QueueBoard(client)": "This control is asleep.",
        "g2.ask()": "How often is it packed?",
        "def pack(order)": "parcels: 2 packed: {'o1'}\n",
        "threading.Timer": "{'id': 'o1'}\nasking: 10 waiting: 1\n",
        "wait=5": "less than the client's time-out of 2 s, not 5",
        "client.publish(": "by Pub/Sub: 0 by the list: 3\n",
        "slots.slot_table": (
            "0           shop:{queue}  13011     3\n1  shop:{queue}:work:ann  13011     3\n"
            "2             shop:queue  13522     3\n3    shop:queue:work:ann  12920     3"
        ),
        "g3.ask()": "with a blank after each colon and comma",
        "1 '{": '(integer) 0\n1) "{\\"id\\": \\"o1\\", \\"mug\\": 2}"',
        "a text for a number": "a text for a number: False\nthe other way round: True\n",
    },
    "12_sets_and_filters": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "SetPlayground(client": "This control is asleep.",
        "p1.ask()": "SADD shop:{wishes}:ann mug kite mug",
        "SMISMEMBER shop:{wishes}:ann": "\n(integer) 2\n(integer) 1\n(integer) 3\n(integer) 1\n"
        "1) (integer) 1\n2) (integer) 0\n3) (integer) 1",
        "wishes.add_wish(client": "> EXISTS product:mug\n(integer) 1\n"
        "> SADD shop:{wishes}:ann mug\n(integer) 1\nTrue False False\n",
        "SUNION shop:{wishes}:ann": '\n3) "',
        "SDIFF shop:{wishes}:ann": '\n1) "mug"\n1) "ball"\n1) "kite"\n(empty array)',
        "g1.ask()": "1,000 wishes each",
        "in_python = ": "True\n[('SINTER', 10), ('SMEMBERS', 1000), ('SMEMBERS', 1000)]\n",
        "g2.ask()": "shop:{wishes}:ann and shop:{wishes}:bob",
        "views.key_table(client": "24 products\n",
        'key_table(client, "shop:{filters}:tag:gift")': (
            "0   apron\n1    kite\n2    lamp\n3     mug\n4  teapot"
        ),
        "SINTERCARD 2": "\n(integer) 4\n(integer) 3\n(integer) 2\n(integer) 1",
        "p2.ask()": "ZRANGE demo:prices (9.5 45 BYSCORE",
        'zrange("shop:{filters}:prices"': (
            "[('poems', 9.99), ('novel', 11.99), ('guide', 12.5), ('puzzle', 13.7), "
            "('atlas', 14.2)]\n['poems', 'novel', 'guide']\n"
        ),
        "p3.ask()": "ZINTER 2 demo:{filters}:gifts demo:{filters}:prices WITHSCORES",
        "WEIGHTS 0 1": '1) "mug"\n2) "10.5"\n1) "mug"\n2) "9.5"',
        "client.zinter(": "[('mug', 9.5), ('teapot', 24.0)]",
        "filters.count_products": "['mug', 'apron']\n['stand', 'kettle', 'lamp']\n3\n",
        'filters.count_products(client, "Kitchen", "gift"))\nprint': {
            "fakeredis": "['ZINTER', 'ZRANGE', 'ZINTERCARD']",
            "server": "['ZINTER', 'ZRANGE', 'ZINTERCARD']",
            "cluster": "'ZINTER', 'ZRANGE', 'COMMAND GETKEYS'",
        },
        "p4.ask()": "ZRANGE demo:names 0 -1",
        "LIMIT 0 2": '1) "pocket atlas"\n2) "poems"\n1) "paint"\n2) "pocket atlas"',
        "filters.complete_name": "['pocket atlas\\x00Pocket atlas']\n"
        "['Pocket atlas'] ['City guide', 'Coffee mug']\n"
        '> ZRANGE shop:{filters}:names [po "[po\\xff" BYLEX LIMIT 0 5\n',
        "NameBox(client)": "This control is asleep.",
        "ZUNION 2": '1) "kite"\n2) "1"\n3) "ball"\n4) "3"\n5) "lamp"\n6) "6"\n7) "mug"\n8) "6"',
        "sales.best_sellers(client": "[('mug', 5), ('lamp', 4)]\n",
        "*week))\nprint": {
            "fakeredis": "['ZUNION']",
            "server": "['ZUNION']",
            "cluster": "'COMMAND GETKEYS', 'ZUNION']",
        },
        "private.memory_usage": "SISMEMBER ",
        "g3.ask()": "find_products(client, 'kitchen')",
        'find_products(client, "kitchen")': "[]\n6\n[0, 1]\n",
    },
    "13_orders_in_a_stream": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "StreamPlayground(client": "This control is asleep.",
        "XADD demo:orders * product mug": '"\n(integer) 2\n1) 1) "1',
        "g1.ask()": "How many parcels",
        "client.xread(": "ann packs ['mug', 'pen']\nbob packs ['mug', 'pen']\n",
        "g3.ask()": "was made with `$`",
        "XGROUP CREATE demo:orders late $": (
            f'"2-0"\n1) 1) "demo:orders"\n   2) 1) 1) "2-0"\n{_product("pen")}'
            f'1) 1) "demo:orders"\n   2) 1) 1) "1-0"\n{_product("mug")}'
            f'      2) 1) "2-0"\n{_product("pen")}'.rstrip()
        ),
        "g2.ask()": "What does Bob get?",
        "packers bob COUNT 1 STREAMS": (
            f'OK\n1) 1) "demo:orders"\n   2) 1) 1) "1-0"\n{_product("mug")}'
            f'      2) 1) "2-0"\n{_product("pen")}(nil)\n"3-0"\n"4-0"\n'
            f'1) 1) "demo:orders"\n   2) 1) 1) "3-0"\n{_product("lamp")}'
            f'1) 1) "demo:orders"\n   2) 1) 1) "4-0"\n{_product("poems")}'.rstrip()
        ),
        "p1.ask()": "> XLEN demo:orders",
        "XACK demo:orders packers 1-0\nXPENDING": (
            "\n   4) (integer) 1\n(integer) 1\n1) (integer) 0\n"
        ),
        "p2.ask()": "> XACK demo:orders packers 1-0\n> XACK demo:orders packers 1-0\n",
        "g4.ask()": "Will anybody get the order?",
        'print("in the stream:"': "{'product': 'mug'})]]]\nnew: 0\npending: 0\nin the stream: 1\n",
        "print(mine.order": "{'mug': 2} 1\n",
        "views.Table(": "    ann  ",
        'done = orders.finish_order(client, "ann"': (
            "1) OK\n2) (integer) 1\n3) (integer) 1\nfinished: True round trips: 3\n"
            "left in the stream: 1\n"
        ),
        '"new for Bob:"': ("new for Bob: []\npending: ['ann']\nfor Ann once more: {'pen': 1} 2\n"),
        "XAUTOCLAIM demo:orders packers bob 0 0": (
            '1) "0-0"\n2) (empty array)\n3) (empty array)\n'
            '1) "0-0"\n2) 1) 1) "1-0"\n      2) 1) "product"\n         2) "mug"\n3) (empty array)\n'
            '1) 1) "1-0"\n   2) "bob"\n   3) (integer) '
        ),
        '"idle for 60 s:"': "idle for 60 s: []\nidle for 0.2 s: {'pen': 1} 2\npending: 0\n",
        '"aside:"': "ann 1\nbob [2]\ncat [3]\ndan []\naside: [Order(entry_id='",
        'place_order(client, {"mug": -1})': "order={'mug': -1}, deliveries=4)]\npending: 0\n",
        "StreamBoard(client": "This control is asleep.",
        "g5.ask()": "How many mugs does the shop count as packed?",
        "effect=": "bob True\nann False\npacked: 1\nmark: bob\n",
        '"Pub/Sub reached:"': "Pub/Sub reached: 0\nlist: left 0\nstream: left 1\n",
        "memory_usage(": " bytes each\na mark: ",
        "packer ann": ("(error) NOGROUP No such key 'demo:orders' or consumer group 'packer'"),
        "XACK demo:orders packer 1-0": '"mug"\n(integer) 0\n1) 1) "1-0"\n   2) "ann"\n',
    },
    "14_crowds_and_places": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "p1.ask()": "PFADD shop:{visitors}:demo ann bob eve",
        "p2.ask()": "PFCOUNT shop:{visitors}:mon shop:{visitors}:tue",
        "p3.ask()": "SETBIT shop:{came}:demo 7 1",
        "p4.ask()": "ZRANGE demo:places 0 -1",
        "g1.ask()": "on both days",
        "g2.ask()": "1,000,000",
        "g3.ask()": "Lisbon",
        "demo:names": "10,000 visitors: ",
        "PFADD shop:{visitors}:demo ann bob": "(integer) 1\n(integer) 1\n(integer) 0\n(integer) 3",
        "counted {count": "100,000 came, counted  99,740: -0.26%",
        "PFCOUNT shop:{visitors}:mon": "(integer) 2\n(integer) 2\n(integer) 3",
        "print(names)": (
            "['shop:{visitors}:2027-01-04', 'shop:{visitors}:2027-01-05']\n"
            "PFCOUNT shop:{visitors}:2027-01-04 shop:{visitors}:2027-01-05\n"
        ),
        "silent =": (
            "19 of 1,000 new visitors got a 0, the first of them: visitor 258\ncounted: 1001"
        ),
        "note_visitor": (
            "PFADD shop:{visitors}:2027-01-05 eve\n"
            "PFCOUNT shop:{visitors}:2027-01-04 shop:{visitors}:2027-01-05\nboth days: 3\n"
        ),
        "STRLEN shop:{came}:demo": (
            "(integer) 0\n(integer) 1\n(integer) 0\n(integer) 1\n(integer) 0\n(integer) 2\n"
            "(integer) 1"
        ),
        "BITOP AND shop:{came}:both": "(integer) 1\n(integer) 1",
        "count_regulars": (
            "BITOP AND shop:{came}:regulars shop:{came}:2027-01-04 shop:{came}:2027-01-05\n"
            "BITCOUNT shop:{came}:regulars\nDEL shop:{came}:regulars\nEXEC\n"
            "came on both days: 1\nkey left behind: 0\n"
        ),
        "demo:bits": "10,000 of    10,000: bitmap   2,",
        "GEODIST demo:places Lisbon Paris km": '"1453.',
        "BYRADIUS 700 km": '1) 1) "Amsterdam"\n   2) "173.',
        'sort="ASC"': "[['Brussels', 0.12",
        "nearest_shops": (
            "[]\n[('Vienna', 250.94), ('Berlin', 281.21)]\nLisbon to Berlin: 2312.78 km\n"
            "Prague to Berlin: None\n"
        ),
        "key_table(client": {
            "fakeredis": "Berlin  u33dc0",
            "server": "Berlin  3.6",
            "cluster": "Berlin  3.6",
        },
        "TYPE demo:places": '(integer) 2\nzset\n(integer) 1\n1) "Lisbon"',
        "many = [part": (
            "all of them: 500 shops travel, round trips: 2\n"
            "by GEOSEARCH: 3 shops travel, round trips: 1\n"
        ),
        "Sydney, swapped": "off by 7266.06 km\ntaken out: True\nA place is a longitude from -180",
    },
    "15_documents_and_likeness": {
        "set-up": "fakeredis",
        "RedisConsole(client)": "This control is asleep.",
        "g1.ask()": "Whose name is on the card?",
        'print(client.get("demo:card"))': '{"signed": ["Bob"]}\n',
        "JSON.GET demo:card $.to": '"[\\"Ann\\"]"\nOK\n"[{\\"to\\":\\"Bob\\",',
        "p1.ask()": "JSON.GET demo:card $.from",
        "JSON.NUMINCRBY": (
            'OK\n"[3]"\n1) (integer) 1\n1) (integer) 2\n'
            '"[{\\"copies\\":3,\\"signed\\":[\\"Ann\\",\\"Bob\\"]}]"'
        ),
        "p2.ask()": "JSON.GET demo:card $.tea.pot",
        "escaped =": '$["mug"]\n$["tea.pot"]\n$["the \\"big\\" mug"]\n$["a\\\\b"]\n',
        '"changed:"': """> JSON.SET cart:{guest}:gifts '$["mug"].to' '"Bob"' XX\nOK\n""",
        'key_table(client, "cart:{guest}:gifts")': "tea.pot",
        '"removed:"': "{'to': 'Eve', 'text': 'Cheers'}\nremoved: True\nagain: False\nNone\n",
        "letters =": "String: 2 round trips, 4,361 letters\ndocument: 1 round trips, 36 letters\n"
        "hash: 1 round trips, 25 letters\n",
        '"reply:"': "reply: None\n['mug']\nin quotes: $[\"tea.pot\"]\n",
        "g2.ask()": "Which is more like the mug?",
        "p3.ask()": "VSIM demo:likeness ELE mug WITHSCORES",
        "TAKEN =": "kettle",
        "VCARD shop:likeness": '1) "mug"\n2) "tea"\n1) "tent"\n2) "lamp"\n(integer) 5',
        "likeness.others_also_took": "mug [('tea', 0.97), ('kettle', 0.93), ('lamp', 0.59)] 1\n"
        "tent [('lamp', 0.95)] 1\n",
        "likeness_costs()": "vector set, exact: 407,149 bytes\nmost alike: ['p98', ",
        "lacking(connect())": {"fakeredis": "[]", "server": "'JSON.GET'", "cluster": "'JSON.GET'"},
    },
    "16_the_whole_shop": {
        "set-up": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of ",
        },
        "LREM cart:{demo}:viewed": '1) "mug"\n2) "lamp"\n(integer) 1',
        "slot_of(key), key": "cart:{ann}:viewed",
        "g1.ask()": "order id 7",
        "g2.ask()": "XADD",
        "SET cart:{demo}:order:7 other": '(nil)\n"{\\"order_id\\": \\"7\\"',
        "SET shop:{demo}:done:7 will": "OK\n(integer) 1\n",
        "ZUNION 2 shop:{demo}:1": '1) "pen"\n2) "5"\n3) "mug"\n4) "6"',
        "calls.items()": {
            "fakeredis": "visit 2\norder 5\npack 2\nfront 2\n",
            "server": "visit 2\norder 5\npack 2\nfront 2\n",
            "cluster": "order ",
        },
        "visit_in_one": "One MULTI holds keys with different tags in braces.",
        "progress()": "16 · The whole shop: ",
    },
}


def assert_promises_kept(lesson, notebook, shape, otherwise=()):
    """Assert that a notebook that ran shows all that its lesson promises on this Redis.

    `otherwise` has what is promised in place of some of it.
    """
    for part, promised in (PROMISED[lesson] | dict(otherwise)).items():
        expected = promised if isinstance(promised, str) else promised[shape]
        assert expected in output_of(notebook, part), f"{lesson}, the cell with {part!r}"
