"""What operators report at their end, and what measuring comes to."""

REPORTS = {
    "1 look came over.": "1 Look kam herüber.",
    "1 look stayed with the original: this strip does not show its frame.": (
        "1 Look blieb beim Original: Dieser Streifen zeigt sein Bild nicht."
    ),
    "It uses the tuning of “{}”.": "Er nutzt die Abstimmung von „{}“.",
    "That job has already ended.": "Dieser Auftrag ist schon beendet.",
    "The backend is ready: {}, torch {}.": "Das Backend ist bereit: {}, torch {}.",
    "The edit is in “{}”.": "Der Schnitt ist in „{}“.",
    "The example is the scene “{}”.": "Das Beispiel ist die Szene „{}“.",
    "The image is the look {}.": "Das Bild ist der Look {}.",
    "The model is here: {} in “{}”.": "Das Modell ist da: {} in „{}“.",
    "The strip has the preset “{said}”.": "Der Streifen hat die Voreinstellung „{said}“.",
    "The strip is painted with the small model that ships.": (
        "Der Streifen wird mit dem kleinen Modell gemalt, das dabei ist."
    ),
    "The report is “{}”.": "Der Bericht ist „{}“.",
    "To download “{}” takes {}.": "„{}“ herunterzuladen braucht {}.",
    "Tuned for {} iterations; the loss is {}.": "{} Wiederholungen abgestimmt; der Verlust ist {}.",
    "{} frames were rendered.": "{} Bilder wurden gerendert.",
    "{} looks came over.": "{} Looks kamen herüber.",
    "{} looks; the best keeps {} of its frame.": "{} Looks; der beste bewahrt {} seines Bildes.",
    "{} reference frames of {}; {} frames were read.": "{} Referenzbilder von {}; {} Bilder wurden gelesen.",
    "“{}” has its study again.": "„{}“ hat die Studie wieder.",
    "“{}” has no study any more: the next click begins one.": (
        "„{}“ hat keine Studie mehr: Der nächste Klick beginnt eine."
    ),
    "“{}” is laid in.": "„{}“ ist eingefügt.",
    "“{}” is laid in: {} frames were rendered.": "„{}“ ist eingefügt: {} Bilder wurden gerendert.",
    "“{}” is up to date.": "„{}“ ist aktuell.",
    "“{}” is up to date: {} frames were rendered.": "„{}“ ist aktuell: {} Bilder wurden gerendert.",
    "“{}” was there already, and is up to date.": "„{}“ war schon da und ist aktuell.",
}
