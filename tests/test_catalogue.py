"""The catalogue: CSV in, hashes out."""

import os
import tracemalloc
from decimal import Decimal

import pytest
from redis.cluster import RedisCluster

from cartlib import (
    CartDataError,
    CartError,
    CatalogueError,
    InvalidProductIdError,
    catalogue,
    get_product,
)
from cartlib.catalogue import SAMPLE, delete_product, list_products, load_catalogue, search_products
from cartlib.failures import address
from cartlib.lab.trace import Trace

HEAD = "product_id,name,price,category\n"


@pytest.fixture
def csv(tmp_path):
    """A function that writes a CSV file, and returns its path."""

    def write(content):
        path = tmp_path / "products.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def many(number):
    """Return a CSV file's text with that many products."""
    return HEAD + "".join(f"p{n},Product {n},{n}.50,Many\n" for n in range(number))


def test_load_catalogue_sample(client):
    assert load_catalogue(client) == 24
    assert client.scard("products") == 24
    assert client.hgetall("product:mug") == {
        "name": "Coffee mug",
        "price": "9.50",
        "category": "Kitchen",
    }


def test_load_catalogue_again_changes_nothing(shop, kit_keys):
    before = kit_keys()
    assert load_catalogue(shop) == 24
    assert kit_keys() == before


def test_load_catalogue_own_file_joins_the_others(shop, csv):
    assert load_catalogue(shop, csv(HEAD + "mug,New mug,10,Kitchen\nyoyo,Yo-yo,1.05,\n")) == 2
    assert shop.hget("product:mug", "name") == "New mug"
    assert shop.hget("product:yoyo", "category") == ""
    assert shop.scard("products") == 25


@pytest.mark.parametrize("path", [str, lambda path: path], ids=["str", "Path"])
def test_load_catalogue_takes_both_kinds_of_path(client, path):
    assert load_catalogue(client, path(SAMPLE)) == 24


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffproduct_id,name,price\nkite,Red kite,1.50\n",
        "price,product_id,name\n1.50,kite,Red kite\n",
        "product_id,name,price,color\r\nkite,Red kite,1.50,red\r\n",
        'product_id,name,price\n\nkite,"Red kite",1.50',
    ],
    ids=["BOM", "other order", "more columns", "blank line"],
)
def test_load_catalogue_forms_of_csv(client, csv, content):
    assert load_catalogue(client, csv(content)) == 1
    product = {"product_id": "kite", "name": "Red kite", "price": Decimal("1.50")}
    assert get_product(client, "kite") == product
    assert client.hget("product:kite", "category") == ""


@pytest.mark.parametrize(
    "content, line, words",
    [
        ("", 1, "no column product_id, name, price"),
        ("product_id,name\na,b\n", 1, "no column price"),
        ("id;name;price\na;b;1\n", 1, "no column product_id"),
        (HEAD, None, "no products"),
        (HEAD + "a,A,1,x\nb,B,abc,x\n", 3, "the price 'abc'"),
        (HEAD + "a,A,nan,x\n", 2, "the price 'nan'"),
        (HEAD + "a,A,-1,x\n", 2, "the price '-1'"),
        (HEAD + "a,A\n", 2, "the price ''"),
        (HEAD + "a\n", 2, "the name is empty"),
        (HEAD + "a,A,1,x\nb,B,1,x\na,C,1,x\n", 4, "'a' comes twice"),
        (HEAD + ",A,1,x\n", 2, "not ''"),
        (HEAD + f"{'x' * 200},A,1,x\n", 2, "1 to 128 characters"),
        (HEAD.encode() + b"a,Caf\xe9,1,x\n", None, "UTF-8"),
        (HEAD + "a," + "x" * 200_000 + ",1,x\n", None, "can't be read"),
    ],
)
def test_load_catalogue_bad_file(shop, csv, content, line, words, unsent):
    path = csv(content)
    with unsent(CatalogueError) as caught:
        load_catalogue(shop, path)
    assert (caught.value.path, caught.value.line) == (path, line)
    assert str(path) in str(caught.value) and words in str(caught.value)
    assert line is None or f"line {line}" in str(caught.value) or "first line" in str(caught.value)


@pytest.mark.parametrize("name", ["absent.csv", ""], ids=["missing", "folder"])
def test_load_catalogue_no_file(client, tmp_path, name, unsent):
    with unsent(CatalogueError) as caught:
        load_catalogue(client, tmp_path / name)
    assert caught.value.path == tmp_path / name
    assert str(tmp_path / name) in str(caught.value)


def test_load_catalogue_wrong_type(client, refused):
    client.set("products", "theirs", ex=1000)
    with pytest.raises(CartDataError) as caught:
        load_catalogue(client)
    assert caught.value.key == "products"
    assert client.get("products") == "theirs"


def test_load_catalogue_over_one_key_of_another_type(client, csv, refused):
    client.set("product:b", "theirs", ex=1000)
    with refused(CartDataError) as caught:
        load_catalogue(client, csv(HEAD + "a,A,1,\nb,B,2,\nc,C,3,\n"))
    assert caught.value.key == "product:b"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_load_catalogue_of_a_pipe_that_nobody_writes_to(client, tmp_path, unsent):
    os.mkfifo(tmp_path / "pipe.csv")
    with unsent(CatalogueError):
        load_catalogue(client, tmp_path / "pipe.csv")


