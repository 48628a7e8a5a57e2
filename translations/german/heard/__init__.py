"""What comes ready from elsewhere, in German: of failures, warnings and progress, by the templates of their sources."""

from .edit import EDIT
from .machine import MACHINE
from .progress import PROGRESS
from .reports import REPORTS
from .stages import STAGES

HEARD = PROGRESS | REPORTS | EDIT | STAGES | MACHINE
