"""Large arrays give their memory back."""

import subprocess
import sys

GROW_AND_SHRINK = """
import sys, numpy as np
from linkage.memory import give_back_large_arrays
if sys.argv[1] == "apart":
    assert give_back_large_arrays()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
for _ in range(3):
    parts = [np.ones(3 << 17) for _ in range(40)]
    kept, parts = parts[-1], None
print(resident())
"""


def resident_after(setting: str) -> int:
    ran = subprocess.run(
        [sys.executable, "-c", GROW_AND_SHRINK, setting], capture_output=True, text=True, check=True
    )
    return int(ran.stdout)


def test_arrays_that_are_let_go_do_not_stay_with_the_process() -> None:
    assert resident_after("usual") - resident_after("apart") > 50_000_000
