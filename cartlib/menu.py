"""The cart in a terminal: a menu over the same five functions."""

import argparse
import os
import re
import sys
from contextlib import suppress
from io import UnsupportedOperation

from cartlib.cart import add_to_cart, remove_from_cart
from cartlib.catalogue import list_products, load_catalogue
from cartlib.connection import connect, describe
from cartlib.errors import CartError, printable
from cartlib.expiry import cart_ttl
from cartlib.views import cart_table

MENU = """
1  add       2  remove       3  view       4  time left       5  quit"""


def main(arguments=None) -> int:
    """Run the menu until the person quits; return the exit status."""
    options = read_options(arguments)
    allow_any_text()
    try:
        client = connect(options.host, options.port, url=options.url)
        if not list_products(client):
            load_catalogue(client)
        print(printable(describe(client)))
        loop(client, options.cart)
    except CartError as error:
        print(f"Error: {printable(error)}")
        return 1
    except (EOFError, KeyboardInterrupt):
        print()
    except BrokenPipeError:  # nobody reads any more; the rest must not fail at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    print("Goodbye.")
    return 0


def allow_any_text():
    """Let text that the terminal's encoding lacks pass as escapes, instead of failing."""
    for stream in (sys.stdin, sys.stdout):
        with suppress(AttributeError, UnsupportedOperation):  # replaced, or read from already
            stream.reconfigure(errors="backslashreplace")


def read_options(arguments):
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m cartlib", description=__doc__)
    parser.add_argument("--host", help="the server's host; without host and url: fakeredis")
    parser.add_argument("--port", type=int, help="that host's port (6379)")
    parser.add_argument("--url", help="redis://USER:PASSWORD@HOST:PORT, instead of host and port")
    parser.add_argument("--cart", default="guest", help="the cart's name (guest)")
    options = parser.parse_args(arguments)
    if options.host and options.url:
        parser.error("give --host or --url, not both")
    if options.port is None:
        options.port = 6379
    elif options.host is None:
        parser.error("--port needs --host")  # else it would quietly mean fakeredis
    return options


def loop(client, cart):
    """Ask and act, until the person quits."""
    actions = {"1": add, "2": remove, "3": view, "4": time_left}
    words = {"add": "1", "remove": "2", "view": "3", "time left": "4", "time": "4", "quit": "5"}
    view(client, cart)
    while True:
        print(MENU)
        answer = ask("Your choice: ").lower()
        choice = words.get(answer, answer)
        if choice == "5":
            return
        if choice not in actions:
            print("Please answer with a number from 1 to 5, or with a word such as add.")
            continue
        try:
            actions[choice](client, cart)
        except CartError as error:
            print(f"Error: {printable(error)}")


def add(client, cart):
    """Ask for a product and a quantity, and add them."""
    for product in list_products(client):
        print(
            f"  {printable(product['product_id']):12} {product['price']:>8}  "
            f"{printable(product['name'])}"
        )
    product_id = ask("Product id: ")
    quantity = ask_quantity("Quantity (1): ", 1)
    now = add_to_cart(client, product_id, quantity, cart=cart)
    print(f"Added. The cart now has {now} of {printable(product_id)}.")


def remove(client, cart):
    """Ask for a product and a quantity, and take them out."""
    product_id = ask("Product id: ")
    quantity = ask_quantity("Quantity (all of it): ", None)
    gone = remove_from_cart(client, product_id, quantity=quantity, cart=cart)
    print(f"Removed {gone} of {printable(product_id)}.")


def view(client, cart):
    """Print the cart with its total."""
    table = cart_table(client, cart=cart)
    if table.empty:
        print(f"The cart {printable(cart)} is empty.")
        return
    for row in table.itertuples():
        name = printable(row.name) if row.available else "(no longer sold)"
        price, subtotal = (row.price, row.subtotal) if row.available else ("", "")
        print(
            f"  {printable(row.product_id):12} {row.quantity:>7} × {price:>8} = {subtotal:>9}  "
            f"{name}"
        )
    print(f"  {'Total':12} {table.attrs['total']:>30}")


def time_left(client, cart):
    """Print how long the cart still lives."""
    seconds = cart_ttl(client, cart=cart)
    if seconds is None:
        print("The cart has no time-out.")
    else:
        print(f"The cart has {seconds} seconds left.")


def ask(question) -> str:
    """Return the person's answer without the blanks around it; EOFError if nobody can answer."""
    try:
        return input(question).strip()
    except (RuntimeError, ValueError) as error:  # there is no stdin or stdout, or it was closed
        raise EOFError from error


def ask_quantity(question, default):
    """Return a quantity as an int where the answer is one; else the text, for the error to name."""
    answer = ask(question)
    if not answer:
        return default
    return int(answer) if re.fullmatch(r"-?\d{1,18}", answer) else answer
