"""Whether the tests notice when execution is wrong: faults planted in the code, one at a time (`make mutants`)."""
