"""`python -m newsbt`."""

from __future__ import annotations

import sys

from newsbt.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
