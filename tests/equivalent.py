"""Mutants that are the same function as the reference, each with the reason."""

DEFAULT = "True is the default."
DEFAULT_END = "RIGHT is redis-py's default."
APART = "The two statements do not depend on each other."
TOO_FEW = "Both are fewer than any quantity."
LENGTH = "Both have the same length."
ZERO = "Decimal() is 0, too."
NO_STAR = "BY a name without * means: do not sort."
EITHER = "Both keys are watched, in either order."
EMPTY = "A MULTI without commands changes nothing."
NO_MEMBER = "ZREM of a missing member changes nothing."
WITHIN = "The order inside of one MULTI does not matter."
BRACE = "The letter at that place is the opening brace itself."
EITHER_FIRST = "Whichever of the two comes first, one of them does it, or both begin anew."
STABLE = "ZUNION gives equal sums in the order of the ids, and sorted() keeps it."
GUARDED = "Under WATCH, EXEC does nothing where such a key has come."
ONE = "The list has one number, which is the first and the last."
ONCE = "Each product is in the list once at most."
ONE_ENTRY = "There is one stream in the reply, and one entry of it."
CUT = "The list is cut in the end: one more that travels changes nothing."
NO_MORE = "No more than 100 are pending."
READS = "Reading alone gives the same inside of a MULTI, on one server."

EQUIVALENT = {
    "carts.q2": {
        "if score is None: after the next statement": NO_MEMBER,
    },
    "timeouts.q1": {
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "timeouts.q3": {
        "lines = client.zrange('cart:{guest}', 0, -1, withscores=True) after the next statement": APART,
    },
    "races.q1": {
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "races.q2": {
        "if left < quantity: after the next statement": EMPTY,
        "0 → -1": TOO_FEW,
    },
    "races.q3": {
        "lines = pipe.zrange('cart:{guest}', 0, -1, withscores=True) after the next statement": APART,
        "if not lines or any((int(stock.get(item, 0)) < quantity for item, quantity in lines)): after the next statement": EMPTY,
        "for product_id, quantity in lines: after the next statement": WITHIN,
        "arguments 2 and 3 swapped in client.transaction(work, 'cart:{guest}', 'stock:{guest}', value_from_callable=True)": EITHER,
        "0 → -1, place 2": TOO_FEW,
    },
    "speed.q1": {
        "lines = client.zrange('cart:{guest}', 0, -1, withscores=True) after the next statement": APART,
        "transaction left out of client.pipeline(transaction=False)": READS,
        "False → True": READS,
    },
    "speed.q2": {
        "lines, prices = pipe.execute() after the next statement": APART,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
        "0 left out of Decimal(0)": ZERO,
        "strict left out of zip(lines, prices, strict=True)": LENGTH,
        "True → False": READS,
        "'nosort' → 'nosortx'": NO_STAR,
        "True → False, place 3": LENGTH,
    },
    "scale.q1": {
        "1 → 0": BRACE,
    },
    "scale.q2": {
        "cart, saved = (f'cart:{{{name}}}', f'cart:{{{name}}}:saved') after the next statement": APART,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "scale.q3": {
        "lines = client.zrange(f'cart:{{{old}}}', 0, -1, withscores=True) after the next statement": APART,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "capstone.q1": {
        "ids = list(client.smembers('products')) after the next statement": APART,
        "strict left out of zip(ids, names, strict=True)": LENGTH,
        "True → False": LENGTH,
    },
    "capstone.q2": {
        "if not client.exists(f'product:{product_id}'): after the next statement": APART,
        "now = int(pipe.execute()[0]) after the next statement": APART,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "capstone.q3": {
        "lines = pipe.zrange('cart:{guest}', 0, -1, withscores=True) after the next statement": APART,
        "stock = pipe.hgetall('stock:{guest}') after the next statement": APART,
        "if not lines: after the next statement": EMPTY,
        "for item, score in lines: after the next statement": WITHIN,
        "for item, score in lines: after the next statement, place 2": WITHIN,
        "arguments 2 and 3 swapped in client.transaction(work, 'cart:{guest}', 'stock:{guest}', value_from_callable=True)": EITHER,
        "0 left out of Decimal(0)": ZERO,
    },
    "lists.q1": {
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "lists.q3": {
        "'RIGHT' left out of client.lmove(work, 'shop:{queue}', 'LEFT', 'RIGHT')": DEFAULT_END,
    },
    "sets.q1": {
        "if client.sadd(key, product_id) == 1: after the next statement": EITHER_FIRST,
    },
    "sets.q3": {
        "0 → -1": STABLE,
        "0 → 1": STABLE,
    },
    "counters.q1": {
        "strict left out of zip(product_ids, pipe.execute(), strict=True)": LENGTH,
        "True → False": LENGTH,
    },
    "counters.q2": {
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "counters.q3": {
        "key = f'cart:{{guest}}:request:{request_id}' after the next statement": APART,
        "pipe.set(key, 1, nx=True, ex=86400) after the next statement": WITHIN,
        "nx left out of pipe.set(key, 1, nx=True, ex=86400)": GUARDED,
        "True → False, place 3": GUARDED,
    },
    "crowds.q2": {
        "names = [f'shop:{{came}}:{day}' for day in days] after the next statement": APART,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "documents.q1": {
        "name = product_id.replace('\\\\', '\\\\\\\\').replace('\"', '\\\\\"') after the next statement": APART,
        "pipe.execute_command('JSON.SET', 'cart:{guest}:gifts', '$', '{}', 'NX') after the next statement": APART,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
    "documents.q2": {
        "0 → -1": ONE,
    },
    "documents.q3": {
        "1 → 2": CUT,
    },
    "whole.q1": {
        "key = f'cart:{{{visitor}}}:viewed' after the next statement": APART,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
        "0 → 1": ONCE,
        "0 → -1": ONCE,
    },
    "whole.q2": {
        "note = f'cart:{{guest}}:order:{order_id}' after the next statement": APART,
        "if not lines: after the next statement": APART,
        "order = json.dumps({'order_id': order_id, 'lines': pairs}) after the next statement": APART,
        "pipe.set(note, order, ex=2592000) after the next statement": WITHIN,
        "arguments 2 and 3 swapped in client.transaction(work, 'cart:{guest}', note, value_from_callable=True)": EITHER,
    },
    "whole.q3": {
        "order_id = json.loads(fields['order'])['order_id'] after the next statement": APART,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
        "0 → -1": ONE,
        "0 → -1, place 2": ONE,
    },
    "whole.q4": {
        "sold, seen, wishes = pipe.execute() after the next statement": APART,
        "visitors = client.pfcount(*[f'shop:{{visitors}}:{day}' for day in days]) after the next statement": APART,
        "0 → 1, place 2": STABLE,
        "0 → -1, place 2": STABLE,
    },
    "streams.q2": {
        "0 → -1": ONE_ENTRY,
        "0 → -1, place 2": ONE_ENTRY,
    },
    "streams.q3": {
        "too_often = {row['message_id'] for row in rows if row['times_delivered'] > 3} after the next statement": APART,
        "pipe.xadd('shop:{orders}:aside', fields) after the next statement": WITHIN,
        "100 → 101": NO_MORE,
        "transaction left out of client.pipeline(transaction=True)": DEFAULT,
    },
}
