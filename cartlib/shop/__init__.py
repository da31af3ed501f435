"""The shop around the cart: what lessons 10 to 16 build, one short file for each task."""
