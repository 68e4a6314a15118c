"""`python -m newsbt`."""

from __future__ import annotations

import sys

from newsbt.cli import main

if __name__ == "__main__":
    sys.exit(main())
