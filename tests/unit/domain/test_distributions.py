"""Distribution functions: SciPy's own, for less."""

from __future__ import annotations

import subprocess
import sys

import scipy.special

from newsbt.domain import distributions


def test_they_are_those_that_scipy_hands_out() -> None:
    for name in distributions.__all__:
        assert getattr(distributions, name) is getattr(scipy.special, name)


def test_the_wrappers_for_other_array_libraries_stay_out_until_someone_asks_for_them() -> None:
    code = (
        "import sys; from newsbt.domain.distributions import ndtr; before = set(sys.modules);"
        "from scipy.special import ndtr as full, logsumexp; assert full is ndtr and logsumexp([0.0]) == 0.0;"
        "print(*sorted(before & {'numpy.f2py', 'numpy.testing', 'scipy.special'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("", "")
