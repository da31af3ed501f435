"""Film a cart that is clicked, for the README: `python tests/picture.py`, in both themes.

It needs Pillow, which nothing else here does: pip install pillow.
"""

import tempfile
from io import BytesIO
from pathlib import Path

import nbformat
from browser import ROOT, chromium, find_browser, lab, open_lab, run_notebook, set_theme
from PIL import Image

CODE = """from cartlib import connect
from cartlib.catalogue import load_catalogue
from cartlib.widgets import CartPanel

client = connect()
load_catalogue(client)
CartPanel(client)"""
# A page shows the pointer on no picture: this one follows what is clicked.
POINTER = """([x, y]) => {
  const old = document.querySelector('#pointer');
  const pointer = old ?? document.body.appendChild(document.createElement('div'));
  pointer.id = 'pointer';
  pointer.style.cssText = `position: fixed; left: ${x - 9}px; top: ${y - 9}px; width: 18px;
    height: 18px; border-radius: 9px; background: #e65100aa; z-index: 9999; pointer-events: none`;
}"""
SIZE = {"width": 1280, "height": 1000}


def scenes(page):
    """Do one thing after the other; yield how long to look at what came of it."""
    product = page.get_by_label("Product")
    quantity = page.get_by_role("textbox", name="Quantity")
    log = page.get_by_role("log")
    yield 1500
    for name, number in (("Coffee mug — 9.50", "2"), ("Desk lamp — 45.00", "1")):
        point(page, product)
        product.select_option(name)
        yield 700
        point(page, quantity)
        quantity.fill(number)
        yield 500
        point(page, page.locator("button.cartlib-main"))
        page.locator("button.cartlib-main").click()
        log.get_by_text(f"Add {number} ×").first.wait_for()
        page.wait_for_timeout(1500)  # until nothing flashes any more
        yield 1800
    point(page, log.get_by_text("All 9 commands").first)
    log.get_by_text("All 9 commands").first.click()
    yield 3000
    log.get_by_text("All 9 commands").first.click()
    point(page, page.locator("button", has_text="Remove"))
    page.locator("button", has_text="Remove").click()
    log.get_by_text("Remove lamp").wait_for()
    page.wait_for_timeout(1500)
    yield 2500


def point(page, where):
    """Move the pointer to the middle of a part."""
    box = where.bounding_box()
    page.evaluate(POINTER, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def film(page, theme):
    """Return the pictures of one theme, and for how many milliseconds each is shown."""
    set_theme(page, theme)
    run_notebook(page, "cart.ipynb")
    page.wait_for_timeout(2000)
    pictures, times = [], []
    for milliseconds in scenes(page):
        box = page.locator(".cartlib-control").first.bounding_box()
        clip = {key: box[key] + more for key, more in zip(box, (-8, -8, 16, 16), strict=True)}
        pictures.append(Image.open(BytesIO(page.screenshot(clip=clip))))
        times.append(milliseconds)
    return pictures, times


def main():
    """Write notebooks/images/cart_light.webp and cart_dark.webp."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CODE)], metadata={"kernelspec": kernel}
    )
    for theme in ("Light", "Dark"):
        with tempfile.TemporaryDirectory() as lessons, tempfile.TemporaryDirectory() as home:
            nbformat.write(notebook, Path(lessons) / "cart.ipynb")
            with lab(lessons, home) as url, chromium(find_browser()) as browser:
                page = browser.new_page(viewport=SIZE)
                open_lab(page, url)
                (first, *others), times = film(page, theme)
        target = ROOT / f"notebooks/images/cart_{theme.lower()}.webp"
        first.save(target, save_all=True, append_images=others, duration=times, loop=0, quality=80)
        print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
