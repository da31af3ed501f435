"""GeoPlayground: the commands for places on a map, to click."""

from ipywidgets import Text

from cartlib.look.control import NumberBox
from cartlib.widgets.playground import Playground


class GeoPlayground(Playground):
    """Sends GEOADD, GEOSEARCH and the like about one key; shows the reply, and the key's change.

    `place`, `longitude`, `latitude`, `other` and `radius` are the inputs; `buttons` has each button
    by its label.
    """

    def __init__(self, client, key="shop:places"):
        self.place = Text("Bath", description="Place", tooltip="The name of a place")
        self.longitude = NumberBox(-2.36, "Longitude", "Degrees east; less than 0 is west")
        self.latitude = NumberBox(51.38, "Latitude", "Degrees north; less than 0 is south")
        self.other = Text("London", description="Other", tooltip="A second place, for GEODIST")
        self.radius = NumberBox(200, "Radius", "How many kilometres GEOSEARCH looks around")
        inputs = [self.place, self.longitude, self.latitude, self.other, self.radius]
        super().__init__(client, key, inputs, self._commands())

    def _commands(self):
        return [
            (
                "GEOADD",
                "Note where the place is",
                lambda: [self._key, *self._where(), self.place.value],
            ),
            ("GEOPOS", "Ask where the place is", self._place),
            (
                "GEODIST",
                "Ask how many kilometres are between the place and the other",
                lambda: [*self._place(), self.other.value, "km"],
            ),
            (
                "GEOSEARCH",
                "Get the places around this longitude and latitude, the nearest first, with km",
                lambda: [self._key, "FROMLONLAT", *self._where(), *self._around()],
            ),
            ("ZRANGE", "Get the names: the key is a Sorted Set", lambda: [self._key, 0, -1]),
            ("ZREM", "Remove the place", self._place),
            ("DEL", "Delete the whole key", self._key_alone),
        ]

    def _place(self):
        return [self._key, self.place.value]

    def _where(self):
        return [self.longitude.value, self.latitude.value]

    def _around(self):
        return ["BYRADIUS", self.radius.value, "km", "ASC", "WITHDIST"]
