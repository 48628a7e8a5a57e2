"""What holds for all tests of the backend."""

from orphans import no_orphans as no_orphans
