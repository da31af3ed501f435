"""ShopMap: where the shops are, and which are near a point."""

from cartlib import keys
from cartlib.lab.places import look_around, read_number
from cartlib.look.control import Control, NumberBox, button, form, html
from cartlib.look.html import noted, said, table
from cartlib.widgets.charts import Picture
from cartlib.widgets.map_picture import picture
from cartlib.widgets.parts import counted, errors_shown

MOST = 5  # of the near shops, in the table


class ShopMap(Control):
    """Draws the places of a key that GEOADD wrote, and what GEOSEARCH finds around a point.

    `longitude`, `latitude` and `radius` are the inputs. `near` is what it found last, as pairs
    (name, km), the nearest first.
    """

    def __init__(self, client, key=None, *, longitude=2.35, latitude=48.86, radius=500):
        self._client, self._key, self.near, self._drawn = client, key or keys.places(), [], None
        self.longitude = NumberBox(
            str(longitude), "Longitude", "Degrees east of Greenwich; less than 0 is west"
        )
        self.latitude = NumberBox(
            str(latitude), "Latitude", "Degrees north of the equator; less than 0 is south"
        )
        self.radius = NumberBox(str(radius), "Radius (km)", "How many kilometres to look around")
        self.radius.layout.width = "13em"
        self.find = button("Find", "Ask Redis which shops are near, and draw", "search", main=True)
        self.message, self.map = html(), Picture()
        self.map.add_class("cartlib-map")
        self.message.add_class("cartlib-two-lines")
        boxes = self.longitude, self.latitude, self.radius
        for box in boxes:
            box.observe(lambda _: self._dim(), "value")
        self.find.on_click(lambda _: self.refresh())
        super().__init__([form(*boxes, self.find), self.message, self.map])
        self.refresh()

    def refresh(self):
        """Ask Redis, and draw what it says."""
        with errors_shown(self.message):
            point = self._number(self.longitude), self._number(self.latitude)
            radius = self._number(self.radius)
            places, self.near = look_around(self._client, self._key, *point, radius)
            self.map.show(picture(places, self.near, point, radius) + _table(self.near))
            self._drawn = self._asked()
            self.message.value = self._news(places, radius)
        self._dim()

    def _number(self, box):
        return read_number(box.value, box.description)

    def _news(self, places, radius):
        if not places:
            return noted(f"There are no places in {self._key} yet: GEOADD writes some.")
        if not self.near:
            return noted(f"GEOSEARCH found no shop within {radius:,g} km. Look farther.")
        name, km = self.near[0]
        found = f"GEOSEARCH found {counted(len(self.near), 'shop')} within {radius:,g} km."
        return said(f"{found} The nearest: {name}, {km:,.1f} km.")

    def _asked(self):
        return self.longitude.value, self.latitude.value, self.radius.value

    def _dim(self):
        self.map.old = self._drawn != self._asked()


def _table(near):
    """Return the near shops in words."""
    rows = [(name, f"{km:,.1f}") for name, km in near[:MOST]]
    more = f'<p class="quiet">… and {len(near) - MOST:,} more</p>' if len(near) > MOST else ""
    return table(["shop", "km"], rows, "The nearest shops", {"km"}) + more
