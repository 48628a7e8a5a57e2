"""Sentences: with values in them, for `say`, and what operators say when they cannot, or have."""

SENTENCES = {
    "“{name}” is not in this scene any more.": "„{name}“ ist nicht mehr in dieser Szene.",
    # The strip, its model, and what it will cost
    ", {size} of memory.": ", {size} Arbeitsspeicher.",
    ", {size} on the disk": ", {size} auf der Platte",
    "About {time}": "Etwa {time}",
    "Download {size}": "{size} herunterladen",
    "In “{folder}”.": "In „{folder}“.",
    "It goes into “{folder}”.": "Es kommt nach „{folder}“.",
    "Only {size} are free where the study lies.": "Wo die Studie liegt, sind nur {size} frei.",
    "Preset: {name}": "Voreinstellung: {name}",
    "Start it by hand, in “{folder}”: python -B -m backend serve --wait": (
        "Von Hand starten, in „{folder}“: python -B -m backend serve --wait"
    ),
    "The model is not on this computer yet.": "Das Modell ist noch nicht auf diesem Rechner.",
    "The model is not on this computer yet: about {size}.": (
        "Das Modell ist noch nicht auf diesem Rechner: etwa {size}."
    ),
    "{size} in “{folder}”.": "{size} in „{folder}“.",
    (
        "What other versions of Steady Diffusion installed takes {size}. This one makes no use of it. "
        "Another Blender may use it."
    ): (
        "Was andere Versionen von Steady Diffusion installiert haben, belegt {size}. Diese braucht es nicht. "
        "Ein anderer Blender braucht es vielleicht."
    ),
    # A copy of a studied strip
    "Copied from “{name}”, which has {what}.": "Kopiert von „{name}“. Dort gibt es {what}.",
    "Copied from “{name}” of “{file}”, which has {what}.": "Kopiert von „{name}“ aus „{file}“. Dort gibt es {what}.",
    "Use Looks and Tuning of “{name}”": "Looks und Abstimmung von „{name}“",
    "Use Looks of “{name}”": "Looks von „{name}“ nutzen",
    "Use Tuning of “{name}”": "Abstimmung von „{name}“ nutzen",
    "{count} looks stayed with the original: this strip does not show their frames.": (
        "{count} Looks blieben beim Original: Dieser Streifen zeigt ihre Bilder nicht."
    ),
    "How large “{model}” is has not been asked yet.": "Wie groß „{model}“ ist, wurde noch nicht gefragt.",
    "looks": "Looks",
    "looks and tuning": "Looks und eine Abstimmung",
    "tuning": "eine Abstimmung",
    # Frames
    "Frame {number}": "Bild {number}",
    "Frames {first}–{last}": "Bilder {first}–{last}",
    "It was read with a short side of {side} pixels.": "Es wurde mit einer kurzen Seite von {side} Pixeln gelesen.",
    "Its frames {read} were read, and {shown} are wanted.": (
        "Gelesen wurden seine Bilder {read}, und gewünscht sind {shown}."
    ),
    "Mean distance {mean:.2f}, worst {worst:.2f}": "Mittlerer Abstand {mean:.2f}, größter {worst:.2f}",
    "Study {study}": "Studie {study}",
    "{count} reference frames of {total}": "{count} Referenzbilder von {total}",
    "{frames}: like none of them": "{frames}: ähneln keinem davon",
    "{there} reference frames were chosen, and {wanted} are wanted.": (
        "{there} Referenzbilder wurden gewählt, und {wanted} sind gewünscht."
    ),
    # Looks
    "Make Looks at Strength {strength:.2f}": "Looks mit Stärke {strength:.2f} malen",
    "Running, {share:.0%}": "Läuft, {share:.0%}",
    "{count} chosen": "{count} gewählt",
    "{share:.0%} kept": "{share:.0%} bewahrt",
    # Tuning
    "Broken off at iteration {step} of {total}.": "Abgebrochen bei Wiederholung {step} von {total}.",
    "It uses the tuning of “{name}”.": "Er nutzt die Abstimmung von „{name}“.",
    "It was tuned for takes at strength {strength:g} in {steps} steps.": (
        "Abgestimmt wurde für Takes mit Stärke {strength:g} in {steps} Schritten."
    ),
    "It was tuned for {count} iterations.": "Abgestimmt wurde in {count} Wiederholungen.",
    "It was tuned with the model “{model}”.": "Abgestimmt wurde das Modell „{model}“.",
    "{count} iterations in {time}, loss {loss:.4f}": "{count} Wiederholungen in {time}, Verlust {loss:.4f}",
    # Takes, and why one is out of date
    "Broken off after {count} frames": "Abgebrochen nach {count} Bildern",
    "Flicker {value:.2f}": "Unruhe {value:.2f}",
    "It was made from “{name}”, and another take is wanted now.": (
        "Er entstand aus „{name}“, und jetzt ist ein anderer Take gewünscht."
    ),
    "Look {value:.3f}": "Look {value:.3f}",
    "Select “{name}”": "„{name}“ auswählen",
    "Smooth “{name}”": "„{name}“ glätten",
    "The edit is in “{file}”.": "Der Schnitt liegt in „{file}“.",
    "The last take was {how}.": "Der letzte Take ist {how}.",
    "The pictures of “{name}” are gone: delete its strip, or undo.": (
        "Die Bilder von „{name}“ sind weg: seinen Streifen löschen oder rückgängig machen."
    ),
    "from {name}": "aus {name}",
    "not finished": "nicht fertig",
    "of other frames": "von anderen Bildern",
    "of another size or another crop": "von anderer Größe oder anderem Ausschnitt",
    "of the prompt “{prompt}”": "vom Prompt „{prompt}“",
    "painted by the model “{model}”": "vom Modell „{model}“ gemalt",
    "rendered at strength {value:g}": "mit Stärke {value:g} gerendert",
    "painted with another decoder": "mit einem anderen Decoder gemalt",
    "rendered before the last tuning": "vor der letzten Abstimmung gerendert",
    "rendered in {value} steps": "in {value} Schritten gerendert",
    "rendered the way “{way}”": "auf die Art „{way}“ gerendert",
    "rendered with guidance {value:g}": "mit Führung {value:g} gerendert",
    "rendered with noise {value:g}": "mit Rauschen {value:g} gerendert",
    "rendered with other settings": "mit anderen Einstellungen gerendert",
    "rendered with seed {value}": "mit Startwert {value} gerendert",
    "strength {value:g}": "Stärke {value:g}",
    "{count} frames": "{count} Bilder",
    "{count} steps": "{count} Schritte",
    "{value:.1f} dB": "{value:.1f} dB",
    "There is no tuning of “{name}” to render with.": "Es gibt keine Abstimmung von „{name}“, um damit zu rendern.",
    "“{name}”, which it was made from, is not there any more.": ("„{name}“, woraus er entstand, ist nicht mehr da."),
    "“{name}” was rendered again since.": "„{name}“ wurde seitdem neu gerendert.",
    "“{strip}” shows the take.": "„{strip}“ zeigt den Take.",
    # Jobs and the notice
    ", about {time} left": ", noch etwa {time}",
    ", {count} failed: see the tab “Steady”.": ", {count} fehlgeschlagen: siehe Reiter „Steady“.",
    "1 job is done": "1 Auftrag ist fertig",
    "Paused: {job}": "Angehalten: {job}",
    "What is finished stays.": "Was fertig ist, bleibt.",
    "{count} jobs are done": "{count} Aufträge sind fertig",
    "{job} has failed: see the tab “Steady”.": "{job} ist fehlgeschlagen: siehe Reiter „Steady“.",
    "{job} is done.": "{job} ist fertig.",
    "{job} of “{strip}”": "{job} von „{strip}“",
    "{job} waits": "{job} wartet",
    "{time} so far": "{time} bisher",
    # The disk
    "{count} studies": "{count} Studien",
    "{name} (gone)": "{name} (weg)",
    # Cleaning up, and what is done with a take
    "1 look": "1 Look",
    "1 thing was deleted: {size} are free again.": "1 Ding wurde gelöscht: {size} sind wieder frei.",
    "Delete the take “{name}”?": "Den Take „{name}“ löschen?",
    "Earlier versions of this file, and copies under another name, may miss it.": (
        "Früheren Fassungen dieser Datei und Kopien unter anderem Namen kann es fehlen."
    ),
    "Frees {size}": "Gibt {size} frei",
    "It frees {size} on the disk.": "Das gibt {size} auf der Platte frei.",
    "Looks that were not chosen": "Looks, die nicht gewählt wurden",
    "Nothing is ticked yet": "Noch ist nichts angehakt",
    "Nothing was chosen to be deleted.": "Zum Löschen wurde nichts gewählt.",
    "Only “{name}” is shown.": "Nur „{name}“ wird gezeigt.",
    "Studies whose strip is gone from this file": "Studien, deren Streifen aus dieser Datei weg ist",
    "Takes that no strip shows": "Takes, die kein Streifen zeigt",
    "The take “{name}” was deleted: {size} are free again.": "Der Take „{name}“ ist gelöscht: {size} sind wieder frei.",
    "There is nothing that may go.": "Es gibt nichts, was weg kann.",
    "This cannot be undone: Undo brings back its strip without the pictures.": (
        "Das bleibt so: Rückgängig bringt den Streifen ohne die Bilder zurück."
    ),
    "What a finished tuning could go on from": "Wovon aus eine fertige Abstimmung weitergehen könnte",
    "What is deleted is gone: Undo does not bring it back.": "Gelöschtes ist weg: Rückgängig bringt es nicht zurück.",
    "{count} looks": "{count} Looks",
    "{count} things were deleted: {size} are free again.": "{count} Dinge wurden gelöscht: {size} sind wieder frei.",
    "“{name}” is in the place of “{before}”, which is still in the study.": (
        "„{name}“ steht an der Stelle von „{before}“, der noch in der Studie ist."
    ),
    "“{name}” is laid in.": "„{name}“ ist eingelegt.",
    "“{name}” is shown.": "„{name}“ wird gezeigt.",
    # Why a button is grey, and what is wrong with a click
    "“{name}” has no looks yet. Press Make Looks.": "„{name}“ hat noch keine Looks. „Looks malen“ drücken.",
    "“{name}” has no takes yet. Press Render Take.": "„{name}“ hat noch keine Takes. „Take rendern“ drücken.",
    "A job is paused. Resume or cancel it first.": "Ein Auftrag ist angehalten: zuerst fortsetzen oder abbrechen.",
    "A job is running: wait for it, or cancel it first.": "Ein Auftrag läuft: abwarten oder zuerst abbrechen.",
    "A model is being downloaded already.": "Ein Modell wird schon heruntergeladen.",
    "The hub is being asked already.": "Der Hub wird schon gefragt.",
    "Choose one to five: they are spread over the strip.": (
        "Einen bis fünf wählen: Sie werden über den Streifen ausgebreitet."
    ),
    "Click the strip that you want to restyle.": "Den Streifen anklicken, der umgestaltet werden soll.",
    "An export is already at work.": "Ein Export ist schon im Gang.",
    "Blender is offline.": "Blender ist offline.",
    "Check the scene's name.": "Den Namen der Szene prüfen.",
    "Choose one of those in its list.": "Einen aus seiner Liste wählen.",
    "Delete it there, or delete only its strip.": "Dort löschen, oder nur seinen Streifen löschen.",
    "Delete that strip first.": "Zuerst diesen Streifen löschen.",
    "Empty “Tuning From” to give it its own.": "„Abstimmung von“ leeren, um ihm eine eigene zu geben.",
    "In its preferences, under System, switch on “Allow Online Access”.": (
        "In seinen Einstellungen unter „System“ den Zugang zum Netz erlauben."
    ),
    "Look at its log, and start it again.": "In sein Protokoll sehen und es neu starten.",
    "Look into Blender's console.": "In Blenders Konsole sehen.",
    "Name a strip of this file that was tuned, or the id of its study.": (
        "Einen abgestimmten Streifen dieser Datei nennen, oder die Kennung seiner Studie."
    ),
    "Press Make Looks.": "„Looks malen“ drücken.",
    "Press Render Take with the same settings to go on with it.": (
        "Mit denselben Einstellungen „Take rendern“ drücken, um damit weiterzumachen."
    ),
    "Rename one of them, or write the id of its study.": (
        "Einen davon umbenennen, oder die Kennung seiner Studie schreiben."
    ),
    "Save it again with the + beside the presets.": "Mit dem + neben den Voreinstellungen neu speichern.",
    "Show that one, or delete it first.": "Jenen zeigen, oder ihn zuerst löschen.",
    "Show this one instead.": "Stattdessen diesen zeigen.",
    "The backend ended as soon as it had started.": "Das Backend endete, kaum dass es gestartet war.",
    "The strip could not be read out.": "Der Streifen ließ sich nicht lesen.",
    "There is no file to write the movie to.": "Für den Film ist keine Datei angegeben.",
    "Tick what may go.": "Anhaken, was weg kann.",
    "Undo, and press the button again.": "Rückgängig machen und den Knopf noch einmal drücken.",
    "What is there is used, or not this file's.": "Was da ist, wird gebraucht oder gehört nicht zu dieser Datei.",
    "What was read is kept: undo, and press the button again to go on.": (
        "Gelesenes bleibt: rückgängig machen und den Knopf noch einmal drücken, um weiterzumachen."
    ),
    "No backend is installed in the data folder.": "Im Datenordner ist kein Backend installiert.",
    "No job is paused.": "Kein Auftrag ist angehalten.",
    "No job is running.": "Kein Auftrag läuft.",
    "No look is chosen.": "Kein Look ist gewählt.",
    "No strip is selected whose settings could be kept.": (
        "Kein Streifen ist ausgewählt, dessen Einstellungen behalten werden könnten."
    ),
    "No strip is selected.": "Kein Streifen ist ausgewählt.",
    "Press Measure.": "„Messen“ drücken.",
    "Render one.": "Einen rendern.",
    "Sample the strip's frames first.": "Zuerst die Bilder des Streifens lesen.",
    "No reference frames are chosen yet.": "Noch sind keine Referenzbilder gewählt.",
    "That job has already ended.": "Dieser Auftrag ist schon beendet.",
    "The active strip is no take and no comparison.": "Der aktive Streifen ist weder Take noch Vergleich.",
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
    "Write what the strip is to look like.": "Schreiben, wie der Streifen aussehen soll.",
    "“Connect Only” is on in the preferences of Steady Diffusion: the backend is yours to install and start.": (
        "„Nur verbinden“ ist in den Einstellungen von Steady Diffusion an: Das Backend ist selbst zu installieren "
        "und zu starten."
    ),
}
