"""Sentences: with values in them, for `say`, and what operators say when they cannot, or have."""

SENTENCES = {
    # Why a button is grey, and what is wrong with a click
    "A job is running: wait for it, or cancel it first.": "Ein Auftrag läuft: abwarten oder zuerst abbrechen.",
    "A model is being downloaded already.": "Ein Modell wird schon heruntergeladen.",
    "Choose one to five: they are spread over the strip.": (
        "Einen bis fünf wählen: Sie werden über den Strip ausgebreitet."
    ),
    "Click the strip that you want to restyle.": "Den Strip anklicken, der umgestaltet werden soll.",
    "No backend is installed in the data folder.": "Im Datenordner ist kein Backend installiert.",
    "No job is paused.": "Kein Auftrag ist angehalten.",
    "No job is running.": "Kein Auftrag läuft.",
    "No look is chosen.": "Kein Look ist gewählt.",
    "No strip is selected whose settings could be kept.": (
        "Kein Strip ist ausgewählt, dessen Einstellungen behalten werden könnten."
    ),
    "No strip is selected.": "Kein Strip ist ausgewählt.",
    "Press Measure.": "„Messen“ drücken.",
    "Render one.": "Einen rendern.",
    "Sample the strip's frames first.": "Zuerst die Bilder des Strips lesen.",
    "No reference frames are chosen yet.": "Noch sind keine Referenzbilder gewählt.",
    "That job has already ended.": "Dieser Auftrag ist schon beendet.",
    "The active strip is no take.": "Der aktive Strip ist kein Take.",
    "The backend is not running.": "Das Backend läuft nicht.",
    "The backend is running.": "Das Backend läuft.",
    "The details are in the clipboard: paste them into your report.": (
        "Die Einzelheiten sind in der Zwischenablage: in den Bericht einfügen."
    ),
    "There is no prompt yet.": "Noch gibt es keinen Prompt.",
    "There is no report yet.": "Noch gibt es keinen Bericht.",
    "Wait for it, or cancel it first.": "Abwarten oder zuerst abbrechen.",
    "What runs now cannot be paused: wait for it, or cancel it.": (
        "Was jetzt läuft, lässt sich nicht anhalten: abwarten oder abbrechen."
    ),
    "Write what the strip is to look like.": "Schreiben, wie der Strip aussehen soll.",
    "“Connect Only” is on in the preferences of Steady Diffusion: the backend is yours to install and start.": (
        "„Nur verbinden“ ist in den Einstellungen von Steady Diffusion an: Das Backend ist selbst zu installieren "
        "und zu starten."
    ),
}
