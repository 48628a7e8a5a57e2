"""What comes ready from elsewhere, in German: of failures, warnings and progress, by the templates of their sources."""

from .asking import ASKING
from .edit import EDIT
from .environment import ENVIRONMENT
from .judging import JUDGING
from .machine import MACHINE
from .progress import PROGRESS
from .reports import REPORTS
from .stages import STAGES

ROOMS = (PROGRESS, REPORTS, EDIT, STAGES, JUDGING, ASKING, MACHINE, ENVIRONMENT)
HEARD = {english: said for texts in ROOMS for english, said in texts.items()}
