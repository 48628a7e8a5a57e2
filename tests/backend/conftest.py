"""What holds for all tests of the backend."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # miniatures are too small to share, and sums in another order are other bits

from orphans import no_orphans as no_orphans
