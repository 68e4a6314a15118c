"""Being here puts `tests` on the import path, so that every test finds the plain twin (`import twin`)."""

import signal

# A background job of a shell without job control ignores Ctrl-C, and so would every program it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
