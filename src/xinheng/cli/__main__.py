"""``python -m xinheng.cli``."""

import sys

from xinheng.cli import main

if __name__ == "__main__":
    sys.exit(main())
