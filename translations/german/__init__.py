"""All that is said in German, from the English: neutral imperatives, „Strip“, „Take“ and „Look“ as Blender's users
know them, „Studie“ for a study, „Abstimmen“ for tuning, „Bild“ for a frame and „Auftrag“ for a job."""

from .labels import LABELS
from .operators import OPERATORS
from .panels import PANELS
from .sentences import SENTENCES
from .settings import SETTINGS

ROOMS = (LABELS, OPERATORS, SETTINGS, PANELS, SENTENCES)
GERMAN = {english: said for texts in ROOMS for english, said in texts.items()}
