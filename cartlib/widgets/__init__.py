"""The controls of the lessons. Each is a VBox: put it on the last line of a cell to see it."""

from cartlib.widgets.bitmap_playground import BitmapPlayground
from cartlib.widgets.cart_panel import CartPanel
from cartlib.widgets.command_log import CommandLog
from cartlib.widgets.geo_playground import GeoPlayground
from cartlib.widgets.hash_playground import HashPlayground
from cartlib.widgets.hyperloglog_playground import HyperLogLogPlayground
from cartlib.widgets.key_inspector import KeyInspector
from cartlib.widgets.list_playground import ListPlayground
from cartlib.widgets.live_feed import LiveFeed
from cartlib.widgets.memory_chart import MemoryChart
from cartlib.widgets.name_box import NameBox
from cartlib.widgets.queue_board import QueueBoard
from cartlib.widgets.race_chart import RaceChart
from cartlib.widgets.redis_console import RedisConsole
from cartlib.widgets.redis_magic import use_redis_magic
from cartlib.widgets.round_trip_chart import RoundTripChart
from cartlib.widgets.set_playground import SetPlayground
from cartlib.widgets.shop import Shop, kit_parts
from cartlib.widgets.shop_map import ShopMap
from cartlib.widgets.slot_chart import SlotChart
from cartlib.widgets.sorted_set_playground import SortedSetPlayground
from cartlib.widgets.stream_board import StreamBoard
from cartlib.widgets.stream_playground import StreamPlayground
from cartlib.widgets.string_playground import StringPlayground
from cartlib.widgets.ttl_bar import TtlBar
from cartlib.widgets.whole_shop import WholeShop

__all__ = [
    "BitmapPlayground",
    "CartPanel",
    "CommandLog",
    "GeoPlayground",
    "HashPlayground",
    "HyperLogLogPlayground",
    "KeyInspector",
    "ListPlayground",
    "LiveFeed",
    "MemoryChart",
    "NameBox",
    "QueueBoard",
    "RaceChart",
    "RedisConsole",
    "RoundTripChart",
    "SetPlayground",
    "Shop",
    "ShopMap",
    "SlotChart",
    "SortedSetPlayground",
    "StreamBoard",
    "StreamPlayground",
    "StringPlayground",
    "TtlBar",
    "WholeShop",
    "kit_parts",
    "use_redis_magic",
]
