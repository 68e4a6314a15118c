"""Distribution functions: SciPy's own, for less."""

from __future__ import annotations

import subprocess
import sys

import scipy
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
    linear_algebra_wraps = tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 18)  # and _ufuncs imports it
    expected = "numpy.f2py numpy.testing" if linear_algebra_wraps else ""
    assert (done.stdout.strip(), done.stderr) == (expected, "")


MEANWHILE = """
import sys
from threading import Event, Thread

met, found = Event(), []

def another():
    import scipy.special as special
    met.set()
    from scipy.special import logsumexp
    found.extend([float(logsumexp([0.0])), special.ndtr, special.logsumexp is logsumexp])

thread = Thread(target=another)

class Meanwhile:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("scipy.special._ufuncs_") and not met.is_set():
            thread.start()
            assert met.wait(60)

sys.meta_path.insert(0, Meanwhile())
from newsbt.domain.distributions import ndtr
thread.join(60)
import scipy
import scipy.special
print(found == [0.0, ndtr, True], scipy.special.ndtr is ndtr, sys.modules["scipy.special"].__name__)
"""


def test_a_thread_that_imports_the_package_meanwhile_gets_what_it_has() -> None:
    done = subprocess.run([sys.executable, "-c", MEANWHILE], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout.strip(), done.stderr) == ("True True scipy.special", "")
