"""Runs a module as `python -m MODULE ARGS...` does. Started through launch.py, so that it dies with the kit.

python launch.py run_module.py pip install ...
"""

import runpy
import sys


def main(argv: list[str]) -> None:
    if not argv:
        sys.exit("usage: launch.py run_module.py MODULE ARGS...")
    sys.argv = argv
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
