"""A pretended server that answers about documents and vector sets as Redis 8 does.

fakeredis 2.41 knows their commands, but it has no TYPE of such a key, writes into documents that
are not there, changes 1 into 1.0, and keeps the first vector of an element for good. What the kit
and its lessons use of them is set right here, once for this process.
"""

import json
import math
from functools import cache, wraps

import fakeredis
from fakeredis import model
from fakeredis._commands import CommandItem
from fakeredis._helpers import SimpleError, SimpleString
from fakeredis._socket import _base
from fakeredis.commands_mixins import stack
from fakeredis.commands_mixins._mixin_base import CommandsMixinBase

DOCUMENT, VECTORS = b"ReJSON-RL", b"vectorset"  # as TYPE has them
ROOTS = (b"$", b".")
WRONG_TYPE = "ERR Existing key has wrong Redis type"
AT_THE_ROOT = "ERR new objects must be created at the root"
NO_JSON = "ERR expected value at line 1 column 1"
NO_VECTOR = "ERR invalid vector specification"
OTHER_LENGTH = "ERR Vector dimension mismatch - got {} but set has {}"


def new_server() -> fakeredis.FakeServer:
    """Return a pretended server, empty at first; without numpy or jsonpath-ng it knows less."""
    _mend()
    return fakeredis.FakeServer(version=(7,))


@cache
def _mend():
    """Replace what fakeredis answers otherwise than Redis 8, and a look that costs time."""
    _base.valid_response_type = lambda *_: True  # it looks at each element of each reply
    CommandsMixinBase._key_value_type = staticmethod(_type_of)
    CommandItem.__bool__ = _is_there
    if hasattr(stack.JSONCommandsMixin, "json_set"):
        _mend_documents(stack.JSONCommandsMixin)
    if hasattr(stack.VectorSetCommandsMixin, "vadd"):
        _mend_vectors(stack.VectorSetCommandsMixin)


def type_of(item) -> str:
    """Return the type of what stands under a key of a pretended server, as TYPE has it."""
    return CommandsMixinBase._key_value_type(item).value.decode()


_type_of_others, _is_there_else = CommandsMixinBase._key_value_type, CommandItem.__bool__


def _is_there(key):
    return isinstance(key.value, dict) or _is_there_else(key)  # an empty document is a key, too


def _type_of(key):
    kinds = {dict: DOCUMENT, getattr(model, "VectorSet", None): VECTORS}
    kind = kinds.get(type(key.value))
    return SimpleString(kind) if kind else _type_of_others(key)


def _mend_documents(mixin):
    from fakeredis.commands_mixins.stack import _json_mixin  # needs jsonpath-ng

    _json_mixin.JSONObject.encode = classmethod(_compact)
    _json_mixin.JSONObject.DECODE_ERROR = NO_JSON
    for name in [name for name in vars(mixin) if name.startswith("json_")]:
        if name not in ("json_mset", "json_mget"):  # whose keys stand elsewhere
            setattr(mixin, name, _strict(getattr(mixin, name)))
    mixin.json_set = _set_where_there_is_room(mixin.json_set, _json_mixin._parse_jsonpath)
    mixin.json_get = _strict(_listing(mixin.json_get, _json_mixin._parse_jsonpath))
    mixin.json_del = _of_all(mixin.json_del)
    mixin.json_numincrby = _whole(mixin.json_numincrby)


def _compact(cls, value):
    if value is None:
        return None
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _strict(method):
    from jsonpath_ng.exceptions import JSONPathError

    @wraps(method)
    def strict(self, key, *words):
        if key.value is not None and not isinstance(key.value, dict | list | str | int | float):
            raise SimpleError(WRONG_TYPE)
        try:
            return method(self, key, *words)
        except JSONPathError as error:
            raise SimpleError(f"ERR {error}") from error
        except SimpleError as error:
            if words and words[0].startswith(b"$") and "Path '" in error.value:
                return []  # no place has this path
            raise

    return strict


def _set_where_there_is_room(method, parse):
    @wraps(method)
    def json_set(self, key, path, *words):
        if key.value is None and path not in ROOTS:
            raise SimpleError(AT_THE_ROOT)
        above = getattr(parse(path), "left", None) if path not in ROOTS else None
        if above is not None and not above.find(key.value):
            return None
        return method(self, key, path, *words)

    return _strict(json_set)


def _listing(method, parse):
    @wraps(method)
    def json_get(self, key, *paths):
        if key.value is not None and len(paths) == 1 and paths[0].startswith(b"$"):
            return _compact(None, [place.value for place in parse(paths[0]).find(key.value)])
        return method(self, key, *(paths or [b"."]))

    return json_get


def _of_all(method):
    return wraps(method)(lambda self, key, path=b"$": method(self, key, path))


def _whole(method):
    @wraps(method)
    def json_numincrby(self, key, path, amount, *words):
        amount = int(amount) if amount.is_integer() else amount
        reply = method(self, key, path, amount, *words)
        return _compact(None, reply) if self._resp_version == 2 else reply

    return json_numincrby


def _mend_vectors(mixin):
    mixin.vadd, mixin.vrem = _replacing(mixin.vadd), _leaving_nothing(mixin.vrem)


def _replacing(method):
    @wraps(method)
    def vadd(self, key, *words):
        if known := _check_vector(key, [word.upper() for word in words], words):
            key.value.remove(known)
        added = method(self, key, *words)
        return 0 if known else added

    return vadd


def _check_vector(key, upper, words):
    """Return the element of a VADD if it is there; raise what Redis says of a bad vector."""
    if b"VALUES" not in upper or b"REDUCE" in upper:
        return None
    at = upper.index(b"VALUES")
    try:
        size = int(words[at + 1])
        numbers = [float(word) for word in words[at + 2 : at + 2 + size]]
        element = words[at + 2 + size]
    except (ValueError, IndexError):
        raise SimpleError(NO_VECTOR) from None
    if not numbers or not all(map(math.isfinite, numbers)):
        raise SimpleError(NO_VECTOR)
    if key.value is not None and size != key.value.dimensions:
        raise SimpleError(OTHER_LENGTH.format(size, key.value.dimensions))
    return element if key.value is not None and element in key.value else None


def _leaving_nothing(method):
    @wraps(method)
    def vrem(self, key, element):
        removed = method(self, key, element)
        if removed:
            key.update(key.value if key.value.card else None)
        return removed

    return vrem
