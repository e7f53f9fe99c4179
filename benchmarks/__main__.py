"""All benchmarks, one after the other: `make bench`, or `make bench ARGS=planning` for one."""

import importlib
import sys

ALL = ("planning", "slots", "serving", "lots", "messages")


def main(chosen: list[str]) -> None:
    for name in chosen or ALL:
        print(f"\n══ {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
