"""newsbt: would trading on this kind of news have made money, and can I believe the answer?"""

from __future__ import annotations

__version__ = "0.1.0"
