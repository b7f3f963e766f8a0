"""``python -m xinheng.cli``."""

import sys

from xinheng.cli import main

sys.exit(main())
