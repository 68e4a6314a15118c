"""A provider's process whose baostock finds its server on the loopback: `BAOSTOCK_PORT` says where."""

from __future__ import annotations

import os
import runpy
import sys

if sys.argv[1] == "baostock":
    import baostock.common.contants as constants

    constants.BAOSTOCK_SERVER_IP, constants.BAOSTOCK_SERVER_PORT = "127.0.0.1", int(os.environ["BAOSTOCK_PORT"])
runpy.run_module("newsbt.pulling.provider_worker", run_name="__main__", alter_sys=False)
