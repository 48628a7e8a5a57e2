"""What was measured of takes, what that comes to, and what else is made of them."""

JUDGING = {
    "“{}” is left out: {said}": "„{}“ bleibt weg: {said}",
    "“{}” was rendered again since.": "„{}“ wurde seither neu gerendert.",
    "There are no pictures in “{}” to make a GIF of.": "In „{}“ sind keine Bilder für ein GIF.",
    "Name the GIF's file.": "Die Datei des GIF nennen.",
    "The picture “{}” cannot be read.": "Das Bild „{}“ ist nicht lesbar.",
    "Export again.": "Noch einmal exportieren.",
    "Choose among {}.": "Darunter wählen: {}.",
    "Measure again.": "Noch einmal messen.",
    "Render one first.": "Zuerst einen rendern.",
    "Render the take again under another name, or delete that frame and render the take again.": (
        "Den Take unter anderem Namen neu rendern oder jenes Bild löschen und den Take neu rendern."
    ),
    "The take “{}” lacks frame {}.": "Dem Take „{}“ fehlt das Bild {}.",
    "The take “{}” lacks frame {} and {} more.": "Dem Take „{}“ fehlen das Bild {} und {} weitere.",
    "A single frame has nothing to be steady against.": "Ein einzelnes Bild hat nichts zum Vergleichen.",
    "No frame can be compared with the one before: what moves is lost between them, or every frame is a shot.": (
        "Kein Bild lässt sich mit dem davor vergleichen: Was sich bewegt, geht dazwischen verloren, oder jedes Bild "
        "ist eine Einstellung."
    ),
    "Flicker and drift say little then: judge steadiness by eye.": (
        "Unruhe und Drift sagen dann wenig: die Ruhe mit dem Auge beurteilen."
    ),
    "The strip's motion could be told in {} of the pixels only.": (
        "Die Bewegung des Streifens war nur in {} der Pixel zu erkennen."
    ),
    "There is no take to judge yet: these are the strip's own figures, the floor that a take is measured against.": (
        "Noch ist kein Take zu beurteilen: Dies sind die Zahlen des Streifens selbst, an denen ein Take gemessen wird."
    ),
    "“{}” is not there any more, or not whole.": "„{}“ ist nicht mehr da oder nicht ganz.",
    "“{}” was not measured yet.": "„{}“ wurde noch nicht gemessen.",
    "“{said}” is {said2}.": "„{said}“ ist {said2}.",
    "as near to the look": "dem Look gleich nah",
    "as near to the truth": "der Wahrheit gleich nah",
    "as steady as {said}": "so ruhig wie {said}",
    "as steady as “{}”": "so ruhig wie „{}“",
    "but {said}": "aber {said}",
    "farther from the look by {}": "dem Look {} ferner",
    "farther from the look than the strip is by {}": "dem Look {} ferner als der Streifen",
    "farther from the truth by {} dB": "der Wahrheit {} dB ferner",
    "laid out otherwise than the strip": "anders aufgebaut als der Streifen",
    "less steady than “{}” ({} levels of warp error after {})": "unruhiger als „{}“ ({} Stufen Warp-Fehler statt {})",
    "less steady than {said} ({} levels of warp error after {})": (
        "unruhiger als {said} ({} Stufen Warp-Fehler statt {})"
    ),
    "nearer to the look by {}": "dem Look {} näher",
    "nearer to the look than the strip is by {}": "dem Look {} näher als der Streifen",
    "nearer to the truth by {} dB": "der Wahrheit {} dB näher",
    "no nearer to the look than the strip is": "dem Look nicht näher als der Streifen",
    "not to be judged: there is nothing to compare": "nicht zu beurteilen: es gibt nichts zu vergleichen",
    "plain": "der schlichte",
    "steadier than {said} by {}": "{} ruhiger als {said}",
    "steadier than “{said}” by {}": "{} ruhiger als „{said}“",
    "the strip itself": "der Streifen selbst",
    "the truth": "die Wahrheit",
}
