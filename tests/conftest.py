"""Being here puts `tests` on the import path, so that every test finds the plain twin (`import twin`)."""
