"""Waits until a page has nothing more to load: as long as that takes, and no longer."""

from playwright.sync_api import Page, Request

MOST_LOOKS, A_LOOK = 300, 30  # milliseconds
QUIET_LOOKS = 3
# Half-faded colours are no fault; what turns for ever is not waited for.
STILL = """Promise.allSettled(document.getAnimations()
  .filter(one => one.effect.getComputedTiming().endTime < Infinity).map(one => one.finished))"""


class Traffic:
    """Of one page, from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.waiting: set[Request] = set()
        page.on("request", self.begins)
        page.on("requestfinished", self.ends)
        page.on("requestfailed", self.ends)

    def begins(self, request: Request) -> None:
        self.waiting.add(request)

    def ends(self, request: Request) -> None:
        self.waiting.discard(request)

    def wait(self) -> None:
        """Nothing under way three looks in a row, and nothing moves."""
        quiet = 0
        for _look in range(MOST_LOOKS):
            self.page.wait_for_timeout(A_LOOK)
            quiet = 0 if self.waiting else quiet + 1
            if quiet == QUIET_LOOKS:
                self.page.evaluate(STILL)
                return
        raise TimeoutError(f"still loading: {[request.url for request in self.waiting]}")
