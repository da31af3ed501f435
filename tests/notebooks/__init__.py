"""The lessons as notebooks, and in a browser: a package, as its browser ends with it."""
