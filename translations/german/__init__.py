"""All that is said in German, from the English: nobody is addressed, a strip is „Streifen“ as in Blender's own
menus, a take „Take“, a look „Look“, a study „Studie“, tuning „Abstimmen“, a frame „Bild“ and a job „Auftrag“."""

from .labels import LABELS
from .operators import OPERATORS
from .panels import PANELS
from .sentences import SENTENCES
from .settings import SETTINGS

ROOMS = (LABELS, OPERATORS, SETTINGS, PANELS, SENTENCES)
GERMAN = {english: said for texts in ROOMS for english, said in texts.items()}