@pytest.mark.parametrize(
    "path",
    [None, 0, b"products.csv", ["products.csv"], "", "a\0b", pytest.param(10**5000, id="huge")],
)
def test_load_catalogue_of_what_is_no_path(client, path, unsent):
    with unsent(CatalogueError):
        load_catalogue(client, path)


@pytest.mark.parametrize("text", [None, b"mug", 5, ["mug"], pytest.param(10**5000, id="huge")])
def test_search_products_for_what_is_no_text(client, text, unsent):
    with unsent(CartError) as caught:
        search_products(client, text)
    assert "Search for a text" in str(caught.value)


def test_search_products_for_a_nul(shop):
    assert search_products(shop, "\0") == []


def test_delete_product_where_products_is_of_another_type(client, refused):
    client.hset("product:mug", mapping={"name": "Mug", "price": "1"})
    client.set("products", "theirs")
    with refused(CartDataError) as caught:
        delete_product(client, "mug")
    assert caught.value.key == "products"


def test_load_catalogue_many_with_progress_bar(client, csv, capsys):
    assert load_catalogue(client, csv(many(2_000))) == 2_000
    assert "2000/2000" in capsys.readouterr().err
    assert client.scard("products") == 2_000
    assert client.hget("product:p1999", "price") == "1999.50"


def test_load_catalogue_few_without_progress_bar(client, csv, capsys):
    load_catalogue(client, csv(many(1_999)))
    assert capsys.readouterr() == ("", "")


def test_load_catalogue_of_a_file_that_somebody_changes(client, csv, monkeypatch):
    path = csv(HEAD + "a,A,1,\nb,B,2,\nc,C,3,\n")
    write = catalogue._write

    def write_and_change(client, products):
        write(client, products)
        path.write_text(path.read_text() + "d,D,nonsense,\n")

    monkeypatch.setattr(catalogue, "BATCH", 2)
    monkeypatch.setattr(catalogue, "_write", write_and_change)
    with pytest.raises(CatalogueError, match="changed while it was read. A part of the products"):
        load_catalogue(client, path)
    assert client.smembers("products") == {"a", "b"}


@pytest.mark.parametrize("before, trips", [("", 2), ("a", 3), ("products", 3)])
def test_load_catalogue_round_trips(client, csv, before, trips):
    """How many there are at first, and how many if something is there."""
    if isinstance(client, RedisCluster):
        pytest.skip("it has several nodes")
    if before:
        load_catalogue(client, csv(HEAD + "a,A,1,\n"))
        client.delete("product:a" if before == "products" else "products")
    path = csv(HEAD + "a,A,1,\nb,B,2,\n")
    with Trace(client) as trace:
        load_catalogue(client, path)
    assert trace.round_trips == trips


@pytest.mark.one_kind
def test_load_catalogue_keeps_the_ids_in_memory_and_no_more(client, csv):
    if address(client) == "fakeredis":
        pytest.skip("its store is in the same memory")
    path = csv(many(6_000))
    load_catalogue(client, path)  # whatever is imported or kept once
    tracemalloc.start()
    load_catalogue(client, path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 6_000 * 250  # 600 or so, if all of it were kept


def test_list_products_sorted(shop):
    products = list_products(shop)
    order = [(product["category"], product["name"]) for product in products]
    assert len(products) == 24
    assert order == sorted(order)
    assert {type(product["price"]) for product in products} == {Decimal}


def test_list_products_empty(client, kit_keys):
    assert list_products(client) == []
    assert kit_keys() == {}


def test_list_products_leaves_out_a_deleted_hash(shop):
    shop.delete("product:mug")
    assert "mug" not in [product["product_id"] for product in list_products(shop)]


def test_list_products_bad_price(shop, refused):
    shop.hset("product:mug", "price", "abc")
    with refused(CartDataError) as caught:
        list_products(shop)
    assert (caught.value.key, caught.value.value) == ("product:mug", "abc")


def test_list_products_wrong_type(shop, refused):
    shop.delete("product:mug")
    shop.set("product:mug", "theirs")
    with refused(CartDataError) as caught:
        list_products(shop)
    assert caught.value.key == "product:mug"


@pytest.mark.parametrize(
    "text, found",
    [("TEAPOT", ["teapot"]), ("unicorn", []), ("kettle", ["kettle"]), ("CUT", ["board"])],
)
def test_search_products(shop, text, found):
    assert search_products(shop, text) == found


def test_search_products_by_name_in_order(shop):
    found = search_products(shop, "")
    names = [get_product(shop, product_id)["name"] for product_id in found]
    assert len(names) == 24 and names == sorted(names)


def test_delete_product_known(shop):
    assert delete_product(shop, "mug") is True
    assert shop.exists("product:mug") == 0
    assert not shop.sismember("products", "mug")


def test_delete_product_unknown(shop, kit_keys):
    before = kit_keys()
    assert delete_product(shop, "unicorn") is False
    assert kit_keys() == before


def test_delete_product_bad_id(shop, bad_id, unsent):
    with unsent(InvalidProductIdError):
        delete_product(shop, bad_id)


def test_load_catalogue_over_a_key_of_another_type(client):
    client.set("product:mug", "theirs")
    with pytest.raises(CartDataError) as caught:
        load_catalogue(client)
    assert caught.value.key == "product:mug"
    assert client.get("product:mug") == "theirs"
