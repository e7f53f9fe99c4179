#!/usr/bin/env python3
"""Takes the picture of the README from a running demo clinic: bin/screenshots.py ADDRESS

make run                                     # in another terminal
.venv/bin/python bin/screenshots.py http://127.0.0.1:8000
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--hide-scrollbars"]
ACCOUNT, PASSWORD = "reception@demo.test", "demonstration-2026"  # printed by `make run`


def browser_path() -> str:
    found = subprocess.run([ROOT / "bin" / "browser"], capture_output=True, text=True, check=True)
    return os.environ.get("CHROME") or found.stdout.strip()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login/")
    page.fill("input[name=login]", ACCOUNT)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")


def propose(page: Page, address: str) -> None:
    """A patient and a protocol of the demo clinic, one other day picked by hand."""
    page.goto(f"{address}/patients/")
    patient = re.search(r"/patients/([a-z0-9]{14})/", page.content())
    page.goto(f"{address}/series/new/?patient={patient[1]}")
    page.click(".found-protocol >> nth=1")
    page.wait_for_selector("tr[data-row]")
    page.locator("tr[data-row='2'] summary").click()
    page.locator("tr[data-row='2'] .row-actions a[href*='pick=']").first.click()
    page.wait_for_selector("tr.is-picked")


def main(address: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = chromium.new_page(
            viewport={"width": 1280, "height": 800}, locale="fr-FR", timezone_id="Europe/Paris"
        )
        sign_in(page, address)
        propose(page, address)
        page.wait_for_timeout(500)
        page.screenshot(path=DOCS / "series.png")
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
