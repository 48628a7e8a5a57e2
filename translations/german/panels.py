"""What panels and menus say: buttons, how stages stand, and sentences without values in them."""

PANELS = {
    # How a stage or the backend stands
    "Borrowed": "Geliehen",
    "Broken off": "Abgebrochen",
    "Choose one": "Einen wählen",
    "Damaged": "Beschädigt",
    "Does not answer": "Antwortet nicht",
    "Done": "Fertig",
    "Ended": "Beendet",
    "Failed": "Fehlgeschlagen",
    "Not found": "Nicht gefunden",
    "Not running; a job starts it": "Läuft nicht; ein Auftrag startet es",
    "Not started": "Nicht begonnen",
    "Other frame": "Anderes Bild",
    "Other prompt": "Anderer Prompt",
    "Out of date": "Veraltet",
    "Paused": "Angehalten",
    "Ready": "Bereit",
    "Running": "Läuft",
    "Starting": "Startet",
    "Waits": "Wartet",
    # Buttons
    "Begin Anew": "Neu beginnen",
    "Bring an Image": "Bild mitbringen",
    "Clean Up…": "Aufräumen …",
    "Compare Again": "Neu vergleichen",
    "Copy Details": "Einzelheiten kopieren",
    "Go On Tuning": "Weiter abstimmen",
    "Install Again": "Neu installieren",
    "More Looks": "Mehr Looks",
    "Open Log": "Protokoll öffnen",
    "Play": "Abspielen",
    "Propagate the Chosen Looks": "Gewählte Looks ausbreiten",
    "Relink": "Neu verknüpfen",
    "Restart and Resume": "Neu starten und fortsetzen",
    "Resume": "Fortsetzen",
    "Settings": "Einstellungen",
    "Smooth the Shown Take": "Gezeigten Take glätten",
    "Steps of Propagating": "Beim Ausbreiten",
    "Try Again": "Noch einmal versuchen",
    # Menus, with the words that people type into the search
    "Ask How Large the Model Is": "Fragen, wie groß das Modell ist",
    "Bring an Image as a Look (Style Reference)": "Ein Bild als Look mitbringen (Stilvorlage)",
    "Clean Up (Free Disk Space)": "Aufräumen (Speicherplatz freigeben)",
    "Compare (Before and After, Split Screen)": "Vergleichen (vorher und nachher, geteiltes Bild)",
    "Copy Details of the Last Failure": "Einzelheiten des letzten Fehlers kopieren",
    "Download Model (Stable Diffusion, {size})": "Modell herunterladen (Stable Diffusion, {size})",
    "Export the Edit as a Movie or GIF": "Den Schnitt als Film oder GIF exportieren",
    "Go to a Frame of the Strip…": "Zu einem Bild des Streifens …",
    "Keep These Settings as a Preset…": "Diese Einstellungen als Voreinstellung behalten …",
    "Make Looks (Style Frames by AI)": "Looks malen (Stilbilder mit KI)",
    "Measure Takes (Flicker, Temporal Consistency)": "Takes messen (Flimmern, zeitliche Konsistenz)",
    "Open the Example (Demo)": "Das Beispiel öffnen (Demo)",
    "Paint the Next Looks of the Frame at the Playhead": "Die nächsten Looks vom Bild am Abspielkopf malen",
    "Pause Job (Free the GPU)": "Auftrag anhalten (GPU freigeben)",
    "Propagate Looks (From Key Frames)": "Looks ausbreiten (von Schlüsselbildern)",
    "Render Take (Consistent Video to Video)": "Take rendern (konsistentes Video aus Video)",
    "Restyle (Stylize with Stable Diffusion, Style Transfer)": (
        "Umgestalten (stilisieren mit Stable Diffusion, Stilübertragung)"
    ),
    "Sample Frames (Reference Frames)": "Bilder lesen (Referenzbilder)",
    "Select the Source of the Active Take": "Die Quelle des aktiven Takes auswählen",
    "Smooth Take (Deflicker, Deep Video Prior)": "Take glätten (Entflimmern, Deep Video Prior)",
    "Tune (Train the Model, LoRA)": "Abstimmen (das Modell trainieren, LoRA)",
    "Use Looks and Tuning of the Original (Split or Duplicated Strip)": (
        "Looks und Abstimmung vom Original nutzen (abgetrennter oder kopierter Streifen)"
    ),
    # The strip and what it will cost
    "Restyle begins anew, unless you use that.": "Ohne das beginnt Umgestalten von vorn.",
    "A small model for the example and for trying out.": "Ein kleines Modell für das Beispiel und zum Ausprobieren.",
    "Blender may not go online yet:": "Blender darf noch nicht ins Netz:",
    "Blender may not go online yet, so nothing can be downloaded:": (
        "Blender darf noch nicht ins Netz, also kann nichts heruntergeladen werden:"
    ),
    "Blender was started offline: start it without --offline-mode.": (
        "Blender wurde offline gestartet: ohne --offline-mode starten."
    ),
    "Click the strip to restyle.": "Den Streifen anklicken, der umgestaltet werden soll.",
    "Everything is up to date.": "Alles ist aktuell.",
    "How long it takes is known after the first run.": "Wie lange es dauert, ist nach dem ersten Lauf bekannt.",
    "No graphics card is used here: with this model, tuning and rendering take hours on the processor.": (
        "Hier wird keine Grafikkarte benutzt: Mit diesem Modell dauern Abstimmen und Rendern auf dem Prozessor Stunden."
    ),
    "What it shall look like": "Wie es aussehen soll",
    # Stages
    "It was read with another crop.": "Es wurde mit einem anderen Ausschnitt gelesen.",
    "An older version of Steady Diffusion read it.": "Eine ältere Version von Steady Diffusion hat es gelesen.",
    "What the strip shows was changed since.": "Was der Streifen zeigt, wurde seitdem geändert.",
    "Its settings were changed since.": "Seine Einstellungen wurden seitdem geändert.",
    "Its small decoder is not made yet.": "Sein kleiner Decoder ist noch nicht gemacht.",
    "The small decoder loses {lost:.1f} dB on frames it has not seen.": (
        "Der kleine Decoder verliert {lost:.1f} dB auf Bildern, die er nicht gesehen hat."
    ),
    "Nothing is tuned yet.": "Noch ist nichts abgestimmt.",
    "Other looks were chosen since.": "Seitdem wurden andere Looks gewählt.",
    "Parts of the strip look like none of them, and may come out less true:": (
        "Teile des Streifens ähneln keinem davon und können weniger treu werden:"
    ),
    "Raise the number of reference frames below, and sample again.": (
        "Unten die Zahl der Referenzbilder erhöhen und neu lesen."
    ),
    "There is no take to measure yet.": "Noch gibt es keinen Take zu messen.",
    "There is no take to smooth yet.": "Noch gibt es keinen Take zu glätten.",
    "The reference frames are out of date.": "Die Referenzbilder sind veraltet.",
    "The tuning is out of date.": "Die Abstimmung ist veraltet.",
    "They cover the strip well: every frame is much like one of them.": (
        "Sie decken den Streifen gut ab: Jedes Bild ähnelt einem von ihnen."
    ),
    "They cover the strip: no frame is far from all of them.": (
        "Sie decken den Streifen ab: Kein Bild ist weit von allen entfernt."
    ),
    "The model is not tuned yet.": "Das Modell ist noch nicht abgestimmt.",
    "The small decoder is not made yet.": "Der kleine Decoder ist noch nicht gemacht.",
    "The frames are of another size, or show something else, than when the look was painted.": (
        "Die Bilder haben eine andere Größe oder zeigen etwas anderes als zu der Zeit, als der Look gemalt wurde."
    ),
    # The figures of takes: eight letters have no room
    "Drift": "Drift",
    "Excess": "Zuviel",
    "Flicker": "Unruhe",
    "Kept": "Treu",
    "To the truth": "Zur Wahrheit",
    "source": "Quelle",
    "truth": "Wahrheit",
    # Takes and the disk
    "Laid back": "Zurückgelegt",
    "Only in the study": "Nur in der Studie",
    "Original": "Original",
    "Propagated": "Ausgebreitet",
    "Smoothed": "Geglättet",
    "This file has no studies yet.": "Diese Datei hat noch keine Studien.",
    # Jobs
    "It starts by itself after that.": "Danach beginnt er von selbst.",
    "The backend is being stopped.": "Das Backend wird angehalten.",
    "The graphics card is free.": "Die Grafikkarte ist frei.",
    "The memory is free.": "Der Speicher ist frei.",
    "They start by themselves, one by one.": "Sie beginnen von selbst, einer nach dem anderen.",
    "They wait until you resume.": "Sie warten, bis fortgesetzt wird.",
    # Installation
    "It downloads 0.4 GB, or 3 GB and more where torch can use an NVIDIA card, or on Linux an AMD one.": (
        "Das lädt 0,4 GB herunter, oder 3 GB und mehr, wo torch eine Karte von NVIDIA, oder in Linux von AMD, "
        "nutzen kann."
    ),
    "Stop it before you update or remove this extension: Windows leaves a folder alone that is in use.": (
        "Vor dem Aktualisieren oder Entfernen dieser Erweiterung beenden: Windows lässt einen Ordner, der in Gebrauch "
        "ist, wie er ist."
    ),
    "It was installed for another version of Steady Diffusion. Install again to update it.": (
        "Es wurde für eine andere Version von Steady Diffusion installiert. Zum Aktualisieren neu installieren."
    ),
    "One thing is missing: the program that computes. It is installed once.": (
        "Eines fehlt: das Programm, das rechnet. Es wird einmal installiert."
    ),
    "The Python that it was made with is gone. Install again to rebuild it.": (
        "Das Python, mit dem es angelegt wurde, ist weg. Zum Erneuern neu installieren."
    ),
    "The installation was broken off. Install again to go on.": (
        "Die Installation wurde abgebrochen. Zum Weitermachen neu installieren."
    ),
    "This folder was not made by Steady Diffusion, and is left alone.": (
        "Dieser Ordner stammt nicht von Steady Diffusion und bleibt unberührt."
    ),
}
